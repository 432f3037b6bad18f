/* The rendezvous channel: no slots; a value goes straight from who sends to who receives, and both wait for it.
 *
 * Algorithm. Two queues of waiting entries under one lock, as in Go's unbuffered channels. Who comes and finds somebody
 * waiting on the other side chooses the first that can be chosen (chan_wait.c: one compare-and-set on the context,
 * which a select shares among its entries), takes it out, and transfers the value between its own place and the place
 * that the entry names, without the lock: both stay where they are until it says done. Otherwise it waits itself.
 *
 * The words
 *   closed   0, then 1, under the lock: one of the sides is gone.
 *   queue[]  who waits to send, who waits to receive. Both may be in use: a select that sends and receives here is in
 *            both and must not meet itself, and contexts may have been chosen by somebody else meanwhile.
 *
 * Who may call what: any thread sends and receives (so a shared receiver is no case of its own).
 *
 * Linearisation points: of a transfer, the compare-and-set in fl_wait_choose_, for both; of finding nobody, the
 * unlocking after the search; of closing, the store to closed.
 *
 * Ordering
 *   [Z] closed is written under the lock, and read under it; a look without it is only a reason to look again.
 *   What orders the value is [K] in chan_wait.c, and the lock, [M].
 *   No wake-up is lost, because to look for a peer and to enter the queue are one step under the lock.
 *
 * Progress: blocks. The lock is held for a few instructions, never while user code runs. Two selects that both find the
 * other waiting both stop to wait and try again; who tries first, wins, and the order of the tries is random.
 *
 * Tests: tests/rt/unit/test_channel_rendezvous.c, tests/rt/stress/stress_channel_rendezvous.c. */
#include "chan.h"

static enum fl_side other(enum fl_side side)
{
    return side == FL_SIDE_SEND_ ? FL_SIDE_RECV_ : FL_SIDE_SEND_;
}

/* ---- the transfer ---- */

struct transfer {
    struct fl_wait_entry *peer;
};

/* As a cleanup: the peer goes on also if the drop of a value that nobody wants panicked. */
static void end_transfer(struct transfer *t)
{
    fl_wait_done_(t->peer);
}

static void transfer(struct fl_chan *chan, enum fl_side side, void *mine, struct fl_wait_entry *peer)
{
    __attribute__((cleanup(end_transfer))) struct transfer t = { peer };
    void *from = side == FL_SIDE_SEND_ ? mine : peer->value;
    void *to = side == FL_SIDE_SEND_ ? peer->value : mine;

    if (to)
        fl_copy_value_(to, from, chan->element.size);
    else if (chan->element.drop)
        chan->element.drop(from);
    (void)t;
}

/* ---- under the lock ---- */

static bool is_closed(const struct fl_chan *chan)
{
    return fl_load_relaxed(&chan->zero.closed); /* relaxed: [Z] */
}

/* The first on that side that could be chosen, and is not the same select. */
static struct fl_wait_entry *find_peer(struct fl_chan *chan, enum fl_side side, const struct fl_wait_context *self)
{
    struct fl_wait_entry *first = chan->queue[side], *entry = first;

    if (!first)
        return NULL;
    do {
        if (entry->context != self && !fl_wait_is_chosen_(entry->context))
            return entry;
        entry = entry->next;
    } while (entry != first);
    return NULL;
}

/* Takes out the first on that side that can be chosen. */
static struct fl_wait_entry *choose_peer(struct fl_chan *chan, enum fl_side side)
{
    struct fl_wait_entry *peer;

    while ((peer = find_peer(chan, side, NULL))) { /* each time round, one more is chosen by somebody else */
        if (fl_wait_choose_(peer)) {
            fl_chan_dequeue_(chan, side, peer);
            break;
        }
    }
    return peer;
}

/* ---- trying, waiting ---- */

static fl_status nobody(enum fl_side side)
{
    return side == FL_SIDE_SEND_ ? FL_FULL : FL_EMPTY;
}

/* Meets a peer that waits; if there is none, gives FL_FULL or FL_EMPTY, and `entry` (unless it is NULL) waits. */
static fl_status meet(struct fl_chan *chan, enum fl_side side, void *value, struct fl_wait_entry *entry)
{
    struct fl_wait_entry *peer;

    fl_small_lock_(&chan->waiting_lock);
    if (is_closed(chan)) {
        fl_small_unlock_(&chan->waiting_lock);
        return FL_CLOSED;
    }
    peer = choose_peer(chan, other(side));
    if (!peer && entry)
        fl_chan_enqueue_(chan, side, entry);
    fl_small_unlock_(&chan->waiting_lock);
    if (!peer)
        return nobody(side);
    transfer(chan, side, value, peer);
    return FL_OK;
}

fl_status fl_zero_try_(struct fl_chan *chan, enum fl_side side, void *value)
{
    return meet(chan, side, value, NULL);
}

/* What the peer reads and writes of ours, in one cache line, and a small value with it: the way of a line from one CPU to
 * the other is most of what a rendezvous costs. */
struct waiter {
    _Alignas(FL_CACHE_LINE_) struct fl_wait_context context;
    struct fl_wait_entry entry;
    uint64_t small;
};
_Static_assert(sizeof(struct waiter) == FL_CACHE_LINE_, "a waiter is one cache line");

/* Spins for a moment: the peer may be on its way. */
static void spin_for_a_peer(struct fl_chan *chan, enum fl_side side, struct fl_wait_context *context)
{
    struct fl_looks looks = fl_looks_begin_(&chan->patience[side]);

    do {
        if (fl_wait_is_chosen_(context)) {
            fl_looks_helped_(&looks);
            return;
        }
    } while (fl_looks_again_(&looks));
}

fl_status fl_zero_wait_(struct fl_chan *chan, enum fl_side side, void *value, int64_t deadline_ns)
{
    bool is_small = value && chan->element.size <= sizeof(uint64_t);

    for (;;) {
        struct waiter me = { .entry = { .context = &me.context, .value = is_small ? &me.small : value } };
        bool in_time = true;
        fl_status status;

        fl_wait_open_(&me.context);
        if (is_small && side == FL_SIDE_SEND_)
            memcpy(&me.small, value, chan->element.size);
        status = meet(chan, side, value, &me.entry);
        if (status != nobody(side))
            return status;
        spin_for_a_peer(chan, side, &me.context);
        while (in_time && !fl_wait_is_chosen_(&me.context) && !is_closed(chan))
            in_time = fl_wait_sleep_(&me.context, deadline_ns);
        if (fl_wait_shut_(&me.context) >= 0) { /* and the peer has taken the entry out */
            if (is_small && side == FL_SIDE_RECV_)
                memcpy(value, &me.small, chan->element.size);
            return FL_OK;
        }
        (void)fl_wait_leave_(chan, side, &me.entry);
        if (!in_time)
            return nobody(side);
    }
}

bool fl_zero_watch_(struct fl_chan *chan, enum fl_side side, struct fl_wait_entry *entry)
{
    bool is_ready;

    fl_small_lock_(&chan->waiting_lock);
    fl_chan_enqueue_(chan, side, entry);
    is_ready = is_closed(chan) || find_peer(chan, other(side), entry->context);
    fl_small_unlock_(&chan->waiting_lock);
    return is_ready;
}

void fl_zero_close_(struct fl_chan *chan)
{
    fl_small_lock_(&chan->waiting_lock);
    fl_store_relaxed(&chan->zero.closed, 1); /* relaxed: [Z] */
    fl_small_unlock_(&chan->waiting_lock);
}
