/* Store, then load: whoever stores first is seen by the other, with the barrier on one side only, and without it. */
#include "asymmetric.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>

enum { ROUNDS = 50000 };

static struct {
    _Alignas(64) FL_ATOMIC(uint32_t) often;  /* the round that the often-side has announced */
    _Alignas(64) FL_ATOMIC(uint32_t) seldom; /* the same of the other side */
    _Alignas(64) FL_ATOMIC(uint32_t) go;     /* the round that may begin */
    _Alignas(64) FL_ATOMIC(uint32_t) ended;  /* the last round that the often-side has ended; what it saw in bit 31 */
} x;

/* The two stores must meet within nanoseconds, so both sides spin for each other. */
static void spin_until(uint32_t round, uint32_t (*now)(void))
{
    for (unsigned i = 1; now() != round; i++)
        if (i % 4096 == 0)
            sched_yield();
}

static uint32_t go_now(void)
{
    return fl_load_acquire(&x.go);
}

static uint32_t ended_now(void)
{
    return fl_load_acquire(&x.ended) & ~(UINT32_C(1) << 31);
}

static void *often_side(void *arg)
{
    (void)arg;
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        bool saw;

        spin_until(round, go_now);
        fl_store_asymmetric(&x.often, round);
        saw = fl_load_seq_cst(&x.seldom) == round;
        fl_store_release(&x.ended, round | (uint32_t)saw << 31);
    }
    return NULL;
}

static void one_of_two_sees_the_other(void **state)
{
    pthread_t other;
    unsigned neither = 0, both = 0;

    (void)state;
    fl_store_relaxed(&x.often, 0);
    fl_store_relaxed(&x.seldom, 0);
    fl_store_relaxed(&x.go, 0);
    fl_store_relaxed(&x.ended, 0);
    assert_int_equal(pthread_create(&other, NULL, often_side, NULL), 0);
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        bool saw, seen;

        fl_store_release(&x.go, round);
        for (uint32_t i = 0; i < round % 1024; i++)
            fl_compiler_barrier_(); /* meet at different places */
        fl_store_seq_cst(&x.seldom, round);
        assert_true(fl_asymmetric_barrier_());
        saw = fl_load_seq_cst(&x.often) == round;
        spin_until(round, ended_now);
        seen = fl_load_acquire(&x.ended) >> 31;
        neither += !saw && !seen;
        both += saw && seen;
    }
    pthread_join(other, NULL);
    printf("of %d rounds, both saw the other in %u\n", ROUNDS, both);
    assert_int_equal(neither, 0);
}

static void without_it_the_same(void **state)
{
    fl_asymmetric_off_();
    assert_false(fl_asymmetric_);
    one_of_two_sees_the_other(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_of_two_sees_the_other),
        cmocka_unit_test(without_it_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
