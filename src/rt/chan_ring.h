/* The bounded channel's usual send and receive, where they can be inlined: chan_ring.c says how it works.
 *
 * A send that finds a free slot without a look at the head, and a receive that finds a value, are all there is. */
#ifndef FL_RT_CHAN_RING_H
#define FL_RT_CHAN_RING_H

#include "chan.h"

#define FL_RING_CLOSED_ ((uintptr_t)1)

typedef FL_ATOMIC(uint32_t) fl_ring_stamp;

/* ---- positions ---- */

static inline size_t fl_ring_index_(const struct fl_chan *chan, uintptr_t position)
{
    return (position & (chan->ring.one_lap - 1)) >> 1;
}

static inline uint32_t fl_ring_lap_(const struct fl_chan *chan, uintptr_t position)
{
    return (uint32_t)(position >> chan->ring.lap_at);
}

static inline uintptr_t fl_ring_after_(const struct fl_chan *chan, uintptr_t position)
{
    if (fl_ring_index_(chan, position) + 1 < chan->ring.capacity)
        return position + 2;
    return (position & ~(chan->ring.one_lap - 1)) + chan->ring.one_lap;
}

/* ---- slots ---- */

static inline char *fl_ring_value_at_(const struct fl_chan *chan, uintptr_t position)
{
    return chan->ring.slots + fl_ring_index_(chan, position) * chan->ring.slot_size;
}

static inline fl_ring_stamp *fl_ring_stamp_of_(const struct fl_chan *chan, char *value)
{
    return (fl_ring_stamp *)(void *)(value + chan->ring.stamp_at);
}

/* ---- sending ---- */

/* The sender that has taken a slot puts its value there. */
static inline void fl_ring_write_(struct fl_chan *chan, uintptr_t position, const void *value)
{
    char *to = fl_ring_value_at_(chan, position);

    fl_copy_value_(to, value, chan->element.size);
    fl_store_release(fl_ring_stamp_of_(chan, to), fl_ring_lap_(chan, position)); /* [V] */
    fl_chan_wake_one_(chan, FL_SIDE_RECV_);
}

/* False: not so easy; fl_ring_send_ knows why. */
static inline bool fl_ring_send_at_once_(struct fl_chan *chan, const void *value)
{
    uintptr_t tail = fl_load_relaxed(&chan->ring.tail); /* relaxed: the compare-and-set decides */

    if ((tail & FL_RING_CLOSED_) || tail - fl_load_acquire(&chan->ring.seen_head) >= chan->ring.one_lap || /* [H] */
        !fl_cas_seq_cst(&chan->ring.tail, &tail, fl_ring_after_(chan, tail))) /* [T] [D] */
        return false;
    fl_ring_write_(chan, tail, value);
    return true;
}

/* ---- receiving ---- */

/* The value at the head, if it has been written; else NULL. */
static inline char *fl_ring_written_at_(const struct fl_chan *chan, uintptr_t head)
{
    char *value = fl_ring_value_at_(chan, head);

    return fl_load_acquire(fl_ring_stamp_of_(chan, value)) == fl_ring_lap_(chan, head) ? value : NULL; /* [V] */
}

/* Gives the slot at the head back to the senders. (A store as in asymmetric.h, without a locked instruction, made no
 * difference that could be measured: what a stream waits for is the slots' cache lines.) */
static inline void fl_ring_give_back_(struct fl_chan *chan, uintptr_t head)
{
    fl_store_seq_cst(&chan->ring.head, fl_ring_after_(chan, head)); /* [H] [D] */
    fl_chan_wake_one_(chan, FL_SIDE_SEND_);
}

/* False: there is no value yet, or the value is to be dropped (ret_value is NULL): fl_ring_take_. */
static inline bool fl_ring_take_at_once_(struct fl_chan *chan, void *ret_value)
{
    uintptr_t head = fl_load_relaxed(&chan->ring.head); /* relaxed: our own */
    char *value = fl_ring_written_at_(chan, head);

    if (!value || !ret_value)
        return false;
    fl_copy_value_(ret_value, value, chan->element.size);
    fl_ring_give_back_(chan, head);
    return true;
}

#endif
