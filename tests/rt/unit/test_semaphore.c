/* struct fl_semaphore, on one thread or a few: counting, waiting, deadlines, too many permits. */
#include <fearless.h>

#include "atomic.h"
#include "cpu_time.h"
#include "panics.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

static void permits_are_counted(void **state)
{
    static struct fl_semaphore two = FL_SEMAPHORE(2);
    struct fl_semaphore zeroed;

    (void)state;
    fl_acquire(&two);
    assert_true(fl_try_acquire(&two));
    assert_false(fl_try_acquire(&two));
    fl_release(&two);
    assert_true(fl_try_acquire(&two));
    assert_false(fl_try_acquire(&two));
    fl_release(&two, 3); /* more than were taken: they are added */
    for (int i = 0; i < 3; i++)
        fl_acquire(&two);
    assert_false(fl_try_acquire(&two));
    fl_release(&two, 0);
    assert_false(fl_try_acquire(&two));

    memset(&zeroed, 0, sizeof zeroed);
    assert_false(fl_try_acquire(&zeroed));
    fl_release(&zeroed);
    assert_true(fl_try_acquire(&zeroed));
}

static void deadlines(void **state)
{
    struct fl_semaphore s = FL_SEMAPHORE(1);
    struct fl_instant start = fl_now();

    (void)state;
    assert_int_equal(fl_acquire_timeout(&s, fl_secs(60)), FL_OK);
    assert_int_equal(fl_acquire_timeout(&s, fl_millis(10)), FL_TIMEOUT);
    assert_true(fl_as_millis(fl_elapsed(start)) >= 10);
    assert_int_equal(fl_acquire_timeout(&s, fl_nanos(0)), FL_TIMEOUT);
    assert_int_equal(fl_acquire_timeout(&s, fl_secs(-1)), FL_TIMEOUT);
    assert_int_equal(fl_acquire_deadline(&s, (struct fl_instant){ 0 }), FL_TIMEOUT);
    assert_int_equal(fl_acquire_deadline(&s, start), FL_TIMEOUT);
    assert_int_equal(s.fl_state.fl_word >> 32, 0); /* nobody waits any more */
    fl_release(&s);
    assert_int_equal(fl_acquire_deadline(&s, start), FL_OK); /* over, but there is one */
    fl_release(&s);
    assert_int_equal(fl_acquire_timeout(&s, fl_secs(INT64_MAX)), FL_OK); /* never, not long ago */
}

static void release_one_too_many(void *s)
{
    fl_release((struct fl_semaphore *)s);
}
static void release_many(void *s)
{
    fl_release((struct fl_semaphore *)s, FL_SEMAPHORE_MOST);
}
static void release_minus_one(void *s)
{
    fl_release((struct fl_semaphore *)s, (uint32_t)-1);
}

static void too_many_permits_panic(void **state)
{
    struct fl_semaphore full = FL_SEMAPHORE(FL_SEMAPHORE_MOST), one = FL_SEMAPHORE(1), none = FL_SEMAPHORE(0);

    (void)state;
    assert_panics(release_one_too_many, &full, "only what was taken");
    assert_panics(release_many, &one, "FL_SEMAPHORE_MOST");
    assert_panics(release_minus_one, &none, "FL_SEMAPHORE_MOST");
    assert_false(fl_try_acquire(&none));
    fl_acquire(&full);
    fl_release(&full); /* as many as can be */
    assert_panics(release_one_too_many, &full, "only what was taken");
    fl_release(&none, FL_SEMAPHORE_MOST);
    assert_true(fl_try_acquire(&none));
}

struct queue {
    struct fl_semaphore s;
    FL_ATOMIC(uint32_t) through;
    FL_ATOMIC(int64_t) cpu_ns;
};

static void *get_through(void *arg)
{
    struct queue *q = arg;
    int64_t start = cpu_time();

    fl_acquire(&q->s);
    fl_add_relaxed(&q->through, 1);
    fl_add_relaxed(&q->cpu_ns, cpu_time() - start);
    return NULL;
}

static uint32_t waiting(struct queue *q)
{
    return (uint32_t)(__atomic_load_n(&q->s.fl_state.fl_word, __ATOMIC_RELAXED) >> 32);
}

static void each_permit_lets_one_through(void **state)
{
    struct queue *q = calloc(1, sizeof *q);
    pthread_t t[6];

    (void)state;
    for (int i = 0; i < 6; i++)
        pthread_create(&t[i], NULL, get_through, q);
    while (waiting(q) != 6)
        fl_sleep(fl_micros(50));
    fl_sleep(fl_millis(100)); /* for the measurement only */
    assert_int_equal(fl_load_relaxed(&q->through), 0);
    fl_release(&q->s);
    while (fl_load_relaxed(&q->through) != 1)
        fl_sleep(fl_micros(50));
    assert_int_equal(waiting(q), 5);
    fl_release(&q->s, 2);
    while (fl_load_relaxed(&q->through) != 3)
        fl_sleep(fl_micros(50));
    assert_int_equal(waiting(q), 3);
    fl_release(&q->s, 7);
    for (int i = 0; i < 6; i++)
        pthread_join(t[i], NULL);
    assert_int_equal(q->s.fl_state.fl_word, 4); /* what is left, and nobody waits */
    assert_true(fl_load_relaxed(&q->cpu_ns) < 50 * 1000000);
    free(q);
}

static struct fl_semaphore signalled = FL_SEMAPHORE(0);
static void on_signal(int number)
{
    const int saved = errno;

    (void)number;
    errno = 4711;
    fl_release(&signalled);
    if (errno != 4711)
        abort();
    errno = saved;
}

static void *wait_for_signal(void *arg)
{
    fl_acquire(&signalled);
    return arg;
}

static void releasing_in_a_signal_handler(void **state)
{
    struct sigaction action = { .sa_handler = on_signal }, old;
    pthread_t t;

    (void)state;
    sigaction(SIGUSR1, &action, &old);
    raise(SIGUSR1);
    fl_acquire(&signalled);
    /* in the very thread that waits */
    pthread_create(&t, NULL, wait_for_signal, NULL);
    while (!(__atomic_load_n(&signalled.fl_state.fl_word, __ATOMIC_RELAXED) >> 32))
        fl_sleep(fl_micros(50));
    pthread_kill(t, SIGUSR1);
    pthread_join(t, NULL);
    sigaction(SIGUSR1, &old, NULL);
    assert_int_equal(signalled.fl_state.fl_word, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(permits_are_counted),
        cmocka_unit_test(deadlines),
        cmocka_unit_test(too_many_permits_panic),
        cmocka_unit_test(each_permit_lets_one_through),
        cmocka_unit_test(releasing_in_a_signal_handler),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
