/* The condition variable with every kind of guard; notifications, deadlines, poison, misuse. */
#include <fearless/condvar.h>
#include <fearless/mutex.h>
#include <fearless/panic.h>
#include <fearless/rwlock.h>

#include "atomic.h"
#include "cpu_time.h"
#include "panics.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

typedef fl_mutex(int) number;
typedef fl_rwlock(int) rw_number;

/* Everything that two threads of a test talk about. */
struct shared {
    number m;
    rw_number rw;
    struct {
        struct fl_lock lock;
        int n FL_GUARDED_BY(lock);
    } raw;
    struct {
        struct fl_rw_lock lock;
        int n FL_GUARDED_BY(lock);
    } raw_rw;
    struct fl_condvar cv;
    FL_ATOMIC(uint32_t) returned;
    FL_ATOMIC(int64_t) cpu_ns;
    int how;
};

static struct shared *make(void)
{
    return calloc(1, sizeof(struct shared)); /* all zero is fine for everything */
}

static uint32_t waiters_of(struct shared *s)
{
    return fl_load_relaxed(&s->cv.fl_waiters);
}

/* Until so many hold the lock no more, and wait (or are about to sleep, which no notification misses). */
static void until_waiting(struct shared *s, uint32_t how_many)
{
    while (waiters_of(s) != how_many)
        fl_sleep(fl_micros(50));
    /* The count is taken under the lock: who gets that lock now comes after. */
    fl_with (n, &s->m) (void)n;
}

static pthread_t start(void *(*fn)(void *), struct shared *s)
{
    pthread_t t;

    assert_int_equal(pthread_create(&t, NULL, fn, s), 0);
    return t;
}

/* ---- every kind of guard ---- */

enum { KINDS = 11 };

/* Waits until the number is 1 by one kind of guard, then makes it 2. */
static void *wait_for_one(void *arg)
{
    struct shared *s = arg;

    switch (s->how) {
    case 0: {
        fl_guard(n, &s->m);
        fl_wait_while(&s->cv, n, *n != 1);
        *n = 2;
        break;
    }
    case 1:
        fl_with (n, &s->m) {
            while (*n != 1)
                fl_wait(&s->cv, n);
            *n = 2;
        }
        break;
    case 2: {
        fl_try_guard(n, &s->m);
        assert_non_null(n);
        fl_wait_while(&s->cv, n, *n != 1);
        *n = 2;
        break;
    }
    case 3: {
        fl_guard_timeout(n, &s->m, fl_secs(60));
        assert_non_null(n);
        fl_wait_while(&s->cv, n, *n != 1);
        *n = 2;
        break;
    }
    case 4: {
        fl_lock(status, n, &s->m);
        assert_int_equal(status, FL_OK);
        assert_int_equal(fl_wait_while(&s->cv, n, *n != 1), FL_OK);
        *n = 2;
        break;
    }
    case 5: {
        fl_lock_guard(held, &s->raw.lock);
        fl_wait_while(&s->cv, held, s->raw.n != 1);
        s->raw.n = 2;
        break;
    }
    case 6: {
        fl_write_guard(n, &s->rw);
        fl_wait_while(&s->cv, n, *n != 1);
        *n = 2;
        break;
    }
    case 7: {
        fl_try_write_guard(n, &s->rw);
        assert_non_null(n);
        while (*n != 1)
            assert_int_equal(fl_wait_timeout(&s->cv, n, fl_secs(60)), FL_OK);
        *n = 2;
        break;
    }
    case 8: {
        fl_write_lock(status, n, &s->rw);
        assert_int_equal(status, FL_OK);
        assert_int_equal(fl_wait_timeout_while(&s->cv, n, fl_secs(60), *n != 1), FL_OK);
        *n = 2;
        break;
    }
    case 9:
        fl_with_write (n, &s->rw) {
            assert_int_equal(fl_wait_deadline_while(&s->cv, n, fl_deadline_in(fl_secs(60)), *n != 1), FL_OK);
            *n = 2;
        }
        break;
    default: {
        fl_rw_write_guard(held, &s->raw_rw.lock);
        fl_wait_while(&s->cv, held, s->raw_rw.n != 1);
        s->raw_rw.n = 2;
        break;
    }
    }
    return NULL;
}

static int *number_of(struct shared *s)
{
    return s->how <= 4 ? fl_data_mut(&s->m)
           : s->how == 5 ? &s->raw.n
           : s->how <= 9 ? fl_data_mut(&s->rw)
                         : &s->raw_rw.n;
}

static void set_under_its_lock(struct shared *s, int to)
{
    if (s->how <= 4)
        fl_with (n, &s->m) *n = to;
    else if (s->how <= 9)
        fl_with_write (n, &s->rw) *n = to;
    fl_lock_guard(held, &s->raw.lock);
    fl_rw_write_guard(rw_held, &s->raw_rw.lock);
    if (s->how == 5)
        s->raw.n = to;
    else if (s->how == 10)
        s->raw_rw.n = to;
}

static void waiting_with_every_kind_of_guard(void **state)
{
    (void)state;
    for (int how = 0; how < KINDS; how++) {
        struct shared *s = make();
        pthread_t t;

        s->how = how;
        t = start(wait_for_one, s);
        until_waiting(s, 1);
        fl_notify_all(&s->cv); /* for no reason: it goes on waiting */
        set_under_its_lock(s, 7); /* the lock can be had, so the waiter has let it go */
        fl_notify_one(&s->cv);
        until_waiting(s, 1);
        set_under_its_lock(s, 1);
        fl_notify_one(&s->cv);
        pthread_join(t, NULL);
        assert_int_equal(*number_of(s), 2);
        assert_int_equal(waiters_of(s), 0);
        set_under_its_lock(s, 3); /* and it is free again */
        free(s);
    }
}

/* ---- notifications ---- */

static void *wait_once(void *arg)
{
    struct shared *s = arg;

    fl_guard(n, &s->m);
    fl_wait(&s->cv, n);
    *n += 1;
    fl_add_relaxed(&s->returned, 1);
    return NULL;
}

static void n_notifications_wake_n(void **state)
{
    enum { N = 8 };
    struct shared *s = make();
    pthread_t t[N];

    (void)state;
    for (int held = 0; held < 2; held++) { /* with the lock held, and without */
        for (int i = 0; i < N; i++)
            t[i] = start(wait_once, s);
        until_waiting(s, N);
        for (int i = 0; i < N; i++) {
            if (held)
                fl_with (n, &s->m) {
                    (void)n;
                    fl_notify_one(&s->cv);
                }
            else
                fl_notify_one(&s->cv);
        }
        for (int i = 0; i < N; i++)
            pthread_join(t[i], NULL);
        assert_int_equal(waiters_of(s), 0);
    }
    assert_int_equal(*fl_data_mut(&s->m), 2 * N);
    free(s);
}

static void one_notification_wakes_all(void **state)
{
    enum { N = 8 };
    struct shared *s = make();
    pthread_t t[N];

    (void)state;
    for (int i = 0; i < N; i++)
        t[i] = start(wait_once, s);
    until_waiting(s, N);
    fl_notify_all(&s->cv);
    for (int i = 0; i < N; i++)
        pthread_join(t[i], NULL);
    assert_int_equal(*fl_data_mut(&s->m), N);
    free(s);
}

static void notifications_are_not_kept(void **state)
{
    struct shared *s = make();

    (void)state;
    fl_notify_one(&s->cv);
    fl_notify_all(&s->cv);
    assert_int_equal(fl_load_relaxed(&s->cv.fl_turn), 0); /* nobody waits: nothing was to be done */
    {
        fl_guard(n, &s->m);
        assert_int_equal(fl_wait_timeout(&s->cv, n, fl_millis(5)), FL_TIMEOUT);
        assert_int_equal(*n, 0);
    }
    free(s);
}

static int looked;
static bool look(const int *n)
{
    looked++;
    return *n == 0;
}

static void the_condition_is_looked_at_first(void **state)
{
    struct shared *s = make();

    (void)state;
    looked = 0;
    {
        fl_guard(n, &s->m);
        *n = 1;
        assert_int_equal(fl_wait_while(&s->cv, n, look(n)), FL_OK);
        assert_int_equal(fl_wait_timeout_while(&s->cv, n, fl_secs(60), look(n)), FL_OK);
        assert_int_equal(fl_wait_deadline_while(&s->cv, n, (struct fl_instant){ 0 }, look(n)), FL_OK);
    }
    assert_int_equal(looked, 3);
    free(s);
}

/* ---- deadlines ---- */

static void the_time_is_over(void **state)
{
    struct shared *s = make();
    struct fl_instant start_at;

    (void)state;
    {
        fl_guard(n, &s->m);
        start_at = fl_now();
        assert_int_equal(fl_wait_timeout(&s->cv, n, fl_millis(10)), FL_TIMEOUT);
        assert_true(fl_as_micros(fl_elapsed(start_at)) >= 10000);
        assert_int_equal(fl_wait_deadline(&s->cv, n, (struct fl_instant){ 0 }), FL_TIMEOUT);
        assert_int_equal(fl_wait_timeout(&s->cv, n, fl_millis(-1)), FL_TIMEOUT);
        assert_int_equal(fl_wait_timeout(&s->cv, n, fl_secs(INT64_MIN)), FL_TIMEOUT);
        looked = 0;
        start_at = fl_now();
        assert_int_equal(fl_wait_timeout_while(&s->cv, n, fl_millis(10), look(n)), FL_TIMEOUT);
        assert_true(fl_as_micros(fl_elapsed(start_at)) >= 10000);
        assert_true(looked >= 2); /* before, and after the time was over */
        assert_int_equal(fl_wait_deadline_while(&s->cv, n, (struct fl_instant){ 0 }, look(n)), FL_TIMEOUT);
        {
            fl_try_guard(again, &s->m); /* it is held: this thread cannot have it twice */
            assert_null(again);
        }
    }
    assert_int_equal(waiters_of(s), 0);
    {
        fl_try_guard(n, &s->m);
        assert_non_null(n);
    }
    free(s);
}

static void *set_and_do_not_tell(void *arg)
{
    struct shared *s = arg;

    fl_with (n, &s->m) *n = 1;
    return NULL;
}

static void the_condition_is_looked_at_once_more_at_the_end(void **state)
{
    struct shared *s = make();
    pthread_t t;

    (void)state;
    {
        fl_guard(n, &s->m);
        t = start(set_and_do_not_tell, s);
        /* Nobody notifies; at the deadline it is false. (Should the thread take longer than that: again.) */
        while (fl_wait_timeout_while(&s->cv, n, fl_millis(50), *n == 0) != FL_OK)
            ;
        assert_int_equal(*n, 1);
    }
    pthread_join(t, NULL);
    free(s);
}

static void *wait_long(void *arg)
{
    struct shared *s = arg;

    fl_guard(n, &s->m);
    assert_int_equal(fl_wait_timeout_while(&s->cv, n, fl_secs(60), *n == 0), FL_OK);
    *n += 1;
    return NULL;
}

static void a_deadline_that_is_long_enough(void **state)
{
    struct shared *s = make();
    pthread_t t = start(wait_long, s);

    (void)state;
    until_waiting(s, 1);
    fl_with (n, &s->m) *n = 1;
    fl_notify_one(&s->cv);
    pthread_join(t, NULL);
    assert_int_equal(*fl_data_mut(&s->m), 2);
    free(s);
}

static void *wait_and_measure(void *arg)
{
    struct shared *s = arg;
    int64_t before = cpu_time();

    fl_with (n, &s->m) fl_wait_while(&s->cv, n, *n == 0);
    fl_add_relaxed(&s->cpu_ns, cpu_time() - before);
    return NULL;
}

static void waiting_uses_no_cpu(void **state)
{
    struct shared *s = make();
    pthread_t t[2];

    (void)state;
    for (int i = 0; i < 2; i++)
        t[i] = start(wait_and_measure, s);
    until_waiting(s, 2);
    fl_sleep(fl_millis(200));
    fl_with (n, &s->m) *n = 1;
    fl_notify_all(&s->cv);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    assert_true(fl_load_relaxed(&s->cpu_ns) < 50 * 1000000);
    free(s);
}

/* ---- two locks at once ---- */

static void *wait_in_m(void *arg)
{
    struct shared *s = arg;

    fl_with (n, &s->m) fl_wait_while(&s->cv, n, *n == 0);
    return NULL;
}
static void *wait_in_rw(void *arg)
{
    struct shared *s = arg;

    fl_with_write (n, &s->rw) fl_wait_while(&s->cv, n, *n == 0);
    return NULL;
}

static void one_condvar_for_two_locks(void **state)
{
    struct shared *s = make();
    pthread_t a = start(wait_in_m, s), b = start(wait_in_rw, s);

    (void)state;
    until_waiting(s, 2);
    fl_with (n, &s->m) *n = 1;
    fl_with_write (n, &s->rw) *n = 1;
    fl_notify_all(&s->cv);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    free(s);
}

/* ---- poison ---- */

static void panic_under_the_lock(void *arg)
{
    struct shared *s = arg;

    fl_guard(n, &s->m);
    fl_write_guard(w, &s->rw);
    *n = *w = 1;
    fl_panic("on purpose");
}

static void wait_strictly(void *arg)
{
    struct shared *s = arg;

    fl_guard(n, &s->m);
    fl_wait_while(&s->cv, n, *n == 0);
    fail_msg("it must not get here");
}
static void wait_strictly_with_deadline(void *arg)
{
    struct shared *s = arg;

    fl_guard(n, &s->m);
    fl_ignore(fl_wait_timeout_while(&s->cv, n, fl_secs(60), *n == 0));
    fail_msg("it must not get here");
}
static void write_strictly(void *arg)
{
    struct shared *s = arg;

    fl_write_guard(n, &s->rw);
    fl_wait_while(&s->cv, n, *n == 0);
    fail_msg("it must not get here");
}
static void wait_and_be_told(void *arg)
{
    struct shared *s = arg;

    fl_lock(status, n, &s->m);
    assert_int_equal(status, FL_OK);
    assert_int_equal(fl_wait_while(&s->cv, n, *n == 0), FL_POISONED);
    assert_int_equal(*n, 1);
    /* That is no news any more: */
    assert_int_equal(fl_wait_timeout(&s->cv, n, fl_millis(1)), FL_TIMEOUT);
    fl_panic("it came through");
}
static void write_and_be_told(void *arg)
{
    struct shared *s = arg;

    fl_write_lock(status, n, &s->rw);
    assert_int_equal(status, FL_OK);
    assert_int_equal(fl_wait_deadline_while(&s->cv, n, fl_deadline_in(fl_secs(60)), *n == 0), FL_POISONED);
    fl_panic("it came through");
}

static void (*const poisoned_waits[])(void *) = { wait_strictly, wait_strictly_with_deadline, write_strictly,
                                                  wait_and_be_told, write_and_be_told };

static void *wait_and_panic(void *arg)
{
    struct shared *s = arg;

    assert_panics(poisoned_waits[s->how], s, s->how <= 2 ? "poisoned while this thread waited" : "it came through");
    return NULL;
}

static void poison_that_comes_while_waiting(void **state)
{
    (void)state;
    for (int how = 0; how < (int)(sizeof poisoned_waits / sizeof *poisoned_waits); how++) {
        struct shared *s = make();
        pthread_t t;

        s->how = how;
        t = start(wait_and_panic, s);
        until_waiting(s, 1);
        /* (not by assert_panics, which the other thread is in the middle of) */
        assert_int_equal(fl_catch(panic_under_the_lock, s), FL_PANICKED);
        fl_notify_all(&s->cv);
        pthread_join(t, NULL);
        {
            fl_lock(status, n, &s->m); /* released by the panic of the waiter, and poisoned */
            fl_write_lock(rw_status, w, &s->rw);
            assert_int_equal(status, FL_POISONED);
            assert_int_equal(rw_status, FL_POISONED);
            assert_int_equal(*n + *w, 2);
        }
        assert_int_equal(waiters_of(s), 0);
        free(s);
    }
}

static void a_lock_that_was_poisoned_before_may_wait(void **state)
{
    struct shared *s = make();

    (void)state;
    assert_panics(panic_under_the_lock, s, "on purpose");
    {
        fl_lock(status, n, &s->m);
        assert_int_equal(status, FL_POISONED);
        assert_int_equal(fl_wait_timeout(&s->cv, n, fl_millis(1)), FL_TIMEOUT);
        assert_int_equal(fl_wait_while(&s->cv, n, *n == 0), FL_OK);
        fl_clear_poison(&s->m);
    }
    free(s);
}

/* ---- misuse ---- */

static void wait_with_read_guard(void *arg)
{
    struct shared *s = arg;

    fl_read_guard(n, &s->rw);
    fl_wait_while(&s->cv, n, *n == 0);
}
static void wait_with_downgraded_guard(void *arg)
{
    struct shared *s = arg;

    fl_write_guard(n, &s->rw);
    fl_downgrade_guard(n);
    fl_wait(&s->cv, n);
}
static void wait_with_raw_read_guard(void *arg)
{
    struct shared *s = arg;

    fl_rw_read_guard(held, &s->raw_rw.lock);
    fl_wait(&s->cv, held);
}
static void wait_after_unlock(void *arg)
{
    struct shared *s = arg;

    fl_guard(n, &s->m);
    fl_unlock(n);
    fl_wait(&s->cv, n);
}

static void wait_with_a_lock_released_behind_the_guard(void *arg)
{
    struct shared *s = arg;

    fl_lock_guard(held, &s->raw.lock);
    fl_lock_release(&s->raw.lock);
    fl_wait(&s->cv, held);
}
static void wait_with_a_write_released_behind_the_guard(void *arg)
{
    struct shared *s = arg;

    fl_rw_write_guard(held, &s->raw_rw.lock);
    fl_rw_write_release(&s->raw_rw.lock);
    fl_wait(&s->cv, held);
}

/* The guard, which that panic passes, must not release the lock a second time. */
static void a_wait_that_cannot_let_go_panics_once(void **state)
{
    struct shared *s = make();

    (void)state;
    assert_panics(wait_with_a_lock_released_behind_the_guard, s, "not locked");
    assert_panics(wait_with_a_write_released_behind_the_guard, s, "nobody writes");
    free(s);
}

static void misuse_panics(void **state)
{
    struct shared *s = make();

    (void)state;
    assert_panics(wait_with_read_guard, s, "read guard");
    assert_panics(wait_with_downgraded_guard, s, "read guard");
    assert_panics(wait_with_raw_read_guard, s, "read guard");
    assert_panics(wait_after_unlock, s, "holds nothing");
    assert_int_equal(waiters_of(s), 0);
    assert_false(fl_is_poisoned(&s->m));
    assert_false(fl_is_poisoned(&s->rw));
    {
        fl_try_write_guard(n, &s->rw);
        fl_try_guard(m, &s->m);
        assert_true(n && m);
    }
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waiting_with_every_kind_of_guard),
        cmocka_unit_test(n_notifications_wake_n),
        cmocka_unit_test(one_notification_wakes_all),
        cmocka_unit_test(notifications_are_not_kept),
        cmocka_unit_test(the_condition_is_looked_at_first),
        cmocka_unit_test(the_time_is_over),
        cmocka_unit_test(the_condition_is_looked_at_once_more_at_the_end),
        cmocka_unit_test(a_deadline_that_is_long_enough),
        cmocka_unit_test(waiting_uses_no_cpu),
        cmocka_unit_test(one_condvar_for_two_locks),
        cmocka_unit_test(poison_that_comes_while_waiting),
        cmocka_unit_test(a_lock_that_was_poisoned_before_may_wait),
        cmocka_unit_test(misuse_panics),
        cmocka_unit_test(a_wait_that_cannot_let_go_panics_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
