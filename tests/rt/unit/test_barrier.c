/* struct fl_barrier, on one thread or a few: who leads, who waits, sizes, using it again. */
#include <fearless.h>

#include "atomic.h"
#include "cpu_time.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

static void nobody_waits_alone(void **state)
{
    static struct fl_barrier none = FL_BARRIER(0);
    static struct fl_barrier one = FL_BARRIER(1);
    struct fl_barrier zeroed;

    (void)state;
    memset(&zeroed, 0, sizeof zeroed);
    for (int i = 0; i < 5; i++) {
        assert_true(fl_barrier_wait(&none));
        assert_true(fl_barrier_wait(&one));
        assert_true(fl_barrier_wait(&zeroed));
    }
}

struct party {
    struct fl_barrier barrier;
    FL_ATOMIC(uint32_t) leaders, through;
    FL_ATOMIC(int64_t) cpu_ns;
};

static void *come(void *arg)
{
    struct party *p = arg;
    int64_t start = cpu_time();

    if (fl_barrier_wait(&p->barrier))
        fl_add_relaxed(&p->leaders, 1);
    fl_add_relaxed(&p->through, 1);
    fl_add_relaxed(&p->cpu_ns, cpu_time() - start);
    return NULL;
}

/* How many have come to this round (the lower half of the word; its top bit: somebody sleeps). */
static uint32_t have_come(struct party *p)
{
    return (uint32_t)__atomic_load_n(&p->barrier.fl_state.fl_word, __ATOMIC_RELAXED) & 0x7fffffff;
}
static bool somebody_sleeps(struct party *p)
{
    return (uint32_t)__atomic_load_n(&p->barrier.fl_state.fl_word, __ATOMIC_RELAXED) >> 31;
}

static void the_last_one_leads(void **state)
{
    struct party *p = calloc(1, sizeof *p);
    pthread_t t[3];

    (void)state;
    p->barrier = (struct fl_barrier)FL_BARRIER(4);
    for (uint32_t round = 1; round <= 3; round++) {
        for (uint32_t i = 0; i < 3; i++) {
            pthread_create(&t[i], NULL, come, p);
            while (have_come(p) != i + 1)
                fl_sleep(fl_micros(50));
        }
        assert_int_equal(fl_load_relaxed(&p->through), 3 * (round - 1));
        assert_true(fl_barrier_wait(&p->barrier));
        for (int i = 0; i < 3; i++)
            pthread_join(t[i], NULL);
        assert_int_equal(fl_load_relaxed(&p->through), 3 * round);
        assert_int_equal(fl_load_relaxed(&p->leaders), 0);
    }
    free(p);
}

static void one_too_many_begins_the_next_round(void **state)
{
    struct party *p = calloc(1, sizeof *p);
    pthread_t t[3];

    (void)state;
    p->barrier = (struct fl_barrier)FL_BARRIER(2);
    for (int i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, come, p);
    while (fl_load_relaxed(&p->through) != 2 || have_come(p) != 1)
        fl_sleep(fl_micros(50));
    assert_int_equal(fl_load_relaxed(&p->leaders), 1);
    assert_true(fl_barrier_wait(&p->barrier));
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    assert_int_equal(fl_load_relaxed(&p->through), 3);
    free(p);
}

static void rounds_wrap_around(void **state)
{
    struct party *p = calloc(1, sizeof *p);
    pthread_t t;

    (void)state;
    p->barrier = (struct fl_barrier)FL_BARRIER(2);
    p->barrier.fl_state.fl_word = (uint64_t)UINT32_MAX << 32;
    for (uint32_t round = 1; round <= 3; round++) {
        pthread_create(&t, NULL, come, p);
        while (have_come(p) != 1)
            fl_sleep(fl_micros(50));
        assert_true(fl_barrier_wait(&p->barrier));
        pthread_join(t, NULL);
        assert_int_equal(fl_load_relaxed(&p->through), round);
    }
    assert_int_equal(p->barrier.fl_state.fl_word >> 32, 2);
    free(p);
}

static void waiting_uses_no_cpu(void **state)
{
    struct party *p = calloc(1, sizeof *p);
    pthread_t t[2];

    (void)state;
    p->barrier = (struct fl_barrier)FL_BARRIER(3);
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, come, p);
    while (have_come(p) != 2 || !somebody_sleeps(p))
        fl_sleep(fl_micros(50));
    fl_sleep(fl_millis(200));
    fl_barrier_wait(&p->barrier);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    assert_true(fl_load_relaxed(&p->cpu_ns) < 50 * 1000000);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_waits_alone),
        cmocka_unit_test(the_last_one_leads),
        cmocka_unit_test(one_too_many_begins_the_next_round),
        cmocka_unit_test(rounds_wrap_around),
        cmocka_unit_test(waiting_uses_no_cpu),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
