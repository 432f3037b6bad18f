/* A read-write lock in any of its states: helper threads that hold it or wait for it. For its unit tests. */
#ifndef FL_TEST_RWLOCK_STATES_H
#define FL_TEST_RWLOCK_STATES_H

#include <fearless/rwlock.h>

#include "atomic.h"
#include "cpu_time.h"
#include "lot.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

typedef fl_rwlock(int) number;

/* ---- a helper thread that does one thing, and ends when it is told ---- */

enum job { READS, WRITES, WRITES_UNTIL_DEADLINE, READS_UNTIL_DEADLINE };
struct helper {
    number *rw;
    enum job job;
    struct fl_instant deadline;
    FL_ATOMIC(uint32_t) in;  /* it has the lock */
    FL_ATOMIC(uint32_t) out; /* it has been told to let go */
    bool got;
    int saw;
    int64_t cpu_ns;
    pthread_t thread;
};

FL_UNUSED_ static void stay_in(struct helper *h, int64_t cpu_before)
{
    h->got = true;
    h->cpu_ns = cpu_time() - cpu_before;
    fl_store_release(&h->in, 1);
    while (!fl_load_acquire(&h->out))
        fl_sleep(fl_micros(50));
}

FL_UNUSED_ static void *help(void *arg)
{
    struct helper *h = arg;
    int64_t start = cpu_time();

    if (h->job == READS) {
        fl_read_guard(n, h->rw);
        h->saw = *n;
        stay_in(h, start);
    } else if (h->job == WRITES) {
        fl_write_guard(n, h->rw);
        h->saw = *n;
        *n += 1;
        stay_in(h, start);
    } else if (h->job == WRITES_UNTIL_DEADLINE) {
        fl_write_guard_deadline(n, h->rw, h->deadline);
        h->got = n;
    } else {
        fl_read_guard_deadline(n, h->rw, h->deadline);
        h->got = n;
    }
    return NULL;
}

FL_UNUSED_ static struct helper *start(number *rw, enum job job)
{
    struct helper *h = calloc(1, sizeof *h);

    h->rw = rw;
    h->job = job;
    h->deadline = (struct fl_instant){ INT64_MAX };
    assert_int_equal(pthread_create(&h->thread, NULL, help, h), 0);
    return h;
}

FL_UNUSED_ static struct helper *start_and_get_in(number *rw, enum job job)
{
    struct helper *h = start(rw, job);

    while (!fl_load_acquire(&h->in))
        fl_sleep(fl_micros(50));
    return h;
}

FL_UNUSED_ static bool end(struct helper *h)
{
    bool got;

    fl_store_release(&h->out, 1);
    pthread_join(h->thread, NULL);
    got = h->got;
    free(h);
    return got;
}

FL_UNUSED_ static uint32_t state_of(number *rw)
{
    return fl_load_relaxed(&rw->fl_raw.fl_state);
}

/* Until so many stand in the parking lot for it: they sleep, or are about to. */
FL_UNUSED_ static void wait_for_waiting(number *rw, enum fl_lot_way_ way, unsigned how_many)
{
    while (fl_lot_count_((uint32_t *)(uintptr_t)&rw->fl_raw.fl_state.fl_word, way) != how_many)
        fl_sleep(fl_micros(50));
}

FL_UNUSED_ static void wait_for_waiting_readers(number *rw, unsigned how_many)
{
    wait_for_waiting(rw, FL_LOT_READER_, how_many);
}

/* And until no reader gets in before them. */
FL_UNUSED_ static void wait_for_waiting_writers(number *rw, unsigned how_many)
{
    wait_for_waiting(rw, FL_LOT_WRITER_, how_many);
    while (!(state_of(rw) & (FL_RW_WRITER_ | FL_RW_WRITER_WAITS_)))
        fl_sleep(fl_micros(50));
}

#endif
