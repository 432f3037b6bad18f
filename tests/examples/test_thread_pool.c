/* examples/thread_pool: every job is done exactly once, panics or not, and a pool that is dropped has done them all. */
#include "../../examples/thread_pool/thread_pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <cmocka.h>

enum { JOBS = 2000 };

static atomic_int runs[JOBS], dropped;
static atomic_int panics;

/* An argument that says when it is dropped. */
typedef struct {
    int *memory;
} load;
static void load_drop(load *l)
{
    if (l->memory)
        dropped++;
    free(l->memory);
}
#define FL_OWNED load, load_drop
#include <fearless/owned.h>

static load load_of(int n)
{
    load l = { malloc(sizeof *l.memory) };
    if (!l.memory)
        abort();
    *l.memory = n;
    return l;
}

static void count_panics(const struct fl_panic_info *info)
{
    if (strcmp(info->message, "on purpose") == 0)
        panics++;
}

static FL_THREAD_FN(void, job, load, l, int, panic_every)
{
    fl_auto(l);
    runs[*l.memory]++;
    if (panic_every && *l.memory % panic_every == 0)
        fl_panic("on purpose");
}

static void run_jobs(size_t workers, size_t room, int panic_every)
{
    memset(runs, 0, sizeof runs);
    dropped = 0;
    panics = 0;

    thread_pool pool;
    fl_unwrap(thread_pool_start(&pool, workers, room));
    for (int i = 0; i < JOBS; i++)
        fl_unwrap(thread_pool_run(&pool, job, load_of(i), panic_every));
    fl_drop(pool);

    for (int i = 0; i < JOBS; i++)
        assert_int_equal(runs[i], 1);
    assert_int_equal(dropped, JOBS);
    assert_int_equal(panics, panic_every ? JOBS / panic_every : 0);
}

static void each_job_is_done_once(void **state)
{
    (void)state;
    for (size_t workers = 1; workers <= 16; workers *= 4)
        for (size_t room = 0; room <= 64; room = room ? 8 * room : 1)
            run_jobs(workers, room, 0);
}

static void a_job_that_panics_does_not_take_its_worker_along(void **state)
{
    (void)state;
    fl_panic_hook *const before = fl_set_panic_hook(count_panics);
    run_jobs(1, 4, 1); /* all of them, on one worker: it must live through all */
    run_jobs(8, 0, 2);
    run_jobs(3, 64, 10);
    fl_set_panic_hook(before);
}

/* ---- a pool of one worker, which waits ---- */

static FL_THREAD_FN(void, wait_for_it, fl_sender(void), begun, fl_receiver(void), go)
{
    fl_auto(begun);
    fl_auto(go);
    fl_unwrap(fl_send(begun));
    fl_unwrap(fl_recv(go, NULL));
}

static void what_does_not_fit_is_dropped(void **state)
{
    (void)state;
    memset(runs, 0, sizeof runs);
    dropped = 0;
    thread_pool pool;
    fl_unwrap(thread_pool_start(&pool, 1, 2));
    fl_sender(void) go_tx, begun_tx;
    fl_receiver(void) go_rx, begun_rx;
    fl_channel(&go_tx, &go_rx);
    fl_channel(&begun_tx, &begun_rx);

    fl_unwrap(thread_pool_run(&pool, wait_for_it, fl_move(begun_tx), fl_move(go_rx)));
    fl_unwrap(fl_recv(begun_rx, NULL)); /* now the worker is busy, and two fit */
    fl_drop(begun_rx);
    assert_int_equal(thread_pool_try_run(&pool, job, load_of(0), 0), FL_OK);
    assert_int_equal(thread_pool_try_run(&pool, job, load_of(1), 0), FL_OK);
    assert_int_equal(thread_pool_try_run(&pool, job, load_of(2), 0), FL_FULL);
    assert_int_equal(dropped, 1);
    fl_unwrap(fl_send(go_tx));
    fl_drop(go_tx);
    fl_drop(pool); /* does what is queued */
    assert_int_equal(runs[0] + runs[1], 2);
    assert_int_equal(runs[2], 0);
    assert_int_equal(dropped, 3);
}

/* Drops the pool in the thread that has it; main lets the job end only after that has begun. */
static FL_THREAD_FN(void, drop_pool, thread_pool, pool, fl_sender(void), begun)
{
    fl_auto(begun);
    fl_unwrap(fl_send(begun));
    fl_drop(pool);
}

static void dropping_waits_for_the_job_under_way(void **state)
{
    (void)state;
    memset(runs, 0, sizeof runs);
    thread_pool pool;
    fl_unwrap(thread_pool_start(&pool, 2, 8));
    fl_sender(void) go_tx, begun_tx, dropping_tx;
    fl_receiver(void) go_rx, begun_rx, dropping_rx;
    fl_channel(&go_tx, &go_rx);
    fl_channel(&begun_tx, &begun_rx);
    fl_channel(&dropping_tx, &dropping_rx);

    fl_unwrap(thread_pool_run(&pool, wait_for_it, fl_move(begun_tx), fl_move(go_rx)));
    fl_unwrap(fl_recv(begun_rx, NULL));
    fl_join_handle(void) dropper = fl_spawn(drop_pool, fl_move(pool), fl_move(dropping_tx));
    fl_unwrap(fl_recv(dropping_rx, NULL));
    for (int i = 0; i < 1000; i++)
        fl_yield();
    assert_false(fl_is_finished(dropper)); /* nobody has said go: it must be waiting */
    fl_unwrap(fl_send(go_tx));
    fl_unwrap(fl_join(dropper));
    fl_drop(go_tx);
    fl_drop(begun_rx);
    fl_drop(dropping_rx);
}

static void a_pool_that_cannot_be_started_leaves_nothing(void **state)
{
#if defined __SANITIZE_ADDRESS__ || defined FL_UNDER_TSAN_
    (void)state;
    skip(); /* their shadow needs the address space */
#else
    struct rlimit before, none;
    thread_pool pool = { 0 };

    (void)state;
    /* More address space than there is for so many stacks. */
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    none = before;
    none.rlim_cur = (rlim_t)1 << 30;
    if (setrlimit(RLIMIT_AS, &none) != 0)
        skip();
    const fl_status status = thread_pool_start(&pool, 100000, 1);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_true(status == FL_SYSTEM || status == FL_NO_MEMORY);
    assert_null(pool.workers);
    assert_null(pool.jobs);
    run_jobs(2, 2, 0); /* and the next one can */
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_job_is_done_once),
        cmocka_unit_test(a_job_that_panics_does_not_take_its_worker_along),
        cmocka_unit_test(what_does_not_fit_is_dropped),
        cmocka_unit_test(dropping_waits_for_the_job_under_way),
        cmocka_unit_test(a_pool_that_cannot_be_started_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
