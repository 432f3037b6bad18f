/* Shared receivers as programs use them: every receiving operation, clones, closing with the last one. */
#include <fearless/channel.h>
#include <fearless/get.h>
#include <fearless/move.h>
#include <fearless/panic.h>
#include <fearless/thread.h>

#include "chan.h"
#include "panics.h"
#include "token.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* how: 0 unbounded, else bounded to 8 */
static void make(fl_sender(token) *ret_tx, fl_shared_receiver(token) *ret_rx, int how)
{
    fl_receiver(token) rx;

    if (how == 0)
        fl_channel(ret_tx, &rx);
    else
        fl_sync_channel(ret_tx, &rx, 8);
    *ret_rx = fl_share(fl_move(rx));
    assert_null(rx);
}

static void every_operation_takes_it(void **state)
{
    (void)state;
    for (int how = 0; how < 2; how++) {
        fl_sender(token) tx;
        fl_shared_receiver(token) a, b;
        int drops = 0, rounds = 0;
        token got;

        make(&tx, &a, how);
        b = fl_clone(a);
        for (int i = 0; i < 8; i++)
            assert_int_equal(fl_send(tx, { &drops, i }), FL_OK);
        assert_int_equal(fl_len(a), 8);
        assert_int_equal(fl_is_full(b), how);
        assert_true(fl_capacity(b) == (how ? 8 : SIZE_MAX));
        assert_int_equal(fl_recv(a, &got), FL_OK);
        assert_int_equal(got.number, 0);
        fl_drop(got);
        assert_int_equal(fl_try_recv(b, &got), FL_OK);
        assert_int_equal(got.number, 1);
        fl_drop(got);
        assert_int_equal(fl_recv_timeout(a, &got, fl_secs(1)), FL_OK);
        fl_drop(got);
        assert_int_equal(fl_recv_deadline(b, &got, (struct fl_instant){ 0 }), FL_OK);
        assert_int_equal(got.number, 3);
        fl_drop(got);
        assert_int_equal(fl_recv(a, NULL), FL_OK);
        assert_int_equal(drops, 5);
        fl_try_for_each (each, b) {
            assert_int_equal(each.number, 5 + rounds);
            rounds++;
        }
        assert_int_equal(rounds, 3);
        assert_true(fl_is_empty(a));
        assert_int_equal(fl_try_recv(a, &got), FL_EMPTY);
        assert_int_equal(fl_recv_timeout(b, &got, fl_millis(2)), FL_TIMEOUT);
        assert_int_equal(fl_send(tx, { &drops, 9 }), FL_OK);
        fl_drop(tx);
        fl_for_each (each, a)
            assert_int_equal(each.number, 9);
        assert_int_equal(drops, 9);
        assert_int_equal(fl_recv(b, &got), FL_CLOSED);
        fl_drop(a);
        fl_drop(b);
    }
}

static void the_last_one_closes(void **state)
{
    (void)state;
    for (int how = 0; how < 2; how++) {
        fl_sender(token) tx;
        fl_shared_receiver(token) a, b;
        int drops = 0;

        make(&tx, &a, how);
        b = fl_clone(a);
        assert_int_equal(fl_send(tx, { &drops, 1 }), FL_OK);
        fl_drop(a);
        assert_null(a);
        assert_int_equal(drops, 0);
        assert_int_equal(fl_send(tx, { &drops, 2 }), FL_OK);
        fl_drop(b);
        assert_int_equal(drops, 2);
        assert_int_equal(fl_send(tx, { &drops, 3 }), FL_CLOSED);
        assert_int_equal(drops, 3);
        fl_drop(tx);
    }
}

static void a_rendezvous_is_shared_too(void **state)
{
    fl_sender(int) tx;
    fl_receiver(int) rx;
    fl_shared_receiver(int) a, b;
    int got;

    (void)state;
    fl_sync_channel(&tx, &rx, 0);
    a = fl_share(fl_move(rx));
    b = fl_clone(a);
    assert_int_equal(fl_try_recv(a, &got), FL_EMPTY);
    assert_int_equal(fl_recv_timeout(b, &got, fl_micros(100)), FL_TIMEOUT);
    fl_drop(a);
    assert_int_equal(fl_try_send(tx, 1), FL_FULL); /* b is there */
    fl_drop(b);
    assert_int_equal(fl_try_send(tx, 1), FL_CLOSED);
    fl_drop(tx);
}

/* ---- threads ---- */

FL_THREAD_FN(long, sum_up, fl_shared_receiver(int), rx)
{
    long sum = 0;

    fl_auto(rx);
    fl_for_each (n, rx)
        sum += n;
    return sum;
}

static void a_pool_shares_the_work(void **state)
{
    (void)state;
    for (int capacity = -1; capacity < 3; capacity++) {
        fl_sender(int) tx;
        fl_receiver(int) rx;
        fl_shared_receiver(int) jobs;
        fl_join_handle(long) threads[4];
        long sum = 0;

        if (capacity < 0)
            fl_channel(&tx, &rx);
        else
            fl_sync_channel(&tx, &rx, (size_t)capacity);
        jobs = fl_share(fl_move(rx));
        for (int i = 0; i < 4; i++)
            threads[i] = fl_spawn(sum_up, fl_clone(jobs));
        for (int i = 1; i <= 1000; i++)
            assert_int_equal(fl_send(tx, i), FL_OK);
        fl_drop(tx);
        for (int i = 0; i < 4; i++)
            sum += fl_joined(threads[i]);
        assert_int_equal(sum, 500500);
        fl_drop(jobs);
    }
}

/* ---- misuse and panics ---- */

static void share_nothing(void *env)
{
    fl_receiver(int) rx = NULL;
    fl_shared_receiver(int) shared;

    (void)env;
    shared = fl_share(fl_move(rx));
    fl_drop(shared);
}

struct env {
    fl_shared_receiver(token) rx;
};
static void recv_into_nothing(void *env)
{
    fl_ignore(fl_recv(((struct env *)env)->rx, NULL));
}

static void panics_leave_it_usable(void **state)
{
    fl_panic_hook *old = fl_set_panic_hook(quiet);

    (void)state;
    assert_panics(share_nothing, NULL, "moved or dropped");
    for (int how = 0; how < 2; how++) {
        fl_sender(token) tx;
        struct env env;
        int drops = 0;
        token got;

        make(&tx, &env.rx, how);
        assert_int_equal(fl_send(tx, { &drops, 666 }), FL_OK);
        assert_int_equal(fl_send(tx, { &drops, 1 }), FL_OK);
        assert_int_equal(fl_catch(recv_into_nothing, &env), FL_PANICKED);
        assert_int_equal(drops, 1);
        assert_int_equal(fl_try_recv(env.rx, &got), FL_OK); /* the lock is free, and the next is next */
        assert_int_equal(got.number, 1);
        fl_drop(got);
        fl_drop(env.rx);
        fl_drop(tx);
    }
    fl_set_panic_hook(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_takes_it),
        cmocka_unit_test(the_last_one_closes),
        cmocka_unit_test(a_rendezvous_is_shared_too),
        cmocka_unit_test(a_pool_shares_the_work),
        cmocka_unit_test(panics_leave_it_usable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
