#define _GNU_SOURCE
/* Scopes: all threads have ended on every way out; who gets results and panics; what handles are worth, and until when. */
#include "panics.h"
#include "tracked.h"

#include <pthread.h>

/* ---- what the threads do ---- */

static int gate, running, ended;

static void gate_open(void)
{
    __atomic_store_n(&gate, 1, __ATOMIC_SEQ_CST);
}
static void gate_wait(void)
{
    while (!__atomic_load_n(&gate, __ATOMIC_SEQ_CST))
        fl_yield();
}
static void wait_for(int *count, int n)
{
    while (__atomic_load_n(count, __ATOMIC_SEQ_CST) < n)
        fl_yield();
}
static void one_more(int *count)
{
    __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
}

/* Long enough in the middle for a scope that does not wait to be caught. */
FL_THREAD_FN(void, slow)
{
    one_more(&running);
    for (int i = 0; i < 50; i++)
        fl_yield();
    one_more(&ended);
}
FL_THREAD_FN(void, at_gate)
{
    one_more(&running);
    gate_wait();
    one_more(&ended);
}
FL_THREAD_FN(int, twice, int, x)
{
    return 2 * x;
}
FL_THREAD_FN(void, add_up, const int *, numbers, size_t, n, long *, sum)
{
    for (size_t i = 0; i < n; i++)
        *sum += numbers[i];
}
FL_THREAD_FN(tracked, give_back, tracked, t)
{
    return t;
}
FL_THREAD_FN(tracked, give_back_at_gate, tracked, t)
{
    one_more(&running);
    gate_wait();
    return t;
}
FL_THREAD_FN(void, give_up, tracked, t)
{
    fl_auto(t);
    fl_panic("no %s", t.name);
}
FL_THREAD_FN(void, give_up_at, int, turn, const char *, why)
{
    wait_for(&running, turn);
    fl_panic("%s", why);
}
/* The turn of a thread that gives up; returns when its scope knows of the panic. */
static void let_give_up(fl_join_handle(void) *h)
{
    one_more(&running);
    while (!fl_is_finished(*h))
        fl_yield();
}
FL_THREAD_FN(void, leave_by_exit, tracked, t)
{
    fl_auto(t);
    pthread_exit(NULL);
}
FL_THREAD_FN(void, grow, struct fl_scope *, s, int, depth)
{
    one_more(&running);
    for (int i = 0; i < 2 && depth > 0; i++)
        fl_spawn_in(s, grow, s, depth - 1);
    one_more(&ended);
}
FL_THREAD_FN(int, join_for_me, fl_join_handle(int), h)
{
    fl_auto(h);
    return fl_joined(h) + 1;
}

static void panics(void (*fn)(void *), void *env, const char *message)
{
    assert_int_equal(fl_catch(fn, env), FL_PANICKED);
    assert_string_equal(fl_panic_message(), message);
    assert_false(fl_panicking());
}

static int begin(void **state)
{
    gate = running = ended = 0;
    return tracked_begin(state);
}
#define scope_test(f) cmocka_unit_test_setup_teardown(f, begin, tracked_end)

/* ---- ways out ---- */

static void borrows_what_is_declared_before(void **state)
{
    (void)state;
    int numbers[100];
    long sums[2] = {0, 0};
    for (int i = 0; i < 100; i++)
        numbers[i] = i;
    fl_scope (s) {
        fl_spawn_in(s, add_up, numbers, 50, &sums[0]);
        fl_spawn_in(s, add_up, numbers + 50, 50, &sums[1]);
    }
    assert_int_equal(sums[0] + sums[1], 4950);
}

static int by_return(void)
{
    fl_scope (s) {
        fl_spawn_in(s, slow);
        fl_spawn_in(s, slow);
        return 7;
    }
    return 0;
}
static void every_way_out_waits(void **state)
{
    (void)state;
    int passes = 0, n = 0;
    fl_scope (s)
        fl_spawn_in(s, slow); /* one statement */
    assert_int_equal(ended, n += 1);

    assert_int_equal(by_return(), 7);
    assert_int_equal(ended, n += 2);

    fl_scope (s) {
        fl_spawn_in(s, slow);
        if (n > 0)
            break;
        passes++;
    }
    assert_int_equal(ended, n += 1);

    for (int i = 0; i < 3; i++) {
        fl_scope (s) {
            fl_spawn_in(s, slow);
            if (i < 2)
                continue; /* leaves the block, not the loop's pass */
            passes += 100;
        }
        assert_int_equal(ended, n += 1);
        passes++;
    }
    assert_int_equal(passes, 103);

    fl_scope (s) {
        fl_spawn_in(s, slow);
        goto out;
    }
    passes = 0;
out:
    assert_int_equal(ended, n += 1);
    assert_int_equal(passes, 103);

    switch (n) {
    default:
        fl_scope (s) {
            fl_spawn_in(s, slow);
            break;
        }
        passes++;
    }
    assert_int_equal(ended, n += 1);
    assert_int_equal(passes, 104);

    if (passes == 104)
        fl_scope (s)
            fl_spawn_in(s, slow);
    else
        passes = 0;
    assert_int_equal(ended, n += 1);
    fl_scope (empty) {
    }
}

static void scopes_are_nested(void **state)
{
    (void)state;
    fl_scope (outer) {
        fl_spawn_in(outer, at_gate);
        wait_for(&running, 1);
        for (int i = 0; i < 10; i++)
            fl_scope (inner) {
                fl_spawn_in(inner, slow);
                fl_spawn_in(outer, slow);
            }
        assert_true(__atomic_load_n(&ended, __ATOMIC_SEQ_CST) >= 10); /* the inner ones, with the outer one's first thread still at the gate */
        gate_open();
    }
    assert_int_equal(ended, 21);
}

/* What other libraries do when a thread ends is done, too: a thread that is only nearly gone may still use what it borrowed. */
static pthread_key_t late_key;
static void late_work(void *value)
{
    (void)value;
    for (int i = 0; i < 50; i++)
        fl_yield();
    one_more(&ended);
}
FL_THREAD_FN(void, with_late_work)
{
    assert_int_equal(pthread_setspecific(late_key, &late_key), 0);
}
static void destructors_of_the_threads_have_run(void **state)
{
    (void)state;
    int n = 0;
    assert_int_equal(pthread_key_create(&late_key, late_work), 0);
    for (int i = 0; i < 5; i++) {
        fl_scope (s) {
            fl_join_handle(void) h = fl_spawn_in(s, with_late_work);
            fl_unwrap(fl_join(h));
            assert_int_equal(ended, n += 1);
        }
        fl_scope (s) { /* in the place of the one that was joined */
            fl_spawn_in(s, with_late_work);
            fl_detach(fl_spawn_in(s, with_late_work));
        }
        assert_int_equal(ended, n += 2);
    }
    pthread_key_delete(late_key);
}

static void start_some(struct fl_scope *s, int n)
{
    for (int i = 0; i < n; i++)
        fl_spawn_in(s, slow);
}
static void a_scope_is_given_to_functions_and_threads(void **state)
{
    (void)state;
    fl_scope (s) {
        start_some(s, 5);
        fl_spawn_in(s, grow, s, 6);
    }
    assert_int_equal(ended, 5 + 127);
}

static void more_threads_than_the_pool_begins_with(void **state)
{
    (void)state;
    fl_scope (s) {
        for (int i = 0; i < 300; i++)
            fl_spawn_in(s, at_gate);
        wait_for(&running, 300);
        gate_open();
    }
    assert_int_equal(ended, 300);
}

/* ---- handles ---- */

static void a_thread_may_be_joined_early(void **state)
{
    (void)state;
    tracked got = {NULL};
    fl_scope (s) {
        fl_join_handle(int) h = fl_spawn_in(s, twice, 21);
        int result = 0;
        assert_int_equal(fl_join(h, &result), FL_OK);
        assert_int_equal(result, 42);
        assert_null(h);
        h = fl_spawn_in(s, twice, 4);
        assert_int_equal(fl_joined(h), 8);
        h = fl_spawn_in(s, twice, 5);
        fl_join_handle(int) outer = fl_spawn_in(s, join_for_me, fl_move(h));
        assert_int_equal(fl_joined(outer), 11);
        fl_join_handle(tracked) t = fl_spawn_in(s, give_back, tracked_of("taken"));
        fl_unwrap(fl_join(t, &got));
        assert_string_equal(got.name, "taken");
        t = fl_spawn_in(s, give_back, tracked_of("not taken"));
        fl_unwrap(fl_join(t));
        assert_int_equal(tracked_drops, 1);
    }
    fl_drop(got);
}

static void a_sibling_may_join_while_the_scope_is_ending(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        fl_scope (s) {
            fl_join_handle(int) h = fl_spawn_in(s, twice, 21);
            for (int k = 0; k < 3; k++)
                h = fl_spawn_in(s, join_for_me, fl_move(h));
        }
}

static void results_that_nobody_joins_are_dropped(void **state)
{
    (void)state;
    fl_scope (s) {
        fl_spawn_in(s, give_back, tracked_of("ignored"));
        fl_join_handle(tracked) h = fl_spawn_in(s, give_back, tracked_of("kept"));
        (void)h;
    }
    assert_int_equal(tracked_drops, 2);
}

static char order[8];
typedef struct {
    char name;
} noted;
static void noted_drop(noted *n)
{
    if (n->name)
        order[strlen(order)] = n->name;
}
#define FL_OWNED noted, noted_drop
#include <fearless/owned.h>
FL_THREAD_FN(noted, give_noted, noted, n, int, late)
{
    if (late)
        wait_for(&ended, 1);
    else
        one_more(&ended);
    return n;
}
static void ignored_results_are_dropped_in_the_order_of_starting(void **state)
{
    (void)state;
    memset(order, 0, sizeof order);
    fl_scope (s) {
        fl_spawn_in(s, give_noted, (noted){'a'}, 1);
        fl_spawn_in(s, give_noted, (noted){'b'}, 0);
        fl_join_handle(noted) c = fl_spawn_in(s, give_noted, (noted){'c'}, 0);
        fl_spawn_in(s, give_noted, (noted){'d'}, 1);
        fl_unwrap(fl_join(c));
        assert_string_equal(order, "c");
    }
    assert_string_equal(order, "cabd");
}

static void given_up_threads_are_still_waited_for(void **state)
{
    (void)state;
    fl_scope (s) {
        fl_detach(fl_spawn_in(s, slow));
        fl_join_handle(void) h = fl_spawn_in(s, slow);
        fl_drop(h);
        fl_join_handle(void) k = fl_spawn_in(s, slow);
        fl_auto(k);
    }
    assert_int_equal(ended, 3);
}

static void given_up_results_are_dropped(void **state)
{
    (void)state;
    fl_scope (s) {
        fl_join_handle(tracked) h = fl_spawn_in(s, give_back, tracked_of("early"));
        while (!fl_is_finished(h))
            fl_yield();
        fl_detach(fl_move(h));
        assert_int_equal(tracked_drops, 1); /* at once: the thread had ended */
        h = fl_spawn_in(s, give_back_at_gate, tracked_of("late"));
        wait_for(&running, 1);
        fl_drop(h);
        assert_null(h);
        assert_int_equal(tracked_drops, 1);
        gate_open();
    }
    assert_int_equal(tracked_drops, 2);
}

static void a_handle_knows_when_its_thread_is_finished(void **state)
{
    (void)state;
    fl_scope (s) {
        fl_join_handle(void) h = fl_spawn_in(s, at_gate);
        assert_false(fl_is_finished(h));
        gate_open();
        while (!fl_is_finished(h))
            fl_yield();
        fl_unwrap(fl_join(h));
        assert_true(fl_is_finished(h));
    }
}

static fl_join_handle(int) kept;
static void join_kept(void *env)
{
    (void)env;
    fl_ignore(fl_join(kept));
}
static void thread_of_kept(void *env)
{
    (void)env;
    fl_thread t = fl_thread_of(kept);
    fl_drop(t);
}
static void a_handle_is_worth_nothing_after_its_scope(void **state)
{
    (void)state;
    static const char late[] = "fl_join: the thread's scope has ended, and the thread before it: "
                               "a thread of a scope is joined inside of the scope";
    fl_scope (s)
        kept = fl_spawn_in(s, twice, 1);
    assert_non_null(kept);
    assert_true(fl_is_finished(kept));
    panics(join_kept, NULL, late);
    panics(thread_of_kept, NULL, "fl_thread_of: the thread's scope has ended, and the thread before it");
    fl_scope (s) {
        /* in the same place of the pool, probably; and it is not mistaken for the other */
        fl_join_handle(void) now = fl_spawn_in(s, at_gate);
        assert_true(fl_is_finished(kept));
        panics(join_kept, NULL, late);
        fl_detach(fl_move(kept));
        assert_false(fl_is_finished(now));
        gate_open();
        fl_unwrap(fl_join(now));
    }
    assert_null(kept);
    fl_drop(kept);
}

static void copies_of_a_handle_are_found_out(void **state)
{
    (void)state;
    static const char again[] = "fl_join: a copy of this handle was joined, detached or dropped before";
    fl_scope (s) {
        fl_join_handle(int) h = fl_spawn_in(s, twice, 1);
        kept = h;
        fl_detach(fl_move(h));
        panics(join_kept, NULL, again);
        h = fl_spawn_in(s, twice, 1);
        while (!fl_is_finished(h))
            fl_yield();
        kept = h;
        fl_unwrap(fl_join(h));
        panics(join_kept, NULL, again);
        fl_drop(kept); /* nothing */
    }
}

FL_THREAD_FN(int, join_self)
{
    gate_wait();
    return fl_join(kept);
}
static void a_thread_cannot_join_itself(void **state)
{
    (void)state;
    fl_scope (s) {
        fl_join_handle(int) h = fl_spawn_in(s, join_self);
        kept = h;
        gate_open();
        assert_int_equal(fl_join(h), FL_PANICKED);
        assert_string_equal(fl_panic_message(), "fl_join: a thread cannot join itself: it would wait for ever");
    }
    kept = NULL;
}

static void what_is_left_of_given_up_threads_does_not_pile_up(void **state)
{
    (void)state;
    uintptr_t most = 0;
    fl_scope (s)
        for (int i = 0; i < 2000; i++) {
            fl_join_handle(int) h = fl_spawn_in(s, twice, i);
            const uintptr_t place = (uintptr_t)h >> 1 & 0xffff; /* in the pool: see scope.c */
            most = place > most ? place : most;
            if (i % 2)
                fl_unwrap(fl_join(h));
            else
                fl_drop(h);
            while (i % 100 == 99 && __atomic_load_n(&s->fl_pending.fl_word, __ATOMIC_RELAXED) > 0)
                fl_yield();
        }
    assert_true(most < 1000);
}

/* ---- panics ---- */

static void panicking_thread(void *env)
{
    (void)env;
    fl_scope (s) {
        fl_spawn_in(s, slow);
        fl_spawn_in(s, give_up, tracked_of("luck"));
        fl_spawn_in(s, slow);
    }
    one_more(&running); /* not reached */
}
static void a_panic_that_nobody_joined_becomes_the_scope_s(void **state)
{
    (void)state;
    panics(panicking_thread, NULL, "fl_scope: a thread of the scope panicked: no luck");
    assert_int_equal(ended, 2);
    assert_int_equal(running, 2);
}

static void given_up_thread_panics(void *env)
{
    (void)env;
    fl_scope (s) {
        fl_detach(fl_spawn_in(s, give_up, tracked_of("hope")));
        fl_spawn_in(s, slow);
    }
}
static void giving_a_thread_up_does_not_hide_its_panic(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        panics(given_up_thread_panics, NULL, "fl_scope: a thread of the scope panicked: no hope");
}

static void finished_thread_is_dropped_with_its_panic(void *env)
{
    (void)env;
    fl_scope (s) {
        fl_join_handle(void) h = fl_spawn_in(s, give_up, tracked_of("way"));
        while (!fl_is_finished(h))
            fl_yield();
        fl_drop(h);
        for (int i = 0; i < 10; i++) { /* what is left of it is taken away here */
            fl_join_handle(int) k = fl_spawn_in(s, twice, i);
            fl_unwrap(fl_join(k));
        }
        one_more(&ended);
    }
}
static void nor_does_freeing_it_early(void **state)
{
    (void)state;
    panics(finished_thread_is_dropped_with_its_panic, NULL, "fl_scope: a thread of the scope panicked: no way");
    assert_int_equal(ended, 1);
}

static void a_panic_that_was_joined_is_the_joiner_s(void **state)
{
    (void)state;
    fl_scope (s) {
        fl_join_handle(void) h = fl_spawn_in(s, give_up, tracked_of("problem"));
        assert_int_equal(fl_join(h), FL_PANICKED);
        assert_string_equal(fl_panic_message(), "no problem");
        fl_spawn_in(s, slow);
    }
    assert_int_equal(ended, 1);
}

static void three_panic(void *env)
{
    const int joined = *(int *)env;
    fl_scope (s) {
        /* not started in the order in which they panic */
        fl_join_handle(void) second = fl_spawn_in(s, give_up_at, 2, "second");
        fl_join_handle(void) first = fl_spawn_in(s, give_up_at, 1, "first");
        fl_join_handle(void) third = fl_spawn_in(s, give_up_at, 3, "third");
        let_give_up(&first);
        let_give_up(&second);
        let_give_up(&third);
        if (joined)
            fl_ignore(fl_join(first));
    }
}
static void the_first_panic_is_carried_on(void **state)
{
    (void)state;
    int joined = 0;
    panics(three_panic, &joined, "fl_scope: a thread of the scope panicked: first");
    running = 0;
    joined = 1;
    panics(three_panic, &joined, "fl_scope: a thread of the scope panicked: second");
}

static void body_panics(void *env)
{
    (void)env;
    fl_scope (s) {
        fl_spawn_in(s, slow);
        fl_spawn_in(s, give_up, tracked_of("matter"));
        fl_spawn_in(s, give_back, tracked_of("result"));
        fl_panic("in the body");
    }
}
static void a_panic_of_the_body_goes_on_after_all_have_ended(void **state)
{
    (void)state;
    panics(body_panics, NULL, "in the body");
    assert_int_equal(ended, 1);
    assert_int_equal(tracked_drops, 2);
}

static void panics_in_two_scopes(void *env)
{
    (void)env;
    fl_scope (outer) {
        fl_spawn_in(outer, slow);
        fl_scope (inner) {
            fl_spawn_in(inner, slow);
            fl_spawn_in(inner, give_up, tracked_of("end"));
        }
        one_more(&running); /* not reached */
    }
}
static void a_scope_s_panic_ends_the_scope_around_it(void **state)
{
    (void)state;
    panics(panics_in_two_scopes, NULL, "fl_scope: a thread of the scope panicked: no end");
    assert_int_equal(ended, 2);
    assert_int_equal(running, 2);
}

FL_THREAD_FN(void, scope_in_a_thread)
{
    fl_scope (s)
        fl_spawn_in(s, give_up, tracked_of("depth"));
}
static void a_scope_s_panic_is_its_thread_s(void **state)
{
    (void)state;
    fl_join_handle(void) h = fl_spawn(scope_in_a_thread);
    assert_int_equal(fl_join(h), FL_PANICKED);
    assert_string_equal(fl_panic_message(), "fl_scope: a thread of the scope panicked: no depth");
}

static void thread_exits(void *env)
{
    (void)env;
    fl_scope (s)
        fl_spawn_in(s, leave_by_exit, tracked_of("gone"));
}
static void a_thread_that_leaves_by_pthread_exit(void **state)
{
    (void)state;
    panics(thread_exits, NULL, "fl_scope: a thread of the scope panicked: it left by pthread_exit or was cancelled");
}

FL_THREAD_FN(void, body_exits)
{
    fl_scope (s) {
        fl_spawn_in(s, slow);
        pthread_exit(NULL);
    }
}
static void a_body_that_leaves_by_pthread_exit_waits(void **state)
{
    (void)state;
    fl_join_handle(void) h = fl_spawn(body_exits);
    assert_int_equal(fl_join(h), FL_PANICKED);
    assert_int_equal(ended, 1);
}

/* ---- drops that panic ---- */

typedef struct {
    int is_there;
} bomb;
static int bombs;
static void bomb_drop(bomb *b)
{
    if (b->is_there) {
        one_more(&bombs);
        fl_panic("the drop went wrong");
    }
}
#define FL_OWNED bomb, bomb_drop
#include <fearless/owned.h>
FL_THREAD_FN(bomb, give_bomb, bomb, b, int, at_the_gate)
{
    if (at_the_gate)
        gate_wait();
    return b;
}
static void bombs_are_ignored(void *env)
{
    (void)env;
    fl_scope (s) {
        fl_spawn_in(s, give_bomb, (bomb){1}, 0);
        fl_spawn_in(s, give_bomb, (bomb){1}, 0);
        fl_spawn_in(s, give_back, tracked_of("another"));
    }
}
static void bombs_are_given_up(void *env)
{
    (void)env;
    fl_scope (s) {
        fl_detach(fl_spawn_in(s, give_bomb, (bomb){1}, 1));
        gate_open();
    }
}
static void bombs_are_joined(void *env)
{
    (void)env;
    fl_scope (s) {
        fl_join_handle(bomb) h = fl_spawn_in(s, give_bomb, (bomb){1}, 0);
        fl_spawn_in(s, slow);
        fl_ignore(fl_join(h));
        one_more(&running); /* not reached */
    }
}
static void results_whose_drop_panics(void **state)
{
    (void)state;
    bombs = 0;
    panics(bombs_are_ignored, NULL, "fl_scope: a thread of the scope panicked: the drop went wrong");
    assert_int_equal(bombs, 2);
    assert_int_equal(tracked_drops, 1);
    panics(bombs_are_given_up, NULL, "fl_scope: a thread of the scope panicked: the drop went wrong");
    assert_int_equal(bombs, 3);
    panics(bombs_are_joined, NULL, "the drop went wrong");
    assert_int_equal(bombs, 4);
    assert_int_equal(running, 1);
    assert_int_equal(ended, 1);
}

/* ---- starting ---- */

FL_THREAD_FN(void, show_name, char *, to)
{
    pthread_getname_np(pthread_self(), to, 16);
}
static void threads_have_options(void **state)
{
    (void)state;
    char name[16] = "";
    struct fl_thread_options options = {.name = "scoped", .stack_size = 1 << 17};
    fl_scope (s)
        fl_spawn_in_with(s, &options, show_name, name);
    assert_string_equal(name, "scoped");
    fl_scope (s) {
        options.name = "known";
        fl_join_handle(void) h = fl_spawn_in_with(s, &options, at_gate);
        options.name = "forgotten";
        fl_thread t = fl_thread_of(h);
        fl_auto(t);
        assert_string_equal(fl_thread_name(t), "known");
        gate_open();
    }
}

static void starting_reports(void **state)
{
    (void)state;
    fl_scope (s) {
        fl_join_handle(int) h = NULL;
        assert_int_equal(fl_try_spawn_in(&h, s, twice, 4), FL_OK);
        assert_int_equal(fl_joined(h), 8);
    }
}

static const struct fl_thread_options too_much = {.stack_size = SIZE_MAX / 4};
static void no_thread_is_left(void *env)
{
    (void)env;
    fl_scope (s) {
        fl_spawn_in(s, slow);
        fl_spawn_in_with(s, &too_much, give_back, tracked_of("not started"));
    }
}
static void a_thread_that_is_not_started_is_none_of_the_scope(void **state)
{
    (void)state;
    assert_int_equal(fl_catch(no_thread_is_left, NULL), FL_PANICKED);
    assert_non_null(strstr(fl_panic_message(), "fl_spawn_in: no thread could be started"));
    assert_int_equal(ended, 1);
    assert_int_equal(tracked_drops, 1);
}

static void no_scope(void *env)
{
    (void)env;
    fl_spawn_in((struct fl_scope *)NULL, give_back, tracked_of("argument"));
}
static struct fl_scope *the_scope;
typedef struct {
    int is_there;
} spawner;
static void spawner_drop(spawner *p)
{
    if (p->is_there)
        fl_spawn_in(the_scope, slow);
}
#define FL_OWNED spawner, spawner_drop
#include <fearless/owned.h>
FL_THREAD_FN(spawner, give_spawner)
{
    return (spawner){1};
}
static void spawn_when_closed(void *env)
{
    (void)env;
    fl_scope (s) {
        the_scope = s;
        fl_spawn_in(s, give_spawner);
    }
}
static void there_must_be_a_scope(void **state)
{
    (void)state;
    panics(no_scope, NULL, "fl_spawn_in: the scope is NULL");
    assert_int_equal(tracked_drops, 1);
    panics(spawn_when_closed, NULL,
           "fl_scope: a thread of the scope panicked: fl_spawn_in: all threads of the scope have ended, and it with them");
    assert_int_equal(running, 0);
}

/* ---- slices ---- */

typedef fl_slice(int) ints;
FL_THREAD_FN(void, fill, ints, part, int, with)
{
    for (size_t i = 0; i < part.len; i++)
        part.data[i] += with;
}
static void threads_write_to_disjoint_parts(void **state)
{
    (void)state;
    static int numbers[1000];
    ints all = fl_slice_of(numbers, 1000), left, right;
    fl_split_at(all, 400, &left, &right);
    fl_scope (s) {
        fl_spawn_in(s, fill, left, 1);
        fl_spawn_in(s, fill, right, 2);
    }
    fl_scope (s)
        for (ints chunk = {0}; fl_chunks(all, 64, &chunk);)
            fl_spawn_in(s, fill, chunk, 10);
    fl_scope (s)
        fl_spawn_in(s, fill, (ints)fl_slice_of(numbers, 1), 100);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(numbers[i], (i < 400 ? 11 : 12) + (i == 0 ? 100 : 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scope_test(borrows_what_is_declared_before),
        scope_test(every_way_out_waits),
        scope_test(scopes_are_nested),
        scope_test(destructors_of_the_threads_have_run),
        scope_test(a_scope_is_given_to_functions_and_threads),
        scope_test(more_threads_than_the_pool_begins_with),
        scope_test(a_thread_may_be_joined_early),
        scope_test(a_sibling_may_join_while_the_scope_is_ending),
        scope_test(results_that_nobody_joins_are_dropped),
        scope_test(ignored_results_are_dropped_in_the_order_of_starting),
        scope_test(given_up_threads_are_still_waited_for),
        scope_test(given_up_results_are_dropped),
        scope_test(a_handle_knows_when_its_thread_is_finished),
        scope_test(a_handle_is_worth_nothing_after_its_scope),
        scope_test(copies_of_a_handle_are_found_out),
        scope_test(a_thread_cannot_join_itself),
        scope_test(what_is_left_of_given_up_threads_does_not_pile_up),
        scope_test(a_panic_that_nobody_joined_becomes_the_scope_s),
        scope_test(giving_a_thread_up_does_not_hide_its_panic),
        scope_test(nor_does_freeing_it_early),
        scope_test(a_panic_that_was_joined_is_the_joiner_s),
        scope_test(the_first_panic_is_carried_on),
        scope_test(a_panic_of_the_body_goes_on_after_all_have_ended),
        scope_test(a_scope_s_panic_ends_the_scope_around_it),
        scope_test(a_scope_s_panic_is_its_thread_s),
        scope_test(a_thread_that_leaves_by_pthread_exit),
        scope_test(a_body_that_leaves_by_pthread_exit_waits),
        scope_test(results_whose_drop_panics),
        scope_test(threads_have_options),
        scope_test(starting_reports),
        scope_test(a_thread_that_is_not_started_is_none_of_the_scope),
        scope_test(there_must_be_a_scope),
        scope_test(threads_write_to_disjoint_parts),
    };
    fl_set_panic_hook(quiet);
    return cmocka_run_group_tests_name("scope", tests, NULL, NULL);
}
