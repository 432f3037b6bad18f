/* fl_after, fl_tick, fl_never: receivers that time sends to. */
#include "behaviour.h"
#include "tracked.h"

static void after_fires_once(void **state)
{
    struct fl_instant start = fl_now(), at = { 0 };
    fl_receiver(struct fl_instant) rx = fl_after(fl_millis(20)), other;

    (void)state;
    assert_int_equal(fl_capacity(rx), 1);
    assert_int_equal(fl_recv_timeout(rx, &at, fl_nanos(0)), FL_TIMEOUT);
    assert_int_equal(fl_recv(rx, &at), FL_OK);
    assert_true(fl_duration_cmp(fl_between_(start, at), fl_millis(20)) >= 0); /* when it was due, */
    assert_true(fl_as_nanos(fl_elapsed(at)) >= 0);                            /* which is over */
    assert_int_equal(fl_try_recv(rx, &at), FL_EMPTY); /* silent, not closed */
    assert_int_equal(fl_recv_timeout(rx, &at, fl_millis(2)), FL_TIMEOUT);
    assert_int_equal(fl_select(fl_on_recv(rx, &at), fl_on_timeout(fl_millis(2))), 1);
    assert_int_equal(fl_len(rx), 0);
    fl_drop(rx);

    rx = fl_after(fl_secs(-1)); /* at once */
    assert_int_equal(fl_len(rx), 1);
    assert_true(fl_is_full(rx) && !fl_is_empty(rx));
    assert_int_equal(fl_try_recv(rx, NULL), FL_OK);
    assert_true(!fl_is_full(rx) && fl_is_empty(rx));
    fl_drop(rx);

    rx = fl_after(fl_secs(1000000));
    other = fl_after(fl_nanos(INT64_MAX)); /* the longest is never */
    assert_true(fl_is_empty(rx) && fl_is_empty(other));
    assert_int_equal(fl_select(fl_on_recv(rx, NULL), fl_on_recv(other, NULL), fl_on_none()), 2);
    fl_drop(rx);
    fl_drop(other);
}

static void ticks_do_not_accumulate(void **state)
{
    const struct fl_duration period = fl_millis(10);
    struct fl_instant begin = fl_now(), received, taken, first, second, third;
    fl_receiver(struct fl_instant) rx = fl_tick(period);

    (void)state;
    assert_int_equal(fl_recv(rx, &first), FL_OK);
    received = fl_now();
    assert_true(fl_duration_cmp(fl_between_(begin, first), period) >= 0);
    fl_sleep(fl_millis(45)); /* at least: four ticks become due, and the first of them stays */
    assert_int_equal(fl_len(rx), 1);
    assert_true(fl_is_full(rx));
    taken = fl_now();
    assert_int_equal(fl_try_recv(rx, &second), FL_OK);
    assert_true(fl_duration_cmp(fl_between_(received, second), period) <= 0);
    assert_int_equal(fl_recv(rx, &third), FL_OK); /* the first that was due after the second had been taken */
    assert_true(fl_as_nanos(fl_between_(taken, third)) > 0);
    assert_int_equal(fl_as_nanos(fl_between_(first, second)) % fl_as_nanos(period), 0); /* no drift */
    assert_int_equal(fl_as_nanos(fl_between_(second, third)) % fl_as_nanos(period), 0);
    fl_drop(rx);
}

static void loops_over_ticks(void **state)
{
    fl_receiver(struct fl_instant) rx = fl_tick(fl_millis(1)), once = fl_after(fl_millis(3));
    int ticks = 0, rounds = 0;

    (void)state;
    fl_for_each (at, rx) {
        assert_true(fl_as_nanos(fl_elapsed(at)) >= 0);
        if (++ticks == 5)
            break;
    }
    while (fl_select(fl_on_recv(rx, NULL), fl_on_recv(once, NULL)) == 0)
        assert_true(++rounds < 1000000);
    fl_try_for_each (at, once)
        fail_msg("%lld", (long long)at.fl_ns);
    fl_drop(rx);
    fl_drop(once);
}

static void never(void **state)
{
    fl_receiver(tracked) rx = fl_never(tracked);
    fl_receiver(void) signal = fl_never(void);
    tracked t = { 0 };

    (void)state;
    assert_int_equal(fl_try_recv(rx, &t), FL_EMPTY);
    assert_int_equal(fl_recv_timeout(rx, &t, fl_millis(1)), FL_TIMEOUT);
    assert_int_equal(fl_recv_timeout(signal, NULL, fl_millis(1)), FL_TIMEOUT);
    assert_int_equal(fl_select(fl_on_recv(rx, &t), fl_on_recv(signal, NULL), fl_on_timeout(fl_millis(1))), 2);
    assert_int_equal(fl_len(rx), 0);
    assert_int_equal(fl_capacity(rx), 0);
    assert_true(fl_is_empty(rx) && fl_is_full(rx));
    fl_drop(rx);
    fl_drop(signal);
}

static void ticks_not_at_all(void *env)
{
    fl_receiver(struct fl_instant) t = fl_tick(*(struct fl_duration *)env);

    fl_drop(t);
}

static void a_tick_of_nothing_panics(void **state)
{
    struct fl_duration d = fl_nanos(0);

    (void)state;
    assert_int_equal(fl_catch(ticks_not_at_all, &d), FL_PANICKED);
    d = fl_secs(-1);
    assert_int_equal(fl_catch(ticks_not_at_all, &d), FL_PANICKED);
}

static void *wait_for_tick(void *arg)
{
    fl_receiver(struct fl_instant) *rx = arg;
    struct fl_instant at;

    must(fl_recv(*rx, &at) == FL_OK);
    must(fl_as_nanos(fl_elapsed(at)) >= 0);
    return NULL;
}

static void timers_may_be_moved_and_shared(void **state)
{
    fl_receiver(struct fl_instant) rx = fl_after(fl_millis(5));
    fl_shared_receiver(struct fl_instant) a = fl_share(fl_tick(fl_millis(1))), b = fl_clone(a),
                                          once = fl_share(fl_after(fl_nanos(0)));
    struct fl_instant one, two;

    (void)state;
    pthread_join(start(wait_for_tick, &rx), NULL);
    fl_drop(rx);
    assert_int_equal(fl_recv(a, &one), FL_OK);
    assert_int_equal(fl_select(fl_on_recv(b, &two)), 0);
    assert_true(fl_as_nanos(fl_between_(one, two)) >= 1000000);
    fl_drop(a);
    assert_int_equal(fl_recv(b, &two), FL_OK);
    fl_drop(b);
    assert_int_equal(fl_try_recv(once, &one), FL_OK);
    assert_int_equal(fl_try_recv(once, &one), FL_EMPTY);
    fl_drop(once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_fires_once),
        cmocka_unit_test(ticks_do_not_accumulate),
        cmocka_unit_test(loops_over_ticks),
        cmocka_unit_test(never),
        cmocka_unit_test(a_tick_of_nothing_panics),
        cmocka_unit_test(timers_may_be_moved_and_shared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
