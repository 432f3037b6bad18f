/* The seam: tokens, deadlines, words, this thread's parker, and that a driver other than the OS can carry it. */
#include "park.h"

#include <fearless/lock.h>
#include <fearless/time.h>

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static int64_t in_ms(int64_t ms)
{
    return fl_deadline_in(fl_millis(ms)).fl_ns;
}

static void a_token_may_come_first(void **state)
{
    struct fl_parker p = FL_PARKER_INIT_;

    (void)state;
    fl_parker_wake_(&p);
    fl_parker_wake_(&p); /* one is kept */
    assert_true(fl_parker_wait_(&p, FL_NEVER_NS_));
    assert_false(fl_parker_wait_(&p, in_ms(1)));
}

static void deadlines(void **state)
{
    struct fl_parker p = FL_PARKER_INIT_;
    struct fl_instant start = fl_now();

    (void)state;
    assert_false(fl_parker_wait_(&p, in_ms(10)));
    assert_true(fl_as_millis(fl_elapsed(start)) >= 10);
    assert_false(fl_parker_wait_(&p, 0));
    assert_false(fl_parker_wait_(&p, -1));
    assert_false(fl_parker_wait_(&p, INT64_MIN));
    fl_parker_wake_(&p);
    assert_true(fl_parker_wait_(&p, INT64_MIN)); /* a token counts even when the deadline is over */
}

static void forgetting(void **state)
{
    struct fl_parker p = FL_PARKER_INIT_;

    (void)state;
    assert_false(fl_parker_forget_(&p));
    fl_parker_wake_(&p);
    assert_true(fl_parker_forget_(&p));
    assert_false(fl_parker_wait_(&p, in_ms(1)));
}

static void errno_is_left_alone(void **state)
{
    struct fl_parker p = FL_PARKER_INIT_;

    (void)state;
    errno = 77;
    assert_false(fl_parker_wait_(&p, in_ms(1)));
    fl_parker_wake_(&p);
    assert_int_equal(errno, 77);
}

struct pair {
    struct fl_parker sleeper;
    int data;
};

static void *wake_with_data(void *arg)
{
    struct pair *pair = arg;

    pair->data = 42;
    fl_parker_wake_(&pair->sleeper);
    return NULL;
}

static void the_token_carries_what_was_written(void **state)
{
    static struct pair pair = { FL_PARKER_INIT_, 0 }; /* static: see stress.h */
    pthread_t t;

    (void)state;
    pthread_create(&t, NULL, wake_with_data, &pair);
    assert_true(fl_parker_wait_(&pair.sleeper, FL_NEVER_NS_));
    assert_int_equal(pair.data, 42); /* before the join: ThreadSanitizer watches */
    pthread_join(t, NULL);
}

static void *own_parker(void *ret)
{
    *(struct fl_parker **)ret = fl_parker_self_();
    assert_ptr_equal(fl_parker_self_(), fl_parker_self_());
    return NULL;
}

static void *own_number(void *ret)
{
    (void)fl_parker_self_();
    *(uint32_t *)ret = fl_thread_number_;
    return NULL;
}

static void parkers_are_used_again(void **state)
{
    struct fl_parker *mine = fl_parker_self_(), *first, *second;
    uint32_t number = 0;
    pthread_t t;

    (void)state;
    pthread_create(&t, NULL, own_parker, &first);
    pthread_join(t, NULL);
    assert_ptr_not_equal(first, mine);
    fl_parker_wake_(first); /* its thread has ended: harmless, and the next one must not mind */
    pthread_create(&t, NULL, own_parker, &second);
    pthread_join(t, NULL);
    assert_ptr_equal(first, second);
    pthread_create(&t, NULL, own_number, &number);
    pthread_join(t, NULL);
    assert_int_not_equal(number, 0);
    assert_int_equal(number & 1, 0);
    assert_int_not_equal(number, fl_thread_number_);
}

static FL_ATOMIC(uint32_t) word;

static void *change_word(void *arg)
{
    (void)arg;
    fl_store_release(&word, 1);
    fl_word_wake_(&word.fl_word, FL_WAKE_ALL_);
    return NULL;
}

static void words(void **state)
{
    pthread_t t;

    (void)state;
    assert_true(fl_word_wait_(&word.fl_word, 7, FL_NEVER_NS_)); /* it is not 7: returns */
    assert_false(fl_word_wait_(&word.fl_word, 0, in_ms(1)));
    pthread_create(&t, NULL, change_word, NULL);
    while (fl_load_acquire(&word) == 0)
        assert_true(fl_word_wait_(&word.fl_word, 0, FL_NEVER_NS_));
    pthread_join(t, NULL);
}

/* A driver that never sleeps: it plays the scheduler of green tasks, and lets a waker "run" inside of sleep. */
static int sleeps, rouses;
static struct fl_parker *roused;

static bool task_sleep(struct fl_parker *parker, uint32_t expected, int64_t deadline_ns)
{
    assert_int_equal(fl_load_relaxed(&parker->state), expected);
    if (++sleeps == 1)
        return true; /* for no reason: the wait goes on */
    if (deadline_ns != FL_NEVER_NS_)
        return false;
    fl_parker_wake_(parker);
    return true;
}

static void task_rouse(struct fl_parker *parker)
{
    rouses++;
    roused = parker;
}

static void another_driver_carries_it(void **state)
{
    const struct fl_park_driver driver = { task_sleep, task_rouse };
    struct fl_parker p = { FL_ATOMIC_INIT(0), &driver, NULL };

    (void)state;
    assert_true(fl_parker_wait_(&p, FL_NEVER_NS_));
    assert_int_equal(sleeps, 2);
    assert_int_equal(rouses, 1);
    assert_ptr_equal(roused, &p);
    assert_false(fl_parker_wait_(&p, 1));
    assert_int_equal(sleeps, 3);
    fl_parker_wake_(&p); /* awake: nobody is roused */
    assert_int_equal(rouses, 1);
    assert_true(fl_parker_wait_(&p, FL_NEVER_NS_));
    assert_int_equal(sleeps, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_may_come_first),
        cmocka_unit_test(deadlines),
        cmocka_unit_test(forgetting),
        cmocka_unit_test(errno_is_left_alone),
        cmocka_unit_test(the_token_carries_what_was_written),
        cmocka_unit_test(parkers_are_used_again),
        cmocka_unit_test(words),
        cmocka_unit_test(another_driver_carries_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
