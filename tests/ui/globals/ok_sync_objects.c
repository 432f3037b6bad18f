/* What waits for what: the library looks after its own objects, wherever they are reached from. */
#include <fearless.h>
static struct fl_semaphore semaphore = FL_SEMAPHORE(0);
static struct fl_barrier barrier = FL_BARRIER(2);
static struct fl_condvar cv;
FL_THREAD_FN(void, wait_for, struct fl_semaphore *, s)
{
    fl_acquire(s);
}
FL_THREAD_FN(void, others, int, s)
{
    fl_acquire(&semaphore);
    fl_barrier_wait(&barrier);
    fl_notify_all(&cv);
}
int main(void)
{
    fl_join_handle(void) h = fl_spawn(wait_for, &semaphore);
    fl_join_handle(void) g = fl_spawn(others, 1);
    fl_release(&semaphore);
    fl_release(&semaphore);
    fl_barrier_wait(&barrier);
    fl_unwrap(fl_join(h));
    fl_unwrap(fl_join(g));
    return 0;
}
