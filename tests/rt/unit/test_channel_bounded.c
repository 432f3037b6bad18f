/* The bounded channel as programs use it: full, room again, deadlines, closing, drops; one or two threads. */
#include <fearless/channel.h>
#include <fearless/move.h>
#include <fearless/panic.h>

#include "atomic.h"
#include "panics.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* A value that counts its drops. All zero is empty. */
typedef struct {
    int *counter;
    int number;
} token;
static void token_drop(token *t)
{
    if (t->counter)
        __atomic_add_fetch(t->counter, 1, __ATOMIC_RELAXED); /* both sides may drop at the same time */
}
#define FL_OWNED token, token_drop
#include <fearless/owned.h>

static const size_t capacities[] = { 1, 2, 3, 4, 5, 7, 8, 100 };
#define EACH_CAPACITY(n)                                                                           \
    for (size_t fl_i = 0, n; fl_i < sizeof capacities / sizeof *capacities && ((n = capacities[fl_i]), 1); fl_i++)

static void full_and_room_again(void **state)
{
    (void)state;
    EACH_CAPACITY (n) {
        fl_sender(int) tx;
        fl_receiver(int) rx;
        int got = -1, sent = 0, received = 0;

        fl_sync_channel(&tx, &rx, n);
        assert_int_equal(fl_capacity(tx), n);
        assert_int_equal(fl_capacity(rx), n);
        /* the fill level goes up and down, past many laps, at every offset */
        for (size_t level = 0; level <= n; level++) {
            for (size_t round = 0; round < 3 * n + 2; round++) {
                for (size_t i = 0; i < level; i++) {
                    assert_int_equal(fl_len(tx), i);
                    assert_int_equal(fl_is_full(tx), i == n);
                    assert_int_equal(fl_is_empty(rx), i == 0);
                    assert_int_equal(round % 2 ? fl_send(tx, sent) : fl_try_send(tx, sent), FL_OK);
                    sent++;
                }
                assert_int_equal(fl_len(rx), level);
                assert_int_equal(fl_is_full(rx), level == n);
                if (level == n) {
                    assert_int_equal(fl_try_send(tx, -5), FL_FULL);
                    assert_int_equal(fl_send_timeout(tx, fl_nanos(1), -5), FL_TIMEOUT);
                    assert_int_equal(fl_send_deadline(tx, (struct fl_instant){ 0 }, -5), FL_TIMEOUT);
                }
                for (size_t i = 0; i < level; i++) {
                    assert_int_equal(round % 2 ? fl_try_recv(rx, &got) : fl_recv(rx, &got), FL_OK);
                    assert_int_equal(got, received);
                    received++;
                }
                assert_int_equal(fl_try_recv(rx, &got), FL_EMPTY);
            }
        }
        assert_int_equal(sent, received);
        fl_drop(tx);
        assert_int_equal(fl_try_recv(rx, &got), FL_CLOSED);
        assert_int_equal(fl_recv(rx, &got), FL_CLOSED);
        fl_drop(rx);
    }
}

static void what_was_sent_before_closing_arrives(void **state)
{
    (void)state;
    EACH_CAPACITY (n) {
        fl_sender(int) tx, tx1;
        fl_receiver(int) rx;
        int got;

        fl_sync_channel(&tx, &rx, n);
        tx1 = fl_clone(tx);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(fl_send(i % 2 ? tx : tx1, (int)i), FL_OK);
        fl_drop(tx);
        fl_drop(tx1);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(fl_recv(rx, &got), FL_OK);
            assert_int_equal(got, i);
        }
        assert_int_equal(fl_recv(rx, &got), FL_CLOSED);
        assert_int_equal(fl_recv_timeout(rx, &got, fl_secs(60)), FL_CLOSED);
        fl_drop(rx);
    }
}

static void undelivered_values_are_dropped_once(void **state)
{
    (void)state;
    EACH_CAPACITY (n) {
        for (size_t level = 0; level <= n; level++) {
            for (int receiver_first = 0; receiver_first < 2; receiver_first++) {
                fl_sender(token) tx;
                fl_receiver(token) rx;
                int drops = 0;

                fl_sync_channel(&tx, &rx, n);
                for (size_t i = 0; i < level / 2; i++) { /* so that it does not begin at slot 0 */
                    assert_int_equal(fl_send(tx, { &drops, 0 }), FL_OK);
                    assert_int_equal(fl_recv(rx, NULL), FL_OK);
                }
                assert_int_equal(drops, level / 2);
                for (size_t i = 0; i < level; i++)
                    assert_int_equal(fl_send(tx, { &drops, 0 }), FL_OK);
                assert_int_equal(drops, level / 2);
                if (receiver_first) {
                    fl_drop(rx);
                    assert_int_equal(drops, level / 2 + level);
                    fl_drop(tx);
                } else {
                    fl_drop(tx);
                    fl_drop(rx);
                }
                assert_int_equal(drops, level / 2 + level);
            }
        }
    }
}

static void who_gets_the_value_back(void **state)
{
    fl_sender(token) tx;
    fl_receiver(token) rx;
    int drops = 0;
    token t = { &drops, 1 };

    (void)state;
    fl_sync_channel(&tx, &rx, 1);
    assert_int_equal(fl_try_send_or(tx, &t), FL_OK);
    assert_null(t.counter);
    t = (token){ &drops, 2 };
    assert_int_equal(fl_try_send_or(tx, &t), FL_FULL); /* it stays */
    assert_int_equal(t.number, 2);
    assert_int_equal(drops, 0);
    assert_int_equal(fl_try_send(tx, fl_move(t)), FL_FULL); /* it is dropped */
    assert_int_equal(drops, 1);
    assert_int_equal(fl_send_timeout(tx, fl_millis(1), { &drops, 3 }), FL_TIMEOUT);
    assert_int_equal(drops, 2);
    assert_int_equal(fl_send_deadline(tx, fl_now(), { &drops, 4 }), FL_TIMEOUT);
    assert_int_equal(drops, 3);
    fl_drop(rx);
    assert_int_equal(drops, 4); /* number 1 */
    t = (token){ &drops, 5 };
    assert_int_equal(fl_send_or(tx, &t), FL_CLOSED);
    assert_int_equal(fl_try_send_or(tx, &t), FL_CLOSED);
    assert_int_equal(t.number, 5);
    assert_int_equal(fl_send_timeout(tx, fl_secs(60), fl_move(t)), FL_CLOSED);
    assert_int_equal(drops, 5);
    assert_int_equal(fl_try_send(tx, { &drops, 6 }), FL_CLOSED);
    assert_int_equal(fl_send(tx, { &drops, 7 }), FL_CLOSED);
    assert_int_equal(drops, 7);
    fl_drop(tx);
}

static void deadlines(void **state)
{
    fl_sender(int) tx;
    fl_receiver(int) rx;
    struct fl_instant start = fl_now();
    int got = 5;

    (void)state;
    fl_sync_channel(&tx, &rx, 2);
    assert_int_equal(fl_recv_timeout(rx, &got, fl_millis(10)), FL_TIMEOUT);
    assert_int_equal(got, 5);
    assert_true(fl_as_millis(fl_elapsed(start)) >= 10);
    assert_int_equal(fl_send_deadline(tx, (struct fl_instant){ 0 }, 1), FL_OK); /* there is room */
    assert_int_equal(fl_send_timeout(tx, fl_secs(-1), 2), FL_OK);
    start = fl_now();
    assert_int_equal(fl_send_timeout(tx, fl_millis(10), 3), FL_TIMEOUT);
    assert_true(fl_as_millis(fl_elapsed(start)) >= 10);
    assert_int_equal(fl_recv_deadline(rx, &got, (struct fl_instant){ 0 }), FL_OK); /* it is there */
    assert_int_equal(got, 1);
    fl_drop(tx);
    fl_drop(rx);
}

static void signals_and_large_values(void **state)
{
    struct wide {
        _Alignas(128) char c[128];
    };
    struct huge {
        char bytes[1024 * 1024];
    };
    fl_sender(void) tx;
    fl_receiver(void) rx;
    fl_sender(struct wide) wide_tx;
    fl_receiver(struct wide) wide_rx;
    fl_sender(struct huge) huge_tx;
    fl_receiver(struct huge) huge_rx;
    struct wide *w = aligned_alloc(128, sizeof *w);
    struct huge *h = calloc(1, sizeof *h);

    (void)state;
    fl_sync_channel(&tx, &rx, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(fl_send(tx), FL_OK);
    assert_int_equal(fl_try_send(tx), FL_FULL);
    assert_int_equal(fl_send_timeout(tx, fl_nanos(5)), FL_TIMEOUT);
    assert_int_equal(fl_send_deadline(tx, fl_now()), FL_TIMEOUT);
    assert_int_equal(fl_recv(rx, NULL), FL_OK);
    assert_int_equal(fl_send_timeout(tx, fl_secs(1)), FL_OK);
    fl_drop(tx);
    fl_drop(rx);

    fl_sync_channel(&wide_tx, &wide_rx, 3);
    fl_sync_channel(&huge_tx, &huge_rx, 2);
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 2; i++) {
            memset(w, round * 2 + i + 1, sizeof *w);
            memset(h, round * 2 + i + 1, sizeof *h);
            assert_int_equal(fl_send_or(wide_tx, w), FL_OK);
            assert_int_equal(fl_send_or(huge_tx, h), FL_OK);
            assert_int_equal(w->c[127], 0);
            assert_int_equal(h->bytes[sizeof h->bytes - 1], 0);
        }
        for (int i = 0; i < 2; i++) {
            assert_int_equal(fl_recv(wide_rx, w), FL_OK);
            assert_int_equal(fl_recv(huge_rx, h), FL_OK);
            for (size_t b = 0; b < sizeof *w; b++)
                assert_int_equal(w->c[b], round * 2 + i + 1);
            for (size_t b = 0; b < sizeof *h; b += 1000)
                assert_int_equal(h->bytes[b], round * 2 + i + 1);
        }
    }
    fl_drop(wide_tx);
    fl_drop(wide_rx);
    fl_drop(huge_tx);
    fl_drop(huge_rx);
    free(w);
    free(h);
}

static void too_large(void *env)
{
    fl_sender(long) tx;
    fl_receiver(long) rx;

    (void)env;
    fl_sync_channel(&tx, &rx, SIZE_MAX / 8);
}

static void capacities_that_cannot_be(void **state)
{
    const size_t all[] = { SIZE_MAX, SIZE_MAX / 2 + 1, SIZE_MAX / 8, SIZE_MAX / 16 + 1, SIZE_MAX / 17,
                           SIZE_MAX / 1024, PTRDIFF_MAX, (size_t)PTRDIFF_MAX / 16 };
    fl_sender(long) tx = NULL;
    fl_receiver(long) rx = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        assert_int_equal(fl_try_sync_channel(&tx, &rx, all[i]), FL_NO_MEMORY);
    assert_null(tx);
    assert_null(rx);
    assert_panics(too_large, NULL, "fl_try_sync_channel");
    assert_int_equal(fl_try_sync_channel(&tx, &rx, 1000 * 1000), FL_OK); /* costs what is used of it */
    fl_drop(tx);
    fl_drop(rx);
}

/* ---- two threads ---- */

struct shared {
    fl_sender(token) tx;
    fl_receiver(token) rx;
    int drops;
    FL_ATOMIC(uint32_t) ready;
    fl_status status;
    bool kept;
};

static void *send_one(void *arg)
{
    struct shared *s = arg;
    token t = { &s->drops, 9 };

    fl_store_release(&s->ready, 1);
    s->status = fl_send_or(s->tx, &t);
    s->kept = t.counter != NULL;
    fl_drop(t);
    return NULL;
}

static void wait_until_ready(struct shared *s)
{
    while (!fl_load_acquire(&s->ready))
        fl_sleep(fl_micros(100));
    fl_sleep(fl_millis(2)); /* asleep by now, most likely; right in either case */
}

static void a_blocked_sender_goes_on_when_there_is_room(void **state)
{
    struct shared *s = calloc(1, sizeof *s);
    pthread_t t;
    token got;

    (void)state;
    fl_sync_channel(&s->tx, &s->rx, 1);
    assert_int_equal(fl_send(s->tx, { &s->drops, 8 }), FL_OK);
    pthread_create(&t, NULL, send_one, s);
    wait_until_ready(s);
    assert_int_equal(fl_recv(s->rx, &got), FL_OK);
    assert_int_equal(got.number, 8);
    fl_drop(got);
    assert_int_equal(fl_recv(s->rx, &got), FL_OK);
    assert_int_equal(got.number, 9);
    fl_drop(got);
    pthread_join(t, NULL);
    assert_int_equal(s->status, FL_OK);
    assert_false(s->kept);
    assert_int_equal(s->drops, 2);
    fl_drop(s->tx);
    fl_drop(s->rx);
    free(s);
}

static void a_blocked_sender_gets_its_value_back_when_the_receiver_goes(void **state)
{
    struct shared *s = calloc(1, sizeof *s);
    pthread_t t;

    (void)state;
    fl_sync_channel(&s->tx, &s->rx, 1);
    assert_int_equal(fl_send(s->tx, { &s->drops, 8 }), FL_OK);
    pthread_create(&t, NULL, send_one, s);
    wait_until_ready(s);
    fl_drop(s->rx);
    pthread_join(t, NULL);
    assert_int_equal(s->status, FL_CLOSED);
    assert_true(s->kept);
    assert_int_equal(s->drops, 2);
    fl_drop(s->tx);
    free(s);
}

static void *recv_one(void *arg)
{
    struct shared *s = arg;
    token got = { NULL, 0 };

    fl_store_release(&s->ready, 1);
    s->status = fl_recv(s->rx, &got);
    fl_drop(got);
    return NULL;
}

static void a_blocked_receiver_gets_the_value_or_the_end(void **state)
{
    (void)state;
    for (int send = 0; send < 2; send++) {
        struct shared *s = calloc(1, sizeof *s);
        pthread_t t;

        fl_sync_channel(&s->tx, &s->rx, 1);
        pthread_create(&t, NULL, recv_one, s);
        wait_until_ready(s);
        if (send)
            assert_int_equal(fl_send(s->tx, { &s->drops, 8 }), FL_OK);
        fl_drop(s->tx);
        pthread_join(t, NULL);
        assert_int_equal(s->status, send ? FL_OK : FL_CLOSED);
        assert_int_equal(s->drops, send);
        fl_drop(s->rx);
        free(s);
    }
}

/* ---- a value whose drop panics ---- */

static int bombs_dropped;
typedef struct {
    int armed; /* 0: empty; 1: dropped quietly; 2: panics */
} bomb;
static void bomb_drop(bomb *b)
{
    if (b->armed == 0)
        return;
    bombs_dropped++;
    if (b->armed == 2)
        fl_panic("a bomb");
}
#define FL_OWNED bomb, bomb_drop
#include <fearless/owned.h>

struct bombs {
    fl_sender(bomb) tx;
    fl_receiver(bomb) rx;
};
static void recv_into_nothing(void *env)
{
    fl_ignore(fl_recv(((struct bombs *)env)->rx, NULL));
}
static void drop_bomb_rx(void *env)
{
    fl_receiver_drop_(env); /* so that the handle is not looked at again */
}

static void a_drop_that_panics(void **state)
{
    fl_panic_hook *old = fl_set_panic_hook(quiet);

    (void)state;
    for (int bounded = 0; bounded < 2; bounded++) {
        for (int at = 0; at < 6; at++) {
            struct bombs b;

            bombs_dropped = 0;
            if (bounded)
                fl_sync_channel(&b.tx, &b.rx, 6);
            else
                fl_channel(&b.tx, &b.rx);
            for (int i = 0; i < 6; i++)
                assert_int_equal(fl_send(b.tx, { i == at ? 2 : 1 }), FL_OK);
            if (at == 0) { /* the slot is given back, and the next is next */
                assert_int_equal(fl_catch(recv_into_nothing, &b), FL_PANICKED);
                assert_int_equal(bombs_dropped, 1);
                assert_int_equal(fl_len(b.rx), 5);
                assert_int_equal(fl_try_send(b.tx, { 1 }), FL_OK);
                assert_int_equal(fl_catch(drop_bomb_rx, &b.rx), FL_OK);
                assert_int_equal(bombs_dropped, 7);
            } else { /* the others are dropped all the same, and the channel is closed */
                assert_int_equal(fl_catch(drop_bomb_rx, &b.rx), FL_PANICKED);
                assert_int_equal(bombs_dropped, 6);
            }
            assert_int_equal(fl_send(b.tx, { 1 }), FL_CLOSED);
            fl_drop(b.tx);
        }
    }
    fl_set_panic_hook(old);
}

static int evaluations;
static fl_sender(int) counted(fl_sender(int) tx)
{
    evaluations++;
    return tx;
}
static struct fl_duration counted_for(struct fl_duration d)
{
    evaluations++;
    return d;
}

static void arguments_are_evaluated_once(void **state)
{
    fl_sender(int) tx;
    fl_receiver(int) rx;
    size_t n = 4;
    int value = 0;

    (void)state;
    fl_sync_channel(&tx, &rx, n++);
    assert_int_equal(n, 5);
    assert_int_equal(fl_capacity(rx), 4);
    evaluations = 0;
    assert_int_equal(fl_send_timeout(counted(tx), counted_for(fl_secs(1)), value++), FL_OK);
    assert_int_equal(evaluations, 2);
    assert_int_equal(value, 1);
    fl_drop(tx);
    fl_drop(rx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_and_room_again),
        cmocka_unit_test(what_was_sent_before_closing_arrives),
        cmocka_unit_test(undelivered_values_are_dropped_once),
        cmocka_unit_test(who_gets_the_value_back),
        cmocka_unit_test(deadlines),
        cmocka_unit_test(signals_and_large_values),
        cmocka_unit_test(capacities_that_cannot_be),
        cmocka_unit_test(a_blocked_sender_goes_on_when_there_is_room),
        cmocka_unit_test(a_blocked_sender_gets_its_value_back_when_the_receiver_goes),
        cmocka_unit_test(a_blocked_receiver_gets_the_value_or_the_end),
        cmocka_unit_test(a_drop_that_panics),
        cmocka_unit_test(arguments_are_evaluated_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
