/* Statics that threads may use: constants, atomics, locks, thread-locals, set before, locked at every access. */
#include <fearless.h>

#include <stdatomic.h>
#include <stdio.h>

typedef fl_mutex(int) counter;

static const int table[4] = { 1, 2, 3, 4 };
static const char *const names[] = { "a", "b" };
static atomic_int hits;
static _Atomic long bytes;
static _Thread_local int depth;
static counter shared = FL_MUTEX(0);
static fl_rwlock(int) config = FL_RWLOCK(1);
static struct fl_lock lock = FL_LOCK;
static int guarded FL_GUARDED_BY(lock);
static int locked;          /* under `lock`, and nobody says so */
static int in_helper;
static int set_before;
static int only_main;
static int never_written = 3;
static struct {
    atomic_int n;
    int limit;
} mixed = { 0, 5 };
static struct fl_once once = FL_ONCE;
static int made_once;

static void take(void)
{
    fl_lock_acquire(&lock);
}
static void give(void)
{
    fl_lock_release(&lock);
}
static void count(int n)
{
    in_helper += n;
}
static void make(void *env)
{
    (void)env;
    made_once = 42;
}

FL_THREAD_FN(int, worker, int, n)
{
    hits++;
    atomic_fetch_add(&bytes, n);
    depth++;
    fl_with (v, &shared)
        *v += n;
    fl_read_guard(c, &config);
    {
        fl_lock_guard(held, &lock);
        guarded += n;
        locked += n;
    }
    if (fl_lock_try(&lock)) {
        locked--;
        fl_lock_release(&lock);
    }
    take();
    count(n);
    locked++;
    give();
    mixed.n++;
    fl_call_once(&once, make, NULL);
    printf("%s %d %d %d\n", names[0], never_written, mixed.limit, made_once);
    return table[n & 3] + *c + set_before + depth;
}

static void start_up(int argc)
{
    set_before = argc;
    only_main = 1;
}

int main(int argc, char **argv)
{
    (void)argv;
    start_up(argc);
    for (int i = 0; i < 2; i++)
        locked++;
    fl_join_handle(int) a = fl_spawn(worker, 1);
    fl_join_handle(int) b = fl_spawn(worker, 2);
    only_main++;
    int sum = fl_joined(a) + fl_joined(b);
    printf("%d\n", locked); /* everybody has been waited for */
    return sum + only_main;
}
