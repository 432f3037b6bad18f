/* Durations and instants: arithmetic that does not overflow, a clock that does not go back, sleeps that last. */
#include <fearless/time.h>

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/time.h>
#include <cmocka.h>

static void units(void **state)
{
    (void)state;
    assert_int_equal(fl_as_nanos(fl_secs(2)), 2000000000);
    assert_int_equal(fl_as_nanos(fl_millis(-3)), -3000000);
    assert_int_equal(fl_as_micros(fl_millis(7)), 7000);
    assert_int_equal(fl_as_millis(fl_micros(-1999)), -1); /* towards zero */
    assert_int_equal(fl_as_nanos(fl_nanos(5)), 5);
}

static void nothing_overflows(void **state)
{
    struct fl_instant late = { INT64_MAX - 5 }, early = { INT64_MIN + 5 };

    (void)state;
    assert_int_equal(fl_as_nanos(fl_secs(INT64_MAX)), INT64_MAX);
    assert_int_equal(fl_as_nanos(fl_secs(INT64_MIN)), INT64_MIN);
    assert_int_equal(fl_instant_add(late, fl_secs(1)).fl_ns, INT64_MAX);
    assert_int_equal(fl_instant_add(early, fl_secs(-1)).fl_ns, INT64_MIN);
    assert_true(fl_as_nanos(fl_until(late)) > 0);
    assert_true(fl_as_nanos(fl_until(early)) < 0);
    assert_int_equal(fl_deadline_in(fl_secs(INT64_MAX)).fl_ns, INT64_MAX);
}

static void comparing(void **state)
{
    (void)state;
    assert_true(fl_duration_cmp(fl_secs(1), fl_millis(1001)) < 0);
    assert_true(fl_duration_cmp(fl_secs(1), fl_millis(1000)) == 0);
    assert_true(fl_duration_cmp(fl_secs(1), fl_millis(-1000)) > 0);
    assert_true(fl_duration_cmp(fl_secs(INT64_MIN), fl_secs(INT64_MAX)) < 0);
}

static void the_clock_does_not_go_back(void **state)
{
    struct fl_instant before = fl_now();

    (void)state;
    for (int i = 0; i < 10000; i++) {
        struct fl_instant now = fl_now();
        assert_true(now.fl_ns >= before.fl_ns);
        before = now;
    }
}

static void a_sleep_lasts(void **state)
{
    struct fl_instant start = fl_now();

    (void)state;
    fl_sleep(fl_millis(20));
    assert_true(fl_as_millis(fl_elapsed(start)) >= 20);
    fl_sleep(fl_secs(0));
    fl_sleep(fl_secs(-5)); /* returns at once: the test would not end in time otherwise */
    fl_sleep((struct fl_duration){ INT64_MIN });
}

static volatile sig_atomic_t signals;
static void on_alarm(int signal)
{
    (void)signal;
    signals++;
}

static void signals_do_not_shorten_a_sleep(void **state)
{
    struct sigaction action, old;
    struct itimerval often = { { 0, 2000 }, { 0, 2000 } }, never = { { 0, 0 }, { 0, 0 } };
    struct fl_instant start;

    (void)state;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_alarm;
    sigaction(SIGALRM, &action, &old);
    start = fl_now();
    setitimer(ITIMER_REAL, &often, NULL);
    fl_sleep(fl_millis(30));
    setitimer(ITIMER_REAL, &never, NULL);
    assert_true(fl_as_millis(fl_elapsed(start)) >= 30);
    assert_true(signals > 0);
    sigaction(SIGALRM, &old, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units),
        cmocka_unit_test(nothing_overflows),
        cmocka_unit_test(comparing),
        cmocka_unit_test(the_clock_does_not_go_back),
        cmocka_unit_test(a_sleep_lasts),
        cmocka_unit_test(signals_do_not_shorten_a_sleep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
