/* Every value dies exactly once, in every way that it can: received, dropped in the channel, refused, timed out,
 * handed back, left by a loop, by a panic. For every kind of channel. */
#include "behaviour.h"
#include "tracked.h"

DEFINE_ANY(texts, tracked)

static int room_of(struct kind k)
{
    return k.capacity == UNBOUNDED ? 70 : (int)k.capacity;
}

static struct texts filled(struct kind k)
{
    struct texts c = texts_make(k);

    for (int i = 0; i < room_of(k); i++)
        assert_int_equal(fl_send(c.tx, tracked_of("value")), FL_OK);
    assert_int_equal(tracked_drops, 0);
    return c;
}

static void begin(void)
{
    assert_int_equal(tracked_alive, 0);
    tracked_drops = 0;
}

static void what_is_left_goes_with_the_receiver(void **state)
{
    (void)state;
    for_each_kind (k)
        for (int taken = 0; taken <= room_of(k); taken += 1 + taken) {
            struct texts c;
            int room = room_of(k);

            begin();
            c = filled(k); /* the receiver first: its values go with it, not only when the sender does */
            for (int i = 0; i < taken; i++)
                assert_int_equal(texts_recv(&c, NULL), FL_OK);
            assert_int_equal(tracked_drops, taken);
            texts_drop_rx(&c);
            assert_int_equal(tracked_drops, room);
            texts_drop(&c);
            assert_int_equal(tracked_drops, room);

            begin();
            c = filled(k); /* the sender first: they are still there */
            fl_drop(c.tx);
            assert_int_equal(tracked_drops, 0);
            for (int i = 0; i < taken; i++)
                assert_int_equal(texts_try_recv(&c, NULL), FL_OK);
            assert_int_equal(tracked_drops, taken);
            texts_drop_rx(&c);
            assert_int_equal(tracked_drops, room);
        }
}

static void what_is_refused_is_dropped_or_stays(void **state)
{
    (void)state;
    for_each_kind (k) {
        struct texts c;
        tracked t = { 0 };
        int drops = 0;

        begin();
        c = filled(k);
        if (k.capacity != UNBOUNDED) { /* full */
            assert_int_equal(fl_try_send(c.tx, tracked_of("x")), FL_FULL);
            assert_int_equal(tracked_drops, ++drops);
            assert_int_equal(fl_send_timeout(c.tx, fl_millis(1), tracked_of("x")), FL_TIMEOUT);
            assert_int_equal(tracked_drops, ++drops);
            assert_int_equal(fl_send_deadline(c.tx, (struct fl_instant){ 0 }, tracked_of("x")), FL_TIMEOUT);
            assert_int_equal(tracked_drops, ++drops);
            t = tracked_of("mine");
            assert_int_equal(fl_try_send_or(c.tx, &t), FL_FULL);
            assert_int_equal(fl_select(fl_on_send(c.tx, &t), fl_on_timeout(fl_nanos(1))), 1);
            assert_int_equal(tracked_drops, drops);
            assert_string_equal(t.name, "mine");
            assert_int_equal(fl_try_send(c.tx, fl_move(t)), FL_FULL);
            assert_int_equal(tracked_drops, ++drops);
            assert_null(t.name);
        }
        texts_drop_rx(&c);
        assert_int_equal(tracked_drops, drops += room_of(k));
        assert_int_equal(fl_send(c.tx, tracked_of("x")), FL_CLOSED);
        assert_int_equal(fl_try_send(c.tx, tracked_of("x")), FL_CLOSED);
        assert_int_equal(fl_send_timeout(c.tx, fl_secs(60), tracked_of("x")), FL_CLOSED);
        assert_int_equal(tracked_drops, drops += 3);
        t = tracked_of("mine");
        assert_int_equal(fl_send_or(c.tx, &t), FL_CLOSED);
        assert_int_equal(fl_try_send_or(c.tx, &t), FL_CLOSED);
        assert_int_equal(fl_select(fl_on_send(c.tx, &t)), 0);
        assert_int_equal(tracked_drops, drops);
        assert_string_equal(t.name, "mine");
        fl_drop(t);
        texts_drop(&c);
        assert_int_equal(tracked_drops, drops + 1);
    }
}

static void what_fails_to_receive_leaves_the_target(void **state)
{
    (void)state;
    for_each_kind (k) {
        struct texts c;
        tracked t;

        begin();
        c = texts_make(k);
        t = tracked_of("before");
        assert_int_equal(texts_try_recv(&c, &t), FL_EMPTY);
        assert_int_equal(texts_recv_timeout(&c, &t, fl_millis(1)), FL_TIMEOUT);
        fl_drop(c.tx);
        assert_int_equal(texts_recv(&c, &t), FL_CLOSED);
        assert_string_equal(t.name, "before");
        assert_int_equal(tracked_drops, 0);
        fl_drop(t);
        texts_drop(&c);
    }
}

/* ---- loops ---- */

static int loop(struct texts *c, int how, tracked *kept)
{
    int n = 0;

#define loop_body                                                                                  \
    {                                                                                              \
        n++;                                                                                       \
        if (how == 1 && n == 2)                                                                    \
            break;                                                                                 \
        if (how == 2 && n == 2)                                                                    \
            return n;                                                                              \
        if (how == 3)                                                                              \
            continue;                                                                              \
        if (how == 4 && n == 2)                                                                    \
            *kept = fl_move(t);                                                                    \
        if (how == 5 && n == 2)                                                                    \
            fl_panic("in the loop");                                                               \
    }
    if (c->rx)
        fl_try_for_each (t, c->rx)
            loop_body
    else
        fl_try_for_each (t, c->shared)
            loop_body
    return n;
}

struct looping {
    struct texts *c;
    int how, n;
    tracked kept;
};
static void run_loop(void *env)
{
    struct looping *l = env;

    l->n = loop(l->c, l->how, &l->kept);
}

static void loops_drop_what_they_did_not_move(void **state)
{
    (void)state;
    for_each_kind (k)
        for (int how = 0; how <= 5 && room_of(k) >= 2; how++) {
            struct texts c;
            struct looping l = { &c, how, 0, { 0 } };
            int room = room_of(k), received = how == 1 || how == 2 || how == 5 ? 2 : room;

            begin();
            c = filled(k);
            assert_int_equal(fl_catch(run_loop, &l), how == 5 ? FL_PANICKED : FL_OK);
            if (how != 5)
                assert_int_equal(l.n, received);
            assert_int_equal(tracked_drops, how == 4 ? received - 1 : received);
            assert_int_equal(texts_len(&c), room - received);
            fl_drop(l.kept);
            assert_int_equal(fl_try_send(c.tx, tracked_of("still usable")), FL_OK);
            texts_drop(&c);
            assert_int_equal(tracked_drops, room + 1);
        }
}

/* ---- blocked, and then the other side goes ---- */

struct blocked {
    sleeper_id id;
    fl_sender(tracked) tx;
    bool keep;
    fl_status status;
    tracked kept;
};

static void *send_and_block(void *arg)
{
    struct blocked *b = arg;
    tracked t = tracked_of("blocked");

    sleeper_is_me(&b->id);
    if (b->keep) {
        b->status = fl_send_or(b->tx, &t);
        b->kept = t;
    } else {
        b->status = fl_send(b->tx, fl_move(t));
    }
    return NULL;
}

static void a_blocked_senders_value(void **state)
{
    (void)state;
    for_each_kind (k)
        for (int keep = 0; keep < 2 && k.capacity != UNBOUNDED; keep++) {
            struct texts c;
            struct blocked b[3] = { { .keep = keep }, { .keep = keep }, { .keep = keep } };
            pthread_t t[3];
            int room = room_of(k);

            begin();
            c = filled(k);
            for (int i = 0; i < 3; i++) {
                b[i].tx = c.tx;
                t[i] = start(send_and_block, &b[i]);
                wait_until_asleep(&b[i].id);
            }
            assert_int_equal(texts_recv(&c, NULL), FL_OK); /* one gets through, */
            while (!fl_is_full(c.tx))                      /* and has done so */
                sched_yield();
            texts_drop_rx(&c);
            for (int i = 0; i < 3; i++)
                pthread_join(t[i], NULL);
            assert_int_equal((b[0].status == FL_OK) + (b[1].status == FL_OK) + (b[2].status == FL_OK), 1);
            assert_int_equal((b[0].status == FL_CLOSED) + (b[1].status == FL_CLOSED) + (b[2].status == FL_CLOSED), 2);
            for (int i = 0; i < 3; i++) {
                assert_int_equal(b[i].kept.name != NULL, keep && b[i].status == FL_CLOSED);
                fl_drop(b[i].kept);
            }
            assert_int_equal(tracked_drops, room + 3);
            texts_drop(&c);
            assert_int_equal(tracked_drops, room + 3);
        }
}

/* ---- channels in channels ---- */

typedef struct {
    fl_sender(tracked) tx;
    fl_receiver(tracked) rx;
    tracked t;
} parcel;
FL_DROP_FIELDS(parcel, parcel_drop, tx, rx, t)
#define FL_OWNED parcel, parcel_drop
#include <fearless/owned.h>

static void ends_travel_and_die(void **state)
{
    (void)state;
    for (int i = 0; i < CAPACITIES; i++) {
        fl_sender(parcel) outer;
        fl_receiver(parcel) outer_rx;
        struct texts c;
        parcel p = { 0 };

        if (capacities[i] == RENDEZVOUS)
            continue;
        begin();
        if (capacities[i] == UNBOUNDED)
            fl_channel(&outer, &outer_rx);
        else
            fl_sync_channel(&outer, &outer_rx, capacities[i]);
        c = filled((struct kind){ 7, false });
        p.tx = fl_clone(c.tx);
        p.rx = fl_move(c.rx);
        p.t = tracked_of("fellow");
        assert_int_equal(fl_send(outer, fl_move(p)), FL_OK);
        assert_int_equal(fl_try_send(c.tx, tracked_of("x")), FL_FULL); /* it lives */
        assert_int_equal(tracked_drops, 1);
        fl_drop(outer_rx);
        assert_int_equal(tracked_drops, 9);
        assert_int_equal(fl_try_send(c.tx, tracked_of("x")), FL_CLOSED);
        fl_drop(outer);
        texts_drop(&c);
    }
}

/* A channel whose only sender is in the channel itself: dropping the receiver drops that, too, and then all is gone. */
struct knot;
typedef struct {
    fl_sender(struct knot) tx;
} knot_end;
struct knot {
    fl_sender(struct knot) tx;
    tracked t;
};
FL_DROP_FIELDS(struct knot, knot_drop, t, tx)
#define FL_OWNED struct knot, knot_drop
#include <fearless/owned.h>

static void a_channel_that_contains_its_sender(void **state)
{
    (void)state;
    for (int i = 0; i < 2 * CAPACITIES; i++) {
        size_t capacity = capacities[i / 2];
        fl_sender(struct knot) tx;
        fl_receiver(struct knot) rx;

        if (capacity < 2)
            continue;
        begin();
        if (capacity == UNBOUNDED)
            fl_channel(&tx, &rx);
        else
            fl_sync_channel(&tx, &rx, capacity);
        assert_int_equal(fl_send(tx, { NULL, tracked_of("first") }), FL_OK);
        assert_int_equal(fl_send(tx, { fl_clone(tx), tracked_of("knot") }), FL_OK);
        fl_drop(tx);
        if (i % 2) {
            fl_shared_receiver(struct knot) shared = fl_share(fl_move(rx));

            fl_drop(shared);
        }
        fl_drop(rx);
        assert_int_equal(tracked_drops, 2);
    }
}

/* ---- panics ---- */

static int calm_drops, wild_drops;
typedef struct {
    int number; /* 0 is empty; 1 panics when it is dropped */
} wild;
static void wild_drop(wild *w)
{
    if (w->number == 1) {
        wild_drops++;
        fl_panic("a drop that panics");
    }
    if (w->number)
        calm_drops++;
}
#define FL_OWNED wild, wild_drop
#include <fearless/owned.h>

DEFINE_ANY(wilds, wild)

static void drop_receiver(void *env)
{
    wilds_drop_rx(env);
}

/* A drop that panics while the channel goes keeps no other value from being dropped. */
static void a_drop_that_panics(void **state)
{
    (void)state;
    for_each_kind (k) {
        struct wilds c;

        if (k.capacity < 7)
            continue;
        c = wilds_make(k);
        calm_drops = wild_drops = 0;
        for (int i = 0; i < 7; i++)
            assert_int_equal(fl_send(c.tx, { i == 3 ? 1 : 2 }), FL_OK);
        assert_int_equal(fl_catch(drop_receiver, &c), FL_PANICKED);
        fl_forget(c.rx); /* its drop did not come to the point of emptying the variable */
        fl_forget(c.shared);
        assert_int_equal(calm_drops, 6);
        assert_int_equal(wild_drops, 1);
        assert_int_equal(fl_send(c.tx, { 3 }), FL_CLOSED);
        assert_int_equal(calm_drops, 7);
        wilds_drop(&c);
    }
}

static void receive_into_nothing(void *env)
{
    assert_int_equal(wilds_recv(env, NULL), FL_OK);
}

static void a_received_value_whose_drop_panics(void **state)
{
    (void)state;
    for_each_kind (k) {
        struct wilds c;
        wild w = { 0 };

        if (k.capacity < 2)
            continue;
        c = wilds_make(k);
        assert_int_equal(fl_send(c.tx, { 1 }), FL_OK);
        assert_int_equal(fl_send(c.tx, { 2 }), FL_OK);
        assert_int_equal(fl_catch(receive_into_nothing, &c), FL_PANICKED);
        assert_int_equal(fl_try_send(c.tx, { 3 }), FL_OK); /* its place is free */
        assert_int_equal(wilds_recv(&c, &w), FL_OK);
        assert_int_equal(w.number, 2);
        assert_int_equal(wilds_recv(&c, &w), FL_OK);
        assert_int_equal(w.number, 3);
        assert_int_equal(wilds_try_recv(&c, &w), FL_EMPTY);
        fl_forget(w);
        wilds_drop(&c);
    }
}

static void hold_and_panic(void *env)
{
    struct texts *c = env;
    fl_sender(tracked) tx = fl_move(c->tx);
    fl_receiver(tracked) rx = fl_move(c->rx);
    fl_shared_receiver(tracked) shared = fl_move(c->shared);

    fl_auto(tx);
    fl_auto(rx);
    fl_auto(shared);
    fl_panic("with both ends in hand");
}

static void a_panic_closes_what_it_passes(void **state)
{
    (void)state;
    for_each_kind (k) {
        struct texts c;
        fl_sender(tracked) other;

        begin();
        c = filled(k);
        other = fl_clone(c.tx);
        assert_int_equal(fl_catch(hold_and_panic, &c), FL_PANICKED);
        assert_int_equal(tracked_drops, room_of(k));
        assert_int_equal(fl_send(other, tracked_of("x")), FL_CLOSED);
        fl_drop(other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tracked_test(what_is_left_goes_with_the_receiver),
        tracked_test(what_is_refused_is_dropped_or_stays),
        tracked_test(what_fails_to_receive_leaves_the_target),
        tracked_test(loops_drop_what_they_did_not_move),
        tracked_test(a_blocked_senders_value),
        tracked_test(ends_travel_and_die),
        tracked_test(a_channel_that_contains_its_sender),
        cmocka_unit_test(a_drop_that_panics),
        cmocka_unit_test(a_received_value_whose_drop_panics),
        tracked_test(a_panic_closes_what_it_passes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
