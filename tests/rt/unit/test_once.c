/* struct fl_once: every step of its table, on one thread or two. */
#include <fearless.h>

#include "atomic.h"
#include "cpu_time.h"
#include "panics.h"

#include <pthread.h>
#include <string.h>

static int runs;

static void count_run(void *env)
{
    runs++;
    if (env)
        *(int *)env += 1;
}

static void panic_on_purpose(void *env)
{
    runs++;
    (void)env;
    fl_panic("on purpose");
}

static void call_plain(void *once)
{
    fl_call_once((struct fl_once *)once, count_run, NULL);
}

static void call_and_panic(void *once)
{
    fl_call_once((struct fl_once *)once, panic_on_purpose, NULL);
}

static void force_and_panic(void *once)
{
    fl_call_once_force((struct fl_once *)once, panic_on_purpose, NULL);
}

static void the_first_call_runs_it(void **state)
{
    static struct fl_once once = FL_ONCE;
    struct fl_once zeroed;
    int seen = 0;

    (void)state;
    runs = 0;
    assert_false(fl_once_done(&once));
    fl_call_once(&once, count_run, &seen);
    assert_true(fl_once_done(&once));
    assert_false(fl_once_poisoned(&once));
    fl_call_once(&once, count_run, &seen);
    fl_call_once_force(&once, count_run, &seen);
    assert_int_equal(runs, 1);
    assert_int_equal(seen, 1);
    memset(&zeroed, 0, sizeof zeroed);
    fl_call_once(&zeroed, count_run, &seen);
    assert_int_equal(seen, 2);
    assert_true(fl_once_done(&zeroed));
}

static void a_panic_poisons(void **state)
{
    struct fl_once once = FL_ONCE;

    (void)state;
    runs = 0;
    assert_panics(call_and_panic, &once, "on purpose");
    assert_true(fl_once_poisoned(&once));
    assert_false(fl_once_done(&once));
    assert_panics(call_plain, &once, "fl_call_once_force");
    assert_panics(call_plain, &once, "poisoned");
    assert_int_equal(runs, 1);
    assert_true(fl_once_poisoned(&once));
}

struct forced {
    struct fl_once once;
    bool was_poisoned, was_done;
};

static void look_inside(void *env)
{
    struct forced *f = env;

    runs++;
    f->was_poisoned = fl_once_poisoned(&f->once);
    f->was_done = fl_once_done(&f->once);
}

static void forcing_repairs(void **state)
{
    struct forced f = { FL_ONCE, false, true };

    (void)state;
    runs = 0;
    assert_panics(call_and_panic, &f.once, "on purpose");
    assert_panics(force_and_panic, &f.once, "on purpose"); /* poisoned as before */
    assert_true(fl_once_poisoned(&f.once));
    fl_call_once_force(&f.once, look_inside, &f);
    assert_true(f.was_poisoned);
    assert_false(f.was_done);
    assert_true(fl_once_done(&f.once));
    assert_false(fl_once_poisoned(&f.once));
    assert_int_equal(runs, 3);
    fl_call_once(&f.once, count_run, NULL);
    assert_int_equal(runs, 3);
}

static void forcing_a_fresh_once(void **state)
{
    struct forced f = { FL_ONCE, true, true };

    (void)state;
    fl_call_once_force(&f.once, look_inside, &f);
    assert_false(f.was_poisoned);
    assert_true(fl_once_done(&f.once));
}

static void call_itself(void *once)
{
    fl_call_once((struct fl_once *)once, count_run, NULL);
}
static void force_itself(void *once)
{
    fl_call_once_force((struct fl_once *)once, count_run, NULL);
}
static void reenter(void *once)
{
    fl_call_once((struct fl_once *)once, call_itself, once);
}
static void reenter_by_force(void *once)
{
    fl_call_once_force((struct fl_once *)once, force_itself, once);
}

static void reentry_panics(void **state)
{
    struct fl_once once = FL_ONCE;

    (void)state;
    runs = 0;
    assert_panics(reenter, &once, "calls the once again");
    assert_true(fl_once_poisoned(&once)); /* the panic went through its function */
    assert_panics(reenter_by_force, &once, "calls the once again");
    assert_int_equal(runs, 0);
    assert_true(fl_once_poisoned(&once));
}

static void catch_inside(void *once)
{
    assert_panics(call_itself, once, "calls the once again");
}

static void a_panic_caught_inside_does_not_poison(void **state)
{
    struct fl_once once = FL_ONCE;

    (void)state;
    fl_call_once(&once, catch_inside, &once);
    assert_true(fl_once_done(&once));
}

/* In a cleanup that runs because of a panic: that panic is not the once's. */
static void call_in_cleanup(struct fl_once **once)
{
    fl_call_once(*once, count_run, NULL);
}
static void panic_over_it(void *once)
{
    __attribute__((cleanup(call_in_cleanup))) struct fl_once *it = once;

    fl_panic("outside of %p", (void *)it);
}

static void running_while_panicking(void **state)
{
    struct fl_once once = FL_ONCE;

    (void)state;
    runs = 0;
    assert_panics(panic_over_it, &once, "outside of");
    assert_int_equal(runs, 1);
    assert_true(fl_once_done(&once));
    assert_false(fl_once_poisoned(&once));
}

/* ---- two threads: one is inside, the other waits ---- */

struct meeting {
    struct fl_once once;
    FL_ATOMIC(uint32_t) step; /* 1: inside, 2: may go on */
    int how;
    int result;
};
enum { RETURN, PANIC, EXIT, CANCEL };

void __asan_handle_no_return(void) __attribute__((weak));

static void stay_inside(void *env)
{
    struct meeting *m = env;

    fl_store_release(&m->step, 1);
    while (fl_load_acquire(&m->step) != 2)
        fl_sleep(fl_micros(50));
    if (m->how == PANIC)
        fl_panic("inside");
    if (m->how == EXIT)
        pthread_exit(NULL);
    if (m->how == CANCEL) {
        pthread_cancel(pthread_self());
        /* AddressSanitizer sees that pthread_exit leaves these frames, but not that this does */
        if (__asan_handle_no_return)
            __asan_handle_no_return();
        pthread_testcancel();
    }
    m->result = 77;
}

static void call_meeting(void *env)
{
    struct meeting *m = env;

    fl_call_once(&m->once, stay_inside, m);
}

static void *first_comes(void *env)
{
    return (void *)(uintptr_t)(fl_catch(call_meeting, env) == FL_PANICKED);
}

static void second_body(void *env)
{
    struct meeting *m = env;

    fl_call_once(&m->once, count_run, NULL);
}
static void *second_comes(void *env)
{
    return (void *)(uintptr_t)(fl_catch(second_body, env) == FL_PANICKED);
}

/* Gives whether the second one panicked. */
static bool meet(struct meeting *m)
{
    pthread_t first, second;
    void *first_panicked, *second_panicked;

    runs = 0;
    pthread_create(&first, NULL, first_comes, m);
    while (fl_load_acquire(&m->step) != 1)
        fl_sleep(fl_micros(50));
    pthread_create(&second, NULL, second_comes, m);
    while (!(__atomic_load_n(&m->once.fl_state.fl_word, __ATOMIC_RELAXED) & 1)) /* until it sleeps, or nearly */
        fl_sleep(fl_micros(50));
    assert_false(fl_once_done(&m->once));
    assert_false(fl_once_poisoned(&m->once));
    fl_store_release(&m->step, 2);
    pthread_join(first, &first_panicked);
    pthread_join(second, &second_panicked);
    return second_panicked == (void *)1;
}

static void who_waits_returns_when_it_is_done(void **state)
{
    struct meeting *m = calloc(1, sizeof *m);

    (void)state;
    assert_false(meet(m));
    assert_int_equal(m->result, 77);
    assert_int_equal(runs, 0);
    assert_true(fl_once_done(&m->once));
    free(m);
}

static void who_waits_panics_when_it_is_poisoned(void **state)
{
    struct meeting *m = calloc(1, sizeof *m);
    fl_panic_hook *old = fl_set_panic_hook(note_panic);

    (void)state;
    m->how = PANIC;
    assert_true(meet(m));
    fl_set_panic_hook(old);
    assert_int_equal(runs, 0);
    assert_true(fl_once_poisoned(&m->once));
    free(m);
}

static void who_waits_takes_over_when_the_thread_ends(void **state)
{
    (void)state;
    for (int how = EXIT; how <= CANCEL; how++) {
        struct meeting *m = calloc(1, sizeof *m);

        m->how = how;
        assert_false(meet(m));
        assert_int_equal(runs, 1); /* the second one's function */
        assert_int_equal(m->result, 0);
        assert_true(fl_once_done(&m->once));
        free(m);
    }
}

static void *exit_by_force(void *env)
{
    struct meeting *m = env;

    fl_call_once_force(&m->once, stay_inside, m);
    return NULL;
}

static void leaving_a_forced_run_leaves_it_poisoned(void **state)
{
    struct meeting *m = calloc(1, sizeof *m);
    pthread_t t;

    (void)state;
    assert_panics(call_and_panic, &m->once, "on purpose");
    m->how = EXIT;
    fl_store_release(&m->step, 2);
    /* stay_inside sets step to 1 and waits for 2 */
    pthread_create(&t, NULL, exit_by_force, m);
    while (fl_load_acquire(&m->step) != 1)
        fl_sleep(fl_micros(50));
    assert_true(fl_once_poisoned(&m->once)); /* while it runs, too */
    fl_store_release(&m->step, 2);
    pthread_join(t, NULL);
    assert_true(fl_once_poisoned(&m->once));
    assert_false(fl_once_done(&m->once));
    free(m);
}

static void *wait_and_measure(void *env)
{
    struct meeting *m = env;
    int64_t start = cpu_time();

    fl_call_once(&m->once, count_run, NULL);
    return (void *)(uintptr_t)(cpu_time() - start);
}

static void waiting_uses_no_cpu(void **state)
{
    struct meeting *m = calloc(1, sizeof *m);
    pthread_t first, second;
    void *used;

    (void)state;
    pthread_create(&first, NULL, first_comes, m);
    while (fl_load_acquire(&m->step) != 1)
        fl_sleep(fl_micros(50));
    pthread_create(&second, NULL, wait_and_measure, m);
    while (!(__atomic_load_n(&m->once.fl_state.fl_word, __ATOMIC_RELAXED) & 1))
        fl_sleep(fl_micros(50));
    fl_sleep(fl_millis(200));
    fl_store_release(&m->step, 2);
    pthread_join(first, NULL);
    pthread_join(second, &used);
    assert_true((int64_t)(uintptr_t)used < 50 * 1000000);
    free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_call_runs_it),
        cmocka_unit_test(a_panic_poisons),
        cmocka_unit_test(forcing_repairs),
        cmocka_unit_test(forcing_a_fresh_once),
        cmocka_unit_test(reentry_panics),
        cmocka_unit_test(a_panic_caught_inside_does_not_poison),
        cmocka_unit_test(running_while_panicking),
        cmocka_unit_test(who_waits_returns_when_it_is_done),
        cmocka_unit_test(who_waits_panics_when_it_is_poisoned),
        cmocka_unit_test(who_waits_takes_over_when_the_thread_ends),
        cmocka_unit_test(leaving_a_forced_run_leaves_it_poisoned),
        cmocka_unit_test(waiting_uses_no_cpu),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
