/* Channels of every kind, and a panic wherever the user's code is: what must hold is at the head of points.h. */
#ifndef FL_TEST_PANICS_CHANNELS_H
#define FL_TEST_PANICS_CHANNELS_H

#include "points.h"

enum { UNBOUNDED_ = -1 };
static long pipe_capacity; /* of the run's channels */
static bool pipe_is_shared;

static void pipe_make(fl_sender(piece) *ret_tx, fl_receiver(piece) *ret_rx)
{
    if (pipe_capacity == UNBOUNDED_)
        fl_channel(ret_tx, ret_rx);
    else
        fl_sync_channel(ret_tx, ret_rx, (size_t)pipe_capacity);
}

static FL_ATOMIC(long) sent, received;

/* ---- who sends ---- */

FL_THREAD_FN(void, produce, fl_sender(piece), tx)
{
    fl_auto(tx);
    point("a sender, before it sends");
    for (unsigned i = 0; i < 2 * panics_rounds; i++) {
        piece p = piece_new();
        fl_status s = FL_OK;

        fl_auto(p);
        point("a sender that holds a value");
        switch (i % 4) {
        case 0:
            drops_at(pipe_capacity == 0 ? "maybe a drop in fl_send, of a rendezvous" : NULL) s = fl_send(tx, fl_move(p));
            break;
        case 1: s = fl_send_or(tx, &p); break;
        case 2: s = fl_select(fl_on_send(tx, &p)) == 0 ? fl_selected() : FL_SYSTEM; break;
        default: s = fl_send_timeout(tx, fl_secs(1000), fl_move(p)); break;
        }
        panics_must(s == FL_OK || s == FL_CLOSED);
        if (s == FL_CLOSED)
            break;
        fl_add_relaxed(&sent, 1);
    }
    point("a sender, after it has sent");
}

/* ---- who receives, alone or with others ---- */

/* In a rendezvous, who comes second drops what nobody wants: see also unwanted(). */
#define RECV_DROP (pipe_capacity == 0 ? "maybe a drop in fl_recv(rx, NULL)" : "a drop in fl_recv(rx, NULL)")
#define SELECT_DROP (pipe_capacity == 0 ? "maybe a drop in a select" : "a drop in a select")

#define DEFINE_CONSUMER(name, RX)                                                                  \
    static bool name##_one_more(RX rx, unsigned i)                                                 \
    {                                                                                              \
        piece got = { 0 };                                                                         \
        fl_status s = FL_OK;                                                                       \
                                                                                                   \
        fl_auto(got);                                                                              \
        switch (i % 4) {                                                                           \
        case 0: s = fl_recv(rx, &got); break;                                                      \
        case 1: drops_at(RECV_DROP) s = fl_recv(rx, NULL); break;              \
        case 2: drops_at(SELECT_DROP) s = fl_select(fl_on_recv(rx, NULL)) == 0 ? fl_selected() : FL_SYSTEM; break; \
        default: s = fl_recv_timeout(rx, &got, fl_secs(1000)); break;                              \
        }                                                                                          \
        panics_must(s == FL_OK || s == FL_CLOSED);                                                 \
        if (s == FL_CLOSED)                                                                        \
            return false;                                                                          \
        fl_add_relaxed(&received, 1);                                                              \
        if (got.number)                                                                            \
            point("a receiver that holds a value");                                                \
        return true;                                                                               \
    }                                                                                              \
    FL_THREAD_FN(void, name, RX, rx)                                                               \
    {                                                                                              \
        fl_auto(rx);                                                                               \
        for (unsigned i = 0; i < panics_rounds && name##_one_more(rx, i); i++)                     \
            ;                                                                                      \
        fl_for_each (rest, rx) {                                                                   \
            fl_add_relaxed(&received, 1);                                                          \
            (void)rest;                                                                            \
            point("a receiver in fl_for_each");                                                    \
        }                                                                                          \
    }

DEFINE_CONSUMER(consume, fl_receiver(piece))
DEFINE_CONSUMER(consume_shared, fl_shared_receiver(piece))

/* Senders and receivers. Nobody who lives is left waiting, and what was sent was received, unless a receiver died. */
static void traffic(void)
{
    fl_join_handle(void) senders[64], receivers[64];
    unsigned receiver_count = pipe_is_shared ? panics_width : 1;
    bool all_lived = true;

    fl_store_relaxed(&sent, 0);
    fl_store_relaxed(&received, 0);
    fl_scope (s) {
        fl_sender(piece) tx;
        fl_receiver(piece) rx;

        pipe_make(&tx, &rx);
        fl_auto(tx);
        if (pipe_is_shared) {
            fl_shared_receiver(piece) shared = fl_share(fl_move(rx));
            fl_auto(shared);
            for (unsigned i = 0; i < receiver_count; i++)
                receivers[i] = fl_spawn_in(s, consume_shared, fl_clone(shared));
        } else {
            receivers[0] = fl_spawn_in(s, consume, fl_move(rx));
        }
        for (unsigned i = 0; i < panics_width; i++)
            senders[i] = fl_spawn_in(s, produce, fl_clone(tx));
        fl_drop(tx);
        for (unsigned i = 0; i < panics_width; i++)
            (void)lived(fl_join(senders[i]));
        for (unsigned i = 0; i < receiver_count; i++)
            all_lived &= lived(fl_join(receivers[i]));
    }
    /* a drop in fl_send is of a rendezvous that has been received: fl_recv(rx, NULL) counts, fl_send has panicked */
    if (all_lived)
        panics_must(fl_load_relaxed(&received) == fl_load_relaxed(&sent) + was_struck_at("maybe a drop in fl_send, of a rendezvous"));
}

/* ---- a receiver that goes while others send, and values that nobody takes ---- */

static struct fl_semaphore receiver_is_gone;

typedef struct {
    bool is_set;
} departure;
static void departure_drop(departure *d)
{
    if (d->is_set)
        fl_release(&receiver_is_gone, 64);
}
#define FL_OWNED departure, departure_drop
#include <fearless/owned.h>

FL_THREAD_FN(void, drop_receiver, fl_receiver(piece), rx)
{
    departure gone = { true };
    piece first = { 0 };

    fl_auto(gone);
    fl_auto(first);
    fl_auto(rx);
    fl_ignore(fl_recv(rx, &first));
    while (pipe_capacity != 0 && fl_is_empty(rx))
        sched_yield();
    point("a receiver, before it goes");
    drops_at(pipe_capacity == 0 ? NULL : "a drop of what nobody received") fl_drop(rx);
    point("a receiver, after it has gone");
}

FL_THREAD_FN(void, send_until_closed, fl_sender(piece), tx)
{
    fl_status s = FL_OK;

    fl_auto(tx);
    for (unsigned i = 0; s == FL_OK; i++) {
        if (pipe_capacity == UNBOUNDED_ && i == 2 * panics_rounds)
            fl_acquire(&receiver_is_gone);
        drops_at("a drop of what is refused") s = fl_send(tx, piece_new());
    }
    panics_must(s == FL_CLOSED);
    point("a sender, after it was refused");
}

static void departing_receiver(void)
{
    receiver_is_gone = (struct fl_semaphore)FL_SEMAPHORE(0);
    fl_scope (s) {
        fl_join_handle(void) receiver, senders[64];
        fl_sender(piece) tx;
        fl_receiver(piece) rx;

        pipe_make(&tx, &rx);
        fl_auto(tx);
        receiver = fl_spawn_in(s, drop_receiver, fl_move(rx));
        for (unsigned i = 0; i < panics_width; i++)
            senders[i] = fl_spawn_in(s, send_until_closed, fl_clone(tx));
        for (unsigned i = 0; i < panics_width; i++)
            (void)lived(fl_join(senders[i]));
        (void)lived(fl_join(receiver));
    }
}

/* ---- the last one of a side dies while all of the other sleep ---- */

static sleeper_id sleepers[64];

FL_THREAD_FN(void, receive_asleep, fl_shared_receiver(piece), rx, unsigned, me)
{
    fl_auto(rx);
    sleeper_is_me(&sleepers[me]);
    panics_must(fl_recv(rx, NULL) == FL_CLOSED);
}
FL_THREAD_FN(void, send_asleep, fl_sender(piece), tx, unsigned, me)
{
    piece p = piece_new();

    fl_auto(tx);
    fl_auto(p);
    sleeper_is_me(&sleepers[me]);
    panics_must(fl_send_or(tx, &p) == FL_CLOSED);
}
static void wait_for_sleepers(void)
{
    for (unsigned i = 0; i < panics_width; i++)
        wait_until_asleep(&sleepers[i]);
}
FL_THREAD_FN(void, last_sender, fl_sender(piece), tx)
{
    fl_auto(tx);
    wait_for_sleepers();
    point("the last sender, while all receivers sleep");
}
FL_THREAD_FN(void, last_receiver, fl_shared_receiver(piece), rx)
{
    fl_auto(rx);
    wait_for_sleepers();
    point("the last receiver, while all senders sleep");
}

static void last_of_a_side(void)
{
    for (int sends = 0; sends < 2; sends++) {
        if (sends && pipe_capacity == UNBOUNDED_)
            continue;
        for (unsigned i = 0; i < 64; i++)
            fl_store_relaxed(&sleepers[i], 0);
        fl_scope (s) {
            fl_join_handle(void) last;
            fl_sender(piece) tx;
            fl_receiver(piece) rx;

            pipe_make(&tx, &rx);
            fl_auto(tx);
            fl_shared_receiver(piece) shared = fl_share(fl_move(rx));
            fl_auto(shared);
            for (long i = 0; sends && i < pipe_capacity; i++)
                panics_must(fl_try_send(tx, piece_new()) == FL_OK);
            for (unsigned i = 0; i < panics_width; i++) {
                if (sends)
                    fl_spawn_in(s, send_asleep, fl_clone(tx), i);
                else
                    fl_spawn_in(s, receive_asleep, fl_clone(shared), i);
            }
            last = sends ? fl_spawn_in(s, last_receiver, fl_move(shared)) : fl_spawn_in(s, last_sender, fl_move(tx));
            fl_drop(tx);
            fl_drop(shared);
            (void)lived(fl_join(last));
        }
    }
}

/* ---- a value that nobody wants: of a rendezvous, who comes second drops it, and the other goes on ---- */

static FL_ATOMIC(int) unwanted_by_select;

FL_THREAD_FN(void, want_none, fl_receiver(piece), rx)
{
    fl_auto(rx);
    sleeper_is_me(&sleepers[0]);
    if (fl_load_relaxed(&unwanted_by_select))
        panics_must(fl_select(fl_on_recv(rx, NULL)) == 0 && fl_selected() == FL_OK);
    else
        panics_must(fl_recv(rx, NULL) == FL_OK);
}
FL_THREAD_FN(void, send_unwanted, fl_sender(piece), tx)
{
    fl_auto(tx);
    wait_until_asleep(&sleepers[0]);
    drops_at("the sender drops it") panics_must(fl_send(tx, piece_new()) == FL_OK);
}
FL_THREAD_FN(void, offer, fl_sender(piece), tx)
{
    piece p = piece_new();

    fl_auto(tx);
    fl_auto(p);
    sleeper_is_me(&sleepers[0]);
    if (fl_load_relaxed(&unwanted_by_select))
        panics_must(fl_select(fl_on_send(tx, &p)) == 0 && fl_selected() == FL_OK);
    else
        panics_must(fl_send_or(tx, &p) == FL_OK);
    panics_must(!p.number);
}
FL_THREAD_FN(void, decline, fl_receiver(piece), rx)
{
    fl_auto(rx);
    wait_until_asleep(&sleepers[0]);
    drops_at("the receiver drops it") panics_must(fl_recv(rx, NULL) == FL_OK);
}

static void unwanted(void)
{
    for (int way = 0; way < 4; way++) {
        fl_store_relaxed(&sleepers[0], 0);
        fl_store_relaxed(&unwanted_by_select, way / 2);
        fl_scope (s) {
            fl_join_handle(void) first, second;
            fl_sender(piece) tx;
            fl_receiver(piece) rx;

            fl_sync_channel(&tx, &rx, 0);
            if (way % 2) {
                first = fl_spawn_in(s, offer, fl_move(tx));
                second = fl_spawn_in(s, decline, fl_move(rx));
            } else {
                first = fl_spawn_in(s, want_none, fl_move(rx));
                second = fl_spawn_in(s, send_unwanted, fl_move(tx));
            }
            (void)lived(fl_join(second));
            fl_unwrap(fl_join(first)); /* whose peer may have died */
        }
    }
}

/* ---- a thread between two channels ---- */

FL_THREAD_FN(void, forward, fl_receiver(piece), a, fl_receiver(piece), b, fl_sender(piece), out)
{
    fl_auto(a);
    fl_auto(b);
    fl_auto(out);
    while (a || b) {
        piece p = { 0 };
        fl_auto(p);
        int which = fl_select(fl_on_recv(a, &p), fl_on_recv(b, &p));

        if (fl_selected() == FL_CLOSED) {
            if (which == 0)
                fl_drop(a);
            else
                fl_drop(b);
            continue;
        }
        point("between a select that receives and one that sends");
        panics_must(fl_select(fl_on_send(out, &p), fl_on_timeout(fl_secs(1000))) == 0);
        if (fl_selected() == FL_CLOSED)
            return;
        point("after the select that sends");
    }
}
FL_THREAD_FN(void, feed, fl_sender(piece), tx)
{
    fl_auto(tx);
    for (unsigned i = 0; i < panics_rounds; i++) {
        point("who feeds the selects");
        if (fl_send(tx, piece_new()) != FL_OK)
            return;
    }
}
FL_THREAD_FN(void, eat, fl_receiver(piece), rx)
{
    fl_auto(rx);
    fl_for_each (got, rx) {
        (void)got;
        point("who eats what the selects pass on");
    }
}

static void selecting(void)
{
    fl_scope (s) {
        fl_join_handle(void) h[4];
        fl_sender(piece) a, b, out;
        fl_receiver(piece) from_a, from_b, from_out;

        pipe_make(&a, &from_a);
        pipe_make(&b, &from_b);
        pipe_make(&out, &from_out);
        h[0] = fl_spawn_in(s, feed, fl_move(a));
        h[1] = fl_spawn_in(s, feed, fl_move(b));
        h[2] = fl_spawn_in(s, forward, fl_move(from_a), fl_move(from_b), fl_move(out));
        h[3] = fl_spawn_in(s, eat, fl_move(from_out));
        for (int i = 0; i < 4; i++)
            (void)lived(fl_join(h[i]));
    }
}

FL_THREAD_FN(void, follow_the_time, int, unused)
{
    fl_receiver(struct fl_instant) tick = fl_tick(fl_micros(100));

    (void)unused;
    fl_auto(tick);
    for (int i = 0; i < 2; i++) {
        fl_receiver(struct fl_instant) after = fl_after(fl_micros(100));
        fl_auto(after);
        panics_must(fl_recv(after, NULL) == FL_OK);
        point("who has two timers");
        panics_must(fl_select(fl_on_recv(tick, NULL), fl_on_recv(after, NULL)) == 0);
    }
}
static void timers(void)
{
    fl_scope (s) {
        fl_join_handle(void) h[64];
        for (unsigned i = 0; i < panics_width; i++)
            h[i] = fl_spawn_in(s, follow_the_time, 0);
        for (unsigned i = 0; i < panics_width; i++)
            (void)lived(fl_join(h[i]));
    }
}

/* ---- the table ---- */

#define PIPE(run, kind, capacity, shared)                                                          \
    static void run##_##kind(void)                                                                 \
    {                                                                                              \
        pipe_capacity = (capacity);                                                                \
        pipe_is_shared = (shared);                                                                 \
        run();                                                                                     \
    }
#define PIPES(run)                                                                                 \
    PIPE(run, list, UNBOUNDED_, false)                                                             \
    PIPE(run, ring_of_1, 1, false)                                                                 \
    PIPE(run, ring_of_3, 3, false)                                                                 \
    PIPE(run, rendezvous, 0, false)
PIPES(traffic)
PIPE(traffic, shared_list, UNBOUNDED_, true)
PIPE(traffic, shared_ring, 1, true)
PIPE(traffic, shared_rendezvous, 0, true)
PIPES(departing_receiver)
PIPES(last_of_a_side)
PIPES(selecting)

#define SENDER_POINTS "a sender, before it sends", "a sender that holds a value", "a sender, after it has sent"
#define TRAFFIC_POINTS                                                                             \
    { SENDER_POINTS, "a receiver that holds a value", "a receiver in fl_for_each", "a drop in fl_recv(rx, NULL)", \
      "a drop in a select" }
#define TRAFFIC_POINTS_0                                                                           \
    { SENDER_POINTS, "a receiver that holds a value", "a receiver in fl_for_each", "maybe a drop in fl_recv(rx, NULL)", \
      "maybe a drop in a select", "maybe a drop in fl_send, of a rendezvous" }
#define DEPARTING_POINTS                                                                           \
    { "a receiver, before it goes", "a receiver, after it has gone", "a drop of what is refused", \
      "a sender, after it was refused", "a drop of what nobody received" }
#define DEPARTING_POINTS_0                                                                         \
    { "a receiver, before it goes", "a receiver, after it has gone", "a drop of what is refused", \
      "a sender, after it was refused" }
#define LAST_SENDER "the last sender, while all receivers sleep"
#define LAST_POINTS { LAST_SENDER, "the last receiver, while all senders sleep" }
#define SELECT_POINTS                                                                              \
    { "between a select that receives and one that sends", "after the select that sends", "who feeds the selects", \
      "who eats what the selects pass on" }

static const struct protocol channel_protocols[] = {
    { "traffic, list", traffic_list, TRAFFIC_POINTS },
    { "traffic, ring of 1", traffic_ring_of_1, TRAFFIC_POINTS },
    { "traffic, ring of 3", traffic_ring_of_3, TRAFFIC_POINTS },
    { "traffic, rendezvous", traffic_rendezvous, TRAFFIC_POINTS_0 },
    { "traffic, shared list", traffic_shared_list, TRAFFIC_POINTS },
    { "traffic, shared ring", traffic_shared_ring, TRAFFIC_POINTS },
    { "traffic, shared rendezvous", traffic_shared_rendezvous, TRAFFIC_POINTS_0 },
    { "the receiver goes, list", departing_receiver_list, DEPARTING_POINTS },
    { "the receiver goes, ring of 1", departing_receiver_ring_of_1, DEPARTING_POINTS },
    { "the receiver goes, ring of 3", departing_receiver_ring_of_3, DEPARTING_POINTS },
    { "the receiver goes, rendezvous", departing_receiver_rendezvous, DEPARTING_POINTS_0 },
    { "the last of a side, list", last_of_a_side_list, { LAST_SENDER } },
    { "the last of a side, ring of 1", last_of_a_side_ring_of_1, LAST_POINTS },
    { "the last of a side, ring of 3", last_of_a_side_ring_of_3, LAST_POINTS },
    { "the last of a side, rendezvous", last_of_a_side_rendezvous, LAST_POINTS },
    { "unwanted, rendezvous", unwanted, { "the sender drops it", "the receiver drops it" } },
    { "select, lists", selecting_list, SELECT_POINTS },
    { "select, rings of 1", selecting_ring_of_1, SELECT_POINTS },
    { "select, rings of 3", selecting_ring_of_3, SELECT_POINTS },
    { "select, rendezvous", selecting_rendezvous, SELECT_POINTS },
    { "timers", timers, { "who has two timers" } },
};

#endif
