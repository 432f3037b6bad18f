/* The bounded channel: a ring of slots, many senders, one receiver.
 *
 * Algorithm. A ring of slots, each with a stamp that says in which lap it was written, after Dmitry Vyukov's bounded
 * queue and the "array" flavour of crossbeam-channel; but there is one receiver, so its head is its own: it needs no
 * read-modify-write, and it gives a slot back by moving the head on and not by writing to the slot. So a slot's cache
 * line goes one way, from sender to receiver. Senders look at the head only when the ring is full as far as they
 * know: they keep what they saw last (as in Morten Rigtorp's and Facebook's single-producer queues).
 *
 * Positions. tail, head and seen_head are positions: { lap, index of the slot, CLOSED: bit 0 }. The index has as many
 * bits as the capacity needs, the lap has all others; they are plain numbers in the order of time, and two positions
 * are `one_lap` apart exactly when there are `capacity` slots between them. So any capacity from 1 will do.
 *
 * The words
 *   tail       the next slot to be written. (lap, i) -> the next, by the sender that takes slot i, which must be free.
 *              any -> CLOSED: once, by the last sender or by the receiver; no slot is taken afterwards.
 *   head       the next slot to be received; written by the receiver alone, after it has finished with the slot. The
 *              slots from head up to tail are the senders' that took them, then the receiver's; the others are free.
 *              tail - head is at most one_lap, at any time.
 *   seen_head  a head that some sender has seen; the head is there or further. It may even go back, when two senders
 *              store it at once: it is only a reason not to look.
 *   stamp      of a slot: the lap in which it was written last (32 bits of it; 0 at first, laps begin with 1). Written
 *              by the slot's taker, after the value.
 *
 * Who may call what: any thread sends; one thread at a time receives (and closes the receiver), which is the one
 * receiver's or, if it is shared, the one that holds the consumer lock (chan_shared.c); the last sender closes.
 *
 * Linearisation points: send, the compare-and-set on the tail; recv, the store of the head; a full send, the load of a
 * tail that is one lap before the head that is loaded next; an empty recv, the load of a tail that is where the head
 * is; closing, the or on the tail.
 *
 * Ordering
 *   [V] the release store of a stamp pairs with the acquire load in recv: the value's bytes.
 *   [H] the release store of the head pairs with its acquire load in send, and the release store of seen_head, by who
 *       loaded that head, with its acquire load: the receiver has finished with the slots before, which may be written.
 *   [T] the acquire load of the tail, when the ring seems full, pairs with the release of the compare-and-set that
 *       wrote it: the head that allowed that is visible, so that the ring is not called full because of an older one.
 *   [C] the closing or on the tail pairs with loads of the tail: acquire and release. What the last sender sent before
 *       is visible to a receiver that sees CLOSED.
 *   [D] no wake-up is lost (chan_wait.c). A receiver sets `waiting`, then loads tail; a sender changes tail, then loads
 *       `waiting`. And the other way round: a sender sets `waiting`, then loads head (and tail, for CLOSED); the
 *       receiver changes head, then loads `waiting`. All of them seq_cst.
 *
 * Progress: send is lock-free while there is room. recv is wait-free while there are values, but for one thing: a
 * sender that has taken the slot at the head and does not go on is waited for (as in chan_list.c, and as there by
 * try_recv, too). ABA: a position comes again after all its laps: 2^61 / capacity on 64 bits. Reclamation: none, the ring
 * is freed with the channel.
 *
 * The usual send and receive are in chan_ring.h, to be inlined. Tests: tests/rt/unit/test_channel_bounded.c,
 * tests/rt/stress/stress_channel_bounded.c. */
#include "chan_ring.h"
#include "sizes.h"

#include <stdlib.h>

bool fl_ring_init_(struct fl_chan *chan, size_t capacity)
{
    const struct fl_element_ element = chan->element;
    const size_t align = element.align > _Alignof(fl_ring_stamp) ? element.align : _Alignof(fl_ring_stamp);
    size_t bytes, indices = 1;
    int lap_at = 1;

    memset(&chan->ring, 0, sizeof chan->ring);
    while (indices < capacity) {
        indices *= 2;
        lap_at++;
        if (indices > SIZE_MAX / 1024) /* some bits are for the laps */
            return false;
    }
    chan->ring.capacity = capacity;
    chan->ring.one_lap = indices * 2;
    chan->ring.lap_at = (uint8_t)lap_at;
    chan->ring.stamp_at = fl_round_up_(element.size, _Alignof(fl_ring_stamp));
    chan->ring.slot_size = fl_round_up_(chan->ring.stamp_at + sizeof(fl_ring_stamp), align);
    if (chan->ring.slot_size < element.size || /* the size is that of no object there can be */
        __builtin_mul_overflow(capacity, chan->ring.slot_size, &bytes) ||
        __builtin_add_overflow(bytes, align, &bytes) || bytes > PTRDIFF_MAX)
        return false;
    /* zero pages from the system, so that what is not used of a large ring costs nothing; aligned by hand */
    chan->ring.memory = calloc(1, bytes);
    if (!chan->ring.memory)
        return false;
    chan->ring.slots = (char *)fl_round_up_((uintptr_t)chan->ring.memory, align);
    fl_atomic_init(&chan->ring.tail, chan->ring.one_lap);
    fl_atomic_init(&chan->ring.head, chan->ring.one_lap);
    fl_atomic_init(&chan->ring.seen_head, chan->ring.one_lap);
    return true;
}

void fl_ring_destroy_(struct fl_chan *chan)
{
    free(chan->ring.memory);
}

/* ---- sending ---- */

fl_status fl_ring_send_(struct fl_chan *chan, const void *value)
{
    const uintptr_t one_lap = chan->ring.one_lap;
    uintptr_t tail = fl_load_relaxed(&chan->ring.tail); /* relaxed: the compare-and-set decides */

    for (;;) {
        if (tail & FL_RING_CLOSED_)
            return FL_CLOSED;
        if (tail - fl_load_acquire(&chan->ring.seen_head) >= one_lap) { /* [H] full, or we saw an old tail */
            uintptr_t now = fl_load_acquire(&chan->ring.tail);  /* [T] */
            uintptr_t head = fl_load_acquire(&chan->ring.head); /* [H] */

            if (now != tail) {
                tail = now;
                continue;
            }
            if (tail - head == one_lap)
                return FL_FULL;
            fl_store_release(&chan->ring.seen_head, head); /* [H] */
        }
        if (fl_cas_seq_cst(&chan->ring.tail, &tail, fl_ring_after_(chan, tail))) /* [T] [D] */
            break;
    }
    fl_ring_write_(chan, tail, value);
    return FL_OK;
}

bool fl_ring_has_room_(const struct fl_chan *chan)
{
    uintptr_t tail = fl_load_seq_cst(&chan->ring.tail); /* [D] */

    /* the head is loaded after the tail, so that it is never more than one lap behind */
    return (tail & FL_RING_CLOSED_) || tail - fl_load_seq_cst(&chan->ring.head) != chan->ring.one_lap; /* [D] */
}

/* ---- receiving ---- */

/* As a cleanup: also when the value's drop panicked. */
static void give_back(struct fl_chan **chanp)
{
    fl_ring_give_back_(*chanp, fl_load_relaxed(&(*chanp)->ring.head)); /* relaxed: our own */
}

static __attribute__((noinline)) void drop_and_give_back(struct fl_chan *chan, void *value)
{
    __attribute__((cleanup(give_back))) struct fl_chan *back = chan;

    if (chan->element.drop)
        chan->element.drop(value);
    (void)back;
}

bool fl_ring_take_(struct fl_chan *chan, void *ret_value)
{
    char *value;

    if (ret_value)
        return fl_ring_take_at_once_(chan, ret_value);
    value = fl_ring_written_at_(chan, fl_load_relaxed(&chan->ring.head)); /* relaxed: our own */
    if (value)
        drop_and_give_back(chan, value);
    return value != NULL;
}

bool fl_ring_is_written_(struct fl_chan *chan)
{
    return fl_ring_written_at_(chan, fl_load_relaxed(&chan->ring.head)) != NULL; /* relaxed: our own */
}

fl_status fl_ring_why_not_(struct fl_chan *chan)
{
    uintptr_t tail = fl_load_acquire(&chan->ring.tail); /* [C] */

    if ((tail & ~FL_RING_CLOSED_) != fl_load_relaxed(&chan->ring.head)) /* relaxed: our own */
        return FL_WOULD_BLOCK; /* taken, and not written when we looked */
    return tail & FL_RING_CLOSED_ ? FL_CLOSED : FL_EMPTY;
}

bool fl_ring_is_ready_(const struct fl_chan *chan)
{
    return fl_load_seq_cst(&chan->ring.tail) != fl_load_relaxed(&chan->ring.head); /* [D]; relaxed: our own */
}

/* ---- closing ---- */

void fl_ring_close_sender_(struct fl_chan *chan)
{
    fl_or_seq_cst(&chan->ring.tail, FL_RING_CLOSED_); /* [C] [D] */
}

struct draining {
    struct fl_chan *chan;
    uintptr_t end; /* every slot up to here is taken, and its sender will write it, or has */
};

/* As a cleanup, too: when a value's drop panicked, the others are dropped on the way out. */
static void drain(struct draining *d)
{
    struct fl_pause pause = { 0 };

    while (fl_load_relaxed(&d->chan->ring.head) != d->end) { /* relaxed: our own */
        if (fl_ring_take_(d->chan, NULL))
            pause = (struct fl_pause){ 0 };
        else
            (void)fl_pause_(&pause, FL_NEVER_NS_);
    }
}

void fl_ring_close_receiver_(struct fl_chan *chan)
{
    __attribute__((cleanup(drain))) struct draining d = {
        chan, fl_or_seq_cst(&chan->ring.tail, FL_RING_CLOSED_) & ~FL_RING_CLOSED_ /* [C] [D] */
    };

    fl_chan_wake_all_(chan, FL_SIDE_SEND_);
    drain(&d);
}

/* ---- looking ---- */

size_t fl_ring_len_(const struct fl_chan *chan)
{
    const struct fl_ring *ring = &chan->ring;

    for (;;) {
        uintptr_t tail = fl_load_acquire(&ring->tail); /* [T] the head is not older than what allowed this */
        uintptr_t head = fl_load_acquire(&ring->head); /* [H] the tail is not looked at again before */
        uintptr_t laps;

        if (fl_load_relaxed(&ring->tail) != tail) /* relaxed: after the head; both were so at one moment */
            continue;
        laps = (tail >> ring->lap_at) - (head >> ring->lap_at);
        return laps * ring->capacity + fl_ring_index_(chan, tail) - fl_ring_index_(chan, head);
    }
}
