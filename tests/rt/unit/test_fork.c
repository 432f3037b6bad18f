/* Locks in a child of fork: other threads wait for them in the parent, and are not there in the child. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fearless.h>

#include <sys/wait.h>
#include <unistd.h>

#include "asleep.h"

enum { TOO_LONG_S = 20, TIMES = 2000 };

static struct fl_lock lock = FL_LOCK;
static struct fl_rw_lock rw = FL_RW_LOCK;
static sleeper_id waiter_id;

static void take(void)
{
    fl_lock_acquire(&lock);
}
static void let_go(void)
{
    fl_lock_release(&lock);
}
static void take_to_read(void)
{
    fl_rw_read_acquire(&rw);
}
static void let_go_of_reading(void)
{
    fl_rw_read_release(&rw);
}
static void take_to_write(void)
{
    fl_rw_write_acquire(&rw);
}
static void let_go_of_writing(void)
{
    fl_rw_write_release(&rw);
}

/* What the forking thread holds, and what another waits for meanwhile. */
struct way {
    void (*hold)(void), (*let_go)(void);
    void (*take_other)(void), (*let_go_other)(void);
};
static const struct way mutex = { take, let_go, take, let_go };
static const struct way reader_before_writer = { take_to_read, let_go_of_reading, take_to_write, let_go_of_writing };

FL_THREAD_FN(void, wait_for_it, const struct way *, way)
{
    sleeper_is_me(&waiter_id);
    way->take_other();
    way->let_go_other();
}

/* The child's part. It has the lock, and nobody is there to hand it to. */
static void use_and_exit(const struct way *way)
{
    alarm(TOO_LONG_S);
    usleep(1000); /* longer than the half millisecond after which a lock is handed over to who waits */
    way->let_go();
    for (int i = 0; i < TIMES; i++) {
        way->take_other();
        way->let_go_other();
    }
    _exit(0);
}

static void fork_while_another_waits(void **state)
{
    const struct way *way = *state;
    fl_join_handle(void) waiter;
    int status = -1;
    pid_t child;

    fl_store_release(&waiter_id, 0); /* [T] */
    way->hold();
    waiter = fl_spawn(wait_for_it, way);
    wait_until_asleep(&waiter_id);
    child = fork();
    if (child == 0)
        use_and_exit(way);
    way->let_go();
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    fl_unwrap(fl_join(waiter));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "a mutex", fork_while_another_waits, NULL, NULL, (void *)(uintptr_t)&mutex },
        { "a reader before a writer", fork_while_another_waits, NULL, NULL, (void *)(uintptr_t)&reader_before_writer },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
