/* How long one looks before one sleeps, and what one does meanwhile. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../src/rt/patience.h"

enum { MOST = 200, YIELDS = 16, LEAST = 8, TO_LEARN = 32, PATIENT_AGAIN = 16 };

struct steps {
    int pauses, yields, pauses_first;
};

/* A wait that ends with its n-th step (-1: never), by whatever that is. */
static struct steps wait_for(struct fl_patience *patience, int n)
{
    struct fl_looks looks = fl_looks_begin_(patience);
    struct steps steps = { 0 };

    for (;;) {
        if (n == steps.pauses + steps.yields) {
            fl_looks_helped_(&looks);
            return steps;
        }
        if (!fl_looks_again_(&looks))
            return steps;
        assert_true(looks.paused != looks.yielded);
        if (looks.yielded)
            steps.yields++;
        else
            steps.pauses++;
        if (steps.yields == 0)
            steps.pauses_first = steps.pauses;
    }
}

/* Ends with the first yield. */
static struct steps wait_for_a_yield(struct fl_patience *patience)
{
    struct fl_looks looks = fl_looks_begin_(patience);
    struct steps steps = { 0 };

    while (!looks.yielded) {
        assert_true(fl_looks_again_(&looks));
        steps.pauses += looks.paused;
    }
    steps.yields = 1;
    fl_looks_helped_(&looks);
    return steps;
}

/* First, because how many CPUs there are is asked once: one has nothing to do there but to give it away. */
static void on_one_cpu_there_are_no_pauses(void **state)
{
    pid_t child = fork();
    int status;

    (void)state;
    if (child == 0) {
        struct fl_patience patience = { 0 };
        cpu_set_t one;

        CPU_ZERO(&one);
        CPU_SET(sched_getcpu(), &one);
        if (sched_setaffinity(0, sizeof one, &one) != 0)
            _exit(2);
        for (int i = 0; i < 3 * PATIENT_AGAIN; i++) {
            struct steps steps = wait_for(&patience, i % 3 ? -1 : 1);

            if (steps.pauses != 0 || steps.yields != (i % 3 ? YIELDS : 1))
                _exit(1);
        }
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 2)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void skip_on_one_cpu(void)
{
    cpu_set_t allowed;

    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0 && CPU_COUNT(&allowed) == 1)
        skip();
}

static void in_vain_it_soon_looks_no_longer(void **state)
{
    struct fl_patience patience = { 0 };
    struct steps steps = wait_for(&patience, -1);
    int expected = MOST;

    (void)state;
    skip_on_one_cpu();
    assert_int_equal(steps.pauses, MOST);
    assert_int_equal(steps.yields, YIELDS);
    for (int i = 1; i < PATIENT_AGAIN; i++) {
        expected = expected / 2 > LEAST ? expected / 2 : LEAST;
        steps = wait_for(&patience, -1);
        assert_int_equal(steps.pauses, expected);
        assert_int_equal(steps.yields, 0);
    }
    steps = wait_for(&patience, -1); /* patient again */
    assert_int_equal(steps.pauses, MOST);
    assert_int_equal(steps.yields, YIELDS);
}

static void what_comes_in_time_earns_patience(void **state)
{
    struct fl_patience patience = { 0 };
    int before = 0;

    (void)state;
    skip_on_one_cpu();
    for (int i = 0; i < PATIENT_AGAIN; i++)
        (void)wait_for(&patience, -1);
    for (int i = 0; i < 3 * PATIENT_AGAIN; i++) {
        (void)wait_for(&patience, 3);
        assert_true(fl_atomic_own(&patience.pauses) >= before);
        before = fl_atomic_own(&patience.pauses);
    }
    assert_int_equal(before, MOST);
}

/* What is there at once says nothing about waiting. */
static void what_is_there_teaches_nothing(void **state)
{
    struct fl_patience patience = { 0 };

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(wait_for(&patience, 0).pauses, 0);
    assert_int_equal(fl_atomic_own(&patience.pauses), 0);
    assert_false(fl_atomic_own(&patience.by_yielding));
}

static void what_came_by_yielding_is_awaited_so(void **state)
{
    struct fl_patience patience = { 0 };

    (void)state;
    skip_on_one_cpu();
    assert_int_equal(wait_for_a_yield(&patience).pauses, MOST);
    for (int i = 1; i < 3 * PATIENT_AGAIN; i++)
        assert_int_equal(wait_for_a_yield(&patience).pauses, i % PATIENT_AGAIN ? LEAST : TO_LEARN);
    /* a pause helps: from now on by pauses */
    assert_int_equal(wait_for(&patience, 1).pauses, 1);
    assert_int_equal(wait_for(&patience, -1).yields, YIELDS);
    assert_int_equal(wait_for(&patience, -1).yields, 0);
}

/* By yielding, what the yields do not bring is awaited with the pauses that are left; and if that does not help, it was
 * not so. */
static void yields_in_vain_are_followed_by_pauses(void **state)
{
    struct fl_patience patience = { 0 };
    struct steps steps;

    (void)state;
    skip_on_one_cpu();
    (void)wait_for(&patience, 1); /* one pause: as many as there can be are worth while */
    (void)wait_for_a_yield(&patience);
    steps = wait_for(&patience, -1);
    assert_int_equal(steps.pauses_first, LEAST);
    assert_int_equal(steps.yields, YIELDS);
    assert_int_equal(steps.pauses, MOST);
    steps = wait_for(&patience, -1);
    assert_int_equal(steps.pauses_first, MOST / 2);
    assert_int_equal(steps.yields, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_one_cpu_there_are_no_pauses),
        cmocka_unit_test(in_vain_it_soon_looks_no_longer),
        cmocka_unit_test(what_comes_in_time_earns_patience),
        cmocka_unit_test(what_is_there_teaches_nothing),
        cmocka_unit_test(what_came_by_yielding_is_awaited_so),
        cmocka_unit_test(yields_in_vain_are_followed_by_pauses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
