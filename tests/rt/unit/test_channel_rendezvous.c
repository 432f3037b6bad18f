/* The rendezvous channel as programs use it: nothing is stored, both sides wait, whoever goes away. */
#include <fearless/channel.h>
#include <fearless/move.h>
#include <fearless/panic.h>

#include "chan.h"
#include "panics.h"
#include "token.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void nobody_is_there(void **state)
{
    fl_sender(token) tx;
    fl_receiver(token) rx;
    struct fl_instant start = fl_now();
    int drops = 0;
    token t = { &drops, 1 }, got = { NULL, 5 };

    (void)state;
    fl_sync_channel(&tx, &rx, 0);
    assert_int_equal(fl_capacity(tx), 0);
    assert_int_equal(fl_len(rx), 0);
    assert_true(fl_is_empty(rx));
    assert_true(fl_is_full(rx)); /* both at once */
    assert_int_equal(fl_try_send_or(tx, &t), FL_FULL);
    assert_int_equal(t.number, 1);
    assert_int_equal(fl_try_recv(rx, &got), FL_EMPTY);
    assert_int_equal(fl_recv_timeout(rx, &got, fl_millis(5)), FL_TIMEOUT);
    assert_int_equal(fl_recv_deadline(rx, &got, (struct fl_instant){ 0 }), FL_TIMEOUT);
    assert_int_equal(got.number, 5);
    assert_int_equal(drops, 0);
    assert_int_equal(fl_send_timeout(tx, fl_millis(5), fl_move(t)), FL_TIMEOUT);
    assert_int_equal(drops, 1);
    assert_int_equal(fl_try_send(tx, { &drops, 2 }), FL_FULL);
    assert_int_equal(fl_send_deadline(tx, fl_now(), { &drops, 3 }), FL_TIMEOUT);
    assert_int_equal(drops, 3);
    assert_true(fl_as_millis(fl_elapsed(start)) >= 10);
    fl_drop(tx);
    assert_int_equal(fl_try_recv(rx, &got), FL_CLOSED);
    assert_int_equal(fl_recv(rx, &got), FL_CLOSED);
    assert_int_equal(fl_recv_timeout(rx, &got, fl_secs(60)), FL_CLOSED);
    fl_drop(rx);
    assert_int_equal(drops, 3);
}

static void nobody_is_there_any_more(void **state)
{
    fl_sender(token) tx;
    fl_receiver(token) rx;
    int drops = 0;
    token t = { &drops, 1 };

    (void)state;
    fl_sync_channel(&tx, &rx, 0);
    fl_drop(rx);
    assert_int_equal(fl_try_send_or(tx, &t), FL_CLOSED);
    assert_int_equal(fl_send_or(tx, &t), FL_CLOSED);
    assert_int_equal(t.number, 1);
    assert_int_equal(fl_send_timeout(tx, fl_secs(60), fl_move(t)), FL_CLOSED);
    assert_int_equal(fl_send(tx, { &drops, 2 }), FL_CLOSED);
    assert_int_equal(fl_try_send(tx, { &drops, 3 }), FL_CLOSED);
    assert_int_equal(drops, 3);
    fl_drop(tx);
}

/* ---- two threads ---- */

struct meeting {
    fl_sender(token) tx;
    fl_receiver(token) rx;
    int drops, number;
    fl_status status;
    bool kept;
};

static void *send_one(void *arg)
{
    struct meeting *m = arg;
    token t = { &m->drops, m->number };

    m->status = fl_send_or(m->tx, &t);
    m->kept = t.counter != NULL;
    fl_drop(t);
    return NULL;
}

static void *recv_one(void *arg)
{
    struct meeting *m = arg;
    token got = { NULL, 0 };

    m->status = fl_recv(m->rx, &got);
    m->number = got.number;
    fl_drop(got);
    return NULL;
}

static struct meeting *meeting_begin(void *(*fn)(void *), pthread_t *ret_thread, enum fl_side side)
{
    struct meeting *m = calloc(1, sizeof *m);
    struct fl_chan *chan;

    m->number = 7;
    fl_sync_channel(&m->tx, &m->rx, 0);
    chan = (struct fl_chan *)(uintptr_t)m->tx;
    pthread_create(ret_thread, NULL, fn, m);
    while (!fl_load_acquire(&chan->waiting[side])) /* it waits in the queue */
        fl_sleep(fl_micros(50));
    return m;
}

static void meeting_end(struct meeting *m)
{
    fl_drop(m->tx);
    fl_drop(m->rx);
    free(m);
}

static void a_waiting_sender_is_met_by_each_way_to_receive(void **state)
{
    (void)state;
    for (int how = 0; how < 5; how++) {
        token got = { NULL, 0 };
        pthread_t t;
        struct meeting *m = meeting_begin(send_one, &t, FL_SIDE_SEND_);

        assert_true(fl_is_empty(m->rx)); /* nothing is stored, also now */
        switch (how) {
        case 0:
            assert_int_equal(fl_recv(m->rx, &got), FL_OK);
            break;
        case 1:
            assert_int_equal(fl_try_recv(m->rx, &got), FL_OK);
            break;
        case 2:
            assert_int_equal(fl_recv_deadline(m->rx, &got, (struct fl_instant){ 0 }), FL_OK);
            break;
        case 3:
            assert_int_equal(fl_recv(m->rx, NULL), FL_OK);
            assert_int_equal(m->drops, 1);
            break;
        default:
            fl_for_each (each, m->rx) {
                got = fl_move(each);
                break;
            }
        }
        pthread_join(t, NULL);
        assert_int_equal(m->status, FL_OK);
        assert_false(m->kept);
        assert_int_equal(got.number, how == 3 ? 0 : 7);
        fl_drop(got);
        assert_int_equal(m->drops, 1);
        meeting_end(m);
    }
}

static void a_waiting_receiver_is_met_by_each_way_to_send(void **state)
{
    (void)state;
    for (int how = 0; how < 5; how++) {
        pthread_t t;
        struct meeting *m = meeting_begin(recv_one, &t, FL_SIDE_RECV_);
        token sent = { &m->drops, 8 };

        switch (how) {
        case 0:
            assert_int_equal(fl_send(m->tx, fl_move(sent)), FL_OK);
            break;
        case 1:
            assert_int_equal(fl_try_send(m->tx, fl_move(sent)), FL_OK);
            break;
        case 2:
            assert_int_equal(fl_send_deadline(m->tx, (struct fl_instant){ 0 }, fl_move(sent)), FL_OK);
            break;
        case 3:
            assert_int_equal(fl_try_send_or(m->tx, &sent), FL_OK);
            break;
        default:
            assert_int_equal(fl_send_or(m->tx, &sent), FL_OK);
        }
        assert_null(sent.counter);
        pthread_join(t, NULL);
        assert_int_equal(m->status, FL_OK);
        assert_int_equal(m->number, 8);
        assert_int_equal(m->drops, 1);
        meeting_end(m);
    }
}

static void who_waits_learns_that_the_other_side_is_gone(void **state)
{
    pthread_t t;
    struct meeting *m = meeting_begin(send_one, &t, FL_SIDE_SEND_);

    (void)state;
    fl_drop(m->rx);
    pthread_join(t, NULL);
    assert_int_equal(m->status, FL_CLOSED);
    assert_true(m->kept);
    assert_int_equal(m->drops, 1);
    meeting_end(m);

    m = meeting_begin(recv_one, &t, FL_SIDE_RECV_);
    fl_drop(m->tx);
    pthread_join(t, NULL);
    assert_int_equal(m->status, FL_CLOSED);
    meeting_end(m);
}

static void recv_into_nothing(void *env)
{
    fl_ignore(fl_recv(((struct meeting *)env)->rx, NULL));
}

static void a_drop_that_panics_lets_the_peer_go_on(void **state)
{
    fl_panic_hook *old = fl_set_panic_hook(quiet);
    pthread_t t;
    struct meeting *m = calloc(1, sizeof *m);
    struct fl_chan *chan;
    token got;

    (void)state;
    m->number = 666;
    fl_sync_channel(&m->tx, &m->rx, 0);
    chan = (struct fl_chan *)(uintptr_t)m->tx;
    pthread_create(&t, NULL, send_one, m);
    while (!fl_load_acquire(&chan->waiting[FL_SIDE_SEND_]))
        fl_sleep(fl_micros(50));
    assert_int_equal(fl_catch(recv_into_nothing, m), FL_PANICKED);
    pthread_join(t, NULL);
    assert_int_equal(m->status, FL_OK);
    assert_int_equal(m->drops, 1);
    m->number = 7;
    pthread_create(&t, NULL, send_one, m); /* and the channel is as good as before */
    assert_int_equal(fl_recv(m->rx, &got), FL_OK);
    assert_int_equal(got.number, 7);
    fl_drop(got);
    pthread_join(t, NULL);
    meeting_end(m);
    fl_set_panic_hook(old);
}

struct signals {
    fl_sender(void) tx;
};
static void *signal_thrice(void *arg)
{
    struct signals *s = arg;

    for (int i = 0; i < 3; i++)
        fl_unwrap(fl_send(s->tx));
    fl_drop(s->tx);
    return NULL;
}

static void signals_carry_nothing(void **state)
{
    struct signals *s = calloc(1, sizeof *s);
    fl_receiver(void) rx;
    pthread_t t;
    int rounds = 0;

    (void)state;
    fl_sync_channel(&s->tx, &rx, 0);
    assert_int_equal(fl_try_send(s->tx), FL_FULL);
    pthread_create(&t, NULL, signal_thrice, s);
    assert_int_equal(fl_recv(rx, NULL), FL_OK);
    fl_for_each (nothing, rx) {
        (void)nothing;
        rounds++;
    }
    assert_int_equal(rounds, 2);
    pthread_join(t, NULL);
    fl_drop(rx);
    free(s);
}

struct huge {
    char bytes[1024 * 1024];
};
struct huge_meeting {
    fl_sender(struct huge) tx;
    struct huge *value;
};
static void *send_huge(void *arg)
{
    struct huge_meeting *m = arg;

    fl_unwrap(fl_send_or(m->tx, m->value));
    return NULL;
}

static void large_values_go_straight(void **state)
{
    struct huge_meeting *m = calloc(1, sizeof *m);
    fl_receiver(struct huge) rx;
    struct huge *got = calloc(1, sizeof *got);
    pthread_t t;

    (void)state;
    m->value = malloc(sizeof *m->value);
    memset(m->value, 3, sizeof *m->value);
    fl_sync_channel(&m->tx, &rx, 0);
    pthread_create(&t, NULL, send_huge, m);
    assert_int_equal(fl_recv(rx, got), FL_OK);
    pthread_join(t, NULL);
    for (size_t i = 0; i < sizeof *got; i++) {
        assert_int_equal(got->bytes[i], 3);
        assert_int_equal(m->value->bytes[i], 0);
    }
    fl_drop(m->tx);
    fl_drop(rx);
    free(m->value);
    free(m);
    free(got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_is_there),
        cmocka_unit_test(nobody_is_there_any_more),
        cmocka_unit_test(a_waiting_sender_is_met_by_each_way_to_receive),
        cmocka_unit_test(a_waiting_receiver_is_met_by_each_way_to_send),
        cmocka_unit_test(who_waits_learns_that_the_other_side_is_gone),
        cmocka_unit_test(a_drop_that_panics_lets_the_peer_go_on),
        cmocka_unit_test(signals_carry_nothing),
        cmocka_unit_test(large_values_go_straight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
