#define _GNU_SOURCE
/* fl_thread: who a thread is, for how long one may know; and its token: fl_park and fl_unpark. */
#include "panics.h"
#include "tracked.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>

FL_THREAD_FN(uint64_t, own_id)
{
    fl_thread me = fl_current();
    fl_auto(me);
    return fl_thread_id(me);
}
FL_THREAD_FN(fl_thread, who_am_i)
{
    return fl_current();
}
FL_THREAD_FN(void, nothing)
{
}

/* ---- identity ---- */

static void a_thread_is_the_same_from_inside_and_outside(void **state)
{
    (void)state;
    struct fl_thread_options options = {.name = "worker"};
    fl_join_handle(fl_thread) h = fl_spawn_with(&options, who_am_i);
    fl_thread outside = fl_thread_of(h);
    fl_auto(outside);
    assert_non_null(h); /* stays */
    fl_thread inside = fl_joined(h);
    fl_auto(inside);
    assert_int_equal(fl_thread_id(inside), fl_thread_id(outside));
    assert_true(fl_thread_id(inside) != 0);
    /* the name outlives the thread and the options */
    assert_string_equal(fl_thread_name(outside), "worker");
    assert_string_equal(fl_thread_name(inside), "worker");

    fl_thread me = fl_current(), again = fl_current();
    fl_auto(me);
    fl_auto(again);
    assert_int_equal(fl_thread_id(me), fl_thread_id(again));
    assert_true(fl_thread_id(me) != fl_thread_id(inside));
}

static void names(void **state)
{
    (void)state;
    fl_thread me = fl_current();
    fl_auto(me);
    assert_string_equal(fl_thread_name(me), "main");
    fl_join_handle(void) h = fl_spawn(nothing);
    fl_thread unnamed = fl_thread_of(h);
    fl_auto(unnamed);
    fl_unwrap(fl_join(h));
    assert_null(fl_thread_name(unnamed));
}

static void ids_are_never_used_again(void **state)
{
    (void)state;
    uint64_t last = 0;
    for (int i = 0; i < 100; i++) {
        fl_join_handle(uint64_t) h = fl_spawn(own_id);
        uint64_t id = fl_joined(h);
        assert_true(id > last); /* one after the other: the same memory, another id */
        last = id;
    }
}

static void a_handle_is_a_value(void **state)
{
    (void)state;
    fl_thread me = fl_current();
    fl_auto(me);
    const uint64_t id = fl_thread_id(me);
    fl_thread clone = fl_clone(me);
    assert_int_equal(fl_thread_id(clone), id);
    fl_thread moved = fl_move(clone);
    assert_null(clone);
    fl_drop(clone); /* empty: nothing */
    assert_null(fl_clone(clone));
    assert_int_equal(fl_thread_id(moved), id);
    fl_drop(moved);
    assert_null(moved);

    fl_sender(fl_thread) tx;
    fl_receiver(fl_thread) rx;
    fl_channel(&tx, &rx);
    for (int i = 0; i < 3; i++)
        fl_unwrap(fl_send(tx, fl_current()));
    fl_thread got;
    fl_unwrap(fl_recv(rx, &got));
    assert_int_equal(fl_thread_id(got), id);
    fl_drop(got);
    fl_drop(tx);
    fl_drop(rx); /* with two in it: the leak checkers look */

    fl_thread many[3] = {fl_current(), fl_clone(me), NULL};
    fl_auto(many);
}

static void *foreign(void *ret_id)
{
    fl_thread a = fl_current(), b = fl_current();
    fl_auto(a);
    fl_auto(b);
    assert_null(fl_thread_name(a));
    assert_int_equal(fl_thread_id(a), fl_thread_id(b));
    *(uint64_t *)ret_id = fl_thread_id(a);
    fl_unpark(a);
    fl_park();
    return NULL;
}
static void threads_of_others_have_one_too(void **state)
{
    (void)state;
    uint64_t ids[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        pthread_t t;
        assert_int_equal(pthread_create(&t, NULL, foreign, &ids[i]), 0);
        pthread_join(t, NULL);
    }
    assert_true(ids[0] != 0 && ids[1] > ids[0]);
}

/* ---- until the last destructor ---- */

/* In the last round ThreadSanitizer does not follow any more. */
#if defined __SANITIZE_THREAD__
#define LATE_ROUNDS (PTHREAD_DESTRUCTOR_ITERATIONS - 1)
#elif defined __has_feature
#if __has_feature(thread_sanitizer)
#define LATE_ROUNDS (PTHREAD_DESTRUCTOR_ITERATIONS - 1)
#endif
#endif
#ifndef LATE_ROUNDS
#define LATE_ROUNDS PTHREAD_DESTRUCTOR_ITERATIONS
#endif
static pthread_key_t late_key;
static uint64_t late_ids[LATE_ROUNDS];
static int late_count;
static void note_id(void *again)
{
    fl_thread me = fl_current();
    fl_auto(me);
    late_ids[late_count++] = fl_thread_id(me);
    fl_unpark(me);
    fl_park();
    if (late_count < LATE_ROUNDS)
        pthread_setspecific(late_key, again);
}
FL_THREAD_FN(uint64_t, with_destructor)
{
    pthread_setspecific(late_key, &late_key);
    return own_id();
}
static void *foreign_with_destructor(void *ret_id)
{
    *(uint64_t *)ret_id = with_destructor();
    return NULL;
}
static void destructors_find_the_same_thread(void **state)
{
    (void)state;
    assert_int_equal(pthread_key_create(&late_key, note_id), 0);
    for (int kind = 0; kind < 2; kind++) {
        uint64_t id;
        late_count = 0;
        if (kind == 0) {
            fl_join_handle(uint64_t) h = fl_spawn(with_destructor);
            id = fl_joined(h);
        } else {
            pthread_t t;
            assert_int_equal(pthread_create(&t, NULL, foreign_with_destructor, &id), 0);
            pthread_join(t, NULL);
        }
        assert_int_equal(late_count, LATE_ROUNDS);
        for (int i = 0; i < late_count; i++)
            assert_int_equal(late_ids[i], id);
    }
    pthread_key_delete(late_key);
}

/* ---- the token ---- */

static void a_token_is_kept_and_one_is_enough(void **state)
{
    (void)state;
    fl_thread me = fl_current();
    fl_auto(me);
    assert_int_equal(fl_park_timeout(fl_nanos(0)), FL_TIMEOUT);
    fl_unpark(me);
    fl_unpark(me); /* two are one */
    fl_park();
    assert_int_equal(fl_park_timeout(fl_nanos(0)), FL_TIMEOUT);
    fl_unpark(me);
    assert_int_equal(fl_park_timeout(fl_secs(1000)), FL_OK);
    fl_unpark(me);
    assert_int_equal(fl_park_timeout(fl_secs(-1)), FL_OK); /* it is there, so it is taken */
    assert_int_equal(fl_park_timeout(fl_secs(-1)), FL_TIMEOUT);
    struct fl_instant before = fl_now(), until = fl_deadline_in(fl_millis(3));
    assert_int_equal(fl_park_deadline(until), FL_TIMEOUT);
    assert_true(fl_now().fl_ns >= until.fl_ns);
    assert_int_equal(fl_park_deadline(before), FL_TIMEOUT);
    fl_unpark(me);
    assert_int_equal(fl_park_deadline(before), FL_OK);
}

struct hand_over {
    int data; /* plain: the token orders it */
    fl_thread back;
};
static struct hand_over hand_over;
FL_THREAD_FN(int, waits_for_data)
{
    fl_park();
    const int seen = hand_over.data;
    hand_over.data = seen + 1;
    fl_unpark(hand_over.back);
    return seen;
}
static void a_token_carries_data_both_ways(void **state)
{
    (void)state;
    hand_over.back = fl_current();
    for (int i = 0; i < 200; i++) {
        fl_join_handle(int) h = fl_spawn(waits_for_data);
        fl_thread t = fl_thread_of(h);
        fl_auto(t);
        hand_over.data = i;
        fl_unpark(t);
        fl_park();
        assert_int_equal(hand_over.data, i + 1);
        assert_int_equal(fl_joined(h), i);
    }
    fl_drop(hand_over.back);
}

static void unparking_a_thread_that_has_ended(void **state)
{
    (void)state;
    fl_join_handle(void) h = fl_spawn(nothing);
    fl_thread t = fl_thread_of(h);
    fl_auto(t);
    fl_unwrap(fl_join(h));
    fl_unpark(t);
    fl_unpark(t);
    /* and one that may be just ending */
    for (int i = 0; i < 200; i++) {
        h = fl_spawn(nothing);
        fl_thread u = fl_thread_of(h);
        fl_detach(fl_move(h));
        fl_unpark(u);
        fl_drop(u);
    }
}

FL_THREAD_FN(void, sends_when_told, fl_sender(int), tx)
{
    fl_auto(tx);
    fl_park();
    fl_unwrap(fl_send(tx, 1));
    fl_park();
    fl_unwrap(fl_send(tx, 2));
}
typedef fl_mutex(int) counter;
static counter locked = FL_MUTEX(0);
FL_THREAD_FN(void, locks_when_told)
{
    fl_park();
    fl_with (n, &locked) *n += 1;
}
/* A receive that sleeps, a lock that waits, a join: none of them takes the token, none of them leaves one. */
static void nothing_else_touches_the_token(void **state)
{
    (void)state;
    fl_thread me = fl_current();
    fl_auto(me);
    for (int with_token = 0; with_token < 2; with_token++) {
        if (with_token)
            fl_unpark(me);
        fl_sender(int) tx;
        fl_receiver(int) rx;
        fl_channel(&tx, &rx);
        fl_auto(rx);
        fl_join_handle(void) h = fl_spawn(sends_when_told, fl_move(tx));
        fl_thread t = fl_thread_of(h);
        fl_auto(t);
        int n = 0;
        assert_int_equal(fl_recv_timeout(rx, &n, fl_millis(1)), FL_TIMEOUT);
        fl_unpark(t);
        fl_unwrap(fl_recv(rx, &n));
        assert_int_equal(n, 1);
        fl_unpark(t);
        fl_unwrap(fl_recv(rx, &n));
        assert_int_equal(n, 2);
        assert_int_equal(fl_recv(rx, &n), FL_CLOSED);
        fl_unwrap(fl_join(h));

        h = fl_spawn(locks_when_told);
        fl_thread u = fl_thread_of(h);
        fl_auto(u);
        fl_with (m, &locked) {
            fl_unpark(u);
            *m += 1;
            fl_sleep(fl_millis(1));
        }
        fl_unwrap(fl_join(h));
        assert_int_equal(fl_park_timeout(fl_nanos(0)), with_token ? FL_OK : FL_TIMEOUT);
    }
}

static void unpark_empty(void *env)
{
    fl_thread t = NULL;
    (void)env;
    fl_unpark(t);
}
static void id_of_empty(void *env)
{
    fl_thread t = NULL;
    (void)env;
    fl_ignore(fl_thread_id(t) ? FL_OK : FL_EMPTY);
}
static void name_of_empty(void *env)
{
    fl_thread t = NULL;
    (void)env;
    fl_ignore(fl_thread_name(t) ? FL_OK : FL_EMPTY);
}
static void thread_of_empty(void *env)
{
    fl_join_handle(int) h = NULL;
    (void)env;
    fl_thread t = fl_thread_of(h);
    fl_drop(t);
}
static void empty_handles_panic(void **state)
{
    (void)state;
    void (*const uses[])(void *) = {unpark_empty, id_of_empty, name_of_empty, thread_of_empty};
    fl_set_panic_hook(quiet);
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        assert_int_equal(fl_catch(uses[i], NULL), FL_PANICKED);
        assert_non_null(strstr(fl_panic_message(), "empty"));
    }
    fl_set_panic_hook(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tracked_test(a_thread_is_the_same_from_inside_and_outside),
        tracked_test(names),
        tracked_test(ids_are_never_used_again),
        tracked_test(a_handle_is_a_value),
        tracked_test(threads_of_others_have_one_too),
        tracked_test(destructors_find_the_same_thread),
        tracked_test(a_token_is_kept_and_one_is_enough),
        tracked_test(a_token_carries_data_both_ways),
        tracked_test(unparking_a_thread_that_has_ended),
        tracked_test(nothing_else_touches_the_token),
        tracked_test(empty_handles_panic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
