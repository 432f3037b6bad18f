/* The channels of the runtime, from the inside.
 *
 *     channel.c      the calls behind <fearless/channel.h>: making, cloning, dropping, and which kind does what
 *     chan_list.c    unbounded: a list of blocks (chan_list.h: what is inlined)
 *     chan_ring.c    bounded: a ring of slots (chan_ring.h)
 *     chan_zero.c    rendezvous: no slot at all, a value goes from hand to hand
 *     chan_time.c    after, tick, never: receivers that nobody sends to
 *     chan_shared.c  receivers that have many owners (fl_share)
 *     chan_wait.c    how senders and receivers sleep and are woken, one by one or in a select
 *     select.c       waiting for one of many
 *
 * Sender and receiver handles all are the address of one struct fl_chan. Which algorithm it is stands in its kind,
 * and the calls branch on that: no table of functions, so that the usual kinds cost one predicted branch. */
#ifndef FL_RT_CHAN_H
#define FL_RT_CHAN_H

#include <fearless/channel.h>

#include "atomic.h"
#include "chan_wait.h"

#include <stddef.h>
#include <string.h>

#define FL_CACHE_LINE_ 64

enum fl_chan_kind {
    FL_CHAN_LIST_,
    FL_CHAN_RING_,
    FL_CHAN_ZERO_,
    FL_CHAN_AFTER_,
    FL_CHAN_TICK_,
    FL_CHAN_NEVER_,
    FL_CHAN_SHARED_ /* only as what `taking` says: a list or a ring with many receivers */
};

/* ---- what each kind has (its file explains each word) ---- */

struct fl_list_block;

struct fl_list {
    /* written once, or seldom; what a send needs first */
    size_t slot_size, flag_at, first_slot_at;
    uint32_t slots[2]; /* of a small block, and of a big one, which has more if the elements are small enough */
    FL_ATOMIC(struct fl_list_block *) first;
    FL_ATOMIC(struct fl_list_block *) spare;

    /* the senders' */
    _Alignas(FL_CACHE_LINE_) FL_ATOMIC(uintptr_t) tail;
    FL_ATOMIC(size_t) sent_before; /* slots of the blocks before the last one */

    /* the receiver's */
    _Alignas(FL_CACHE_LINE_) FL_ATOMIC(uintptr_t) head;
    FL_ATOMIC(size_t) received_before; /* slots of the blocks before this one */
};

struct fl_ring {
    /* written once */
    size_t slot_size, stamp_at;
    char *slots;
    uintptr_t one_lap;
    uint8_t lap_at; /* the lap's lowest bit in a position */
    size_t capacity;
    void *memory; /* what slots are in */

    /* the senders' */
    _Alignas(FL_CACHE_LINE_) FL_ATOMIC(uintptr_t) tail;
    FL_ATOMIC(uintptr_t) seen_head;

    /* the receiver's */
    _Alignas(FL_CACHE_LINE_) FL_ATOMIC(uintptr_t) head;
};

struct fl_zero {
    FL_ATOMIC(uint8_t) closed;
};

struct fl_time {
    int64_t period_ns;        /* of a tick */
    FL_ATOMIC(int64_t) at_ns; /* when it fires next; FL_NEVER_NS_: not any more */
};

/* ---- what both ends of a channel point to ---- */

struct fl_chan {
    /* for cloning, dropping, sleeping */
    FL_ATOMIC(size_t) senders;   /* handles */
    FL_ATOMIC(size_t) receivers; /* handles; counted once it is shared */
    FL_ATOMIC(uint32_t) sides;   /* 2: somebody sends and somebody receives; the last side frees it */
    struct fl_patience patience[2]; /* per side: how it waits before it sleeps */
    struct fl_small_lock consumer; /* chan_shared.c: held by the one receiver that takes, never while it sleeps */
    struct fl_small_lock waiting_lock; /* over the two queues */
    struct fl_wait_entry *queue[2];    /* per side; a ring, its first */

    /* for every send and receive; seldom written */
    _Alignas(FL_CACHE_LINE_) uint8_t kind; /* enum fl_chan_kind */
    uint8_t taking;                        /* the same, or FL_CHAN_SHARED_: for receivers, who alone may write it */
    FL_ATOMIC(uintptr_t) waiting[2];       /* per side: is anybody asleep? see chan_wait.c */
    struct fl_element_ element;
    union {
        struct fl_list list;
        struct fl_ring ring;
        struct fl_zero zero;
        struct fl_time time;
    };
};

/* Most values are small, and a call of memcpy costs as much as the rest of a send. */
static inline void fl_copy_value_(void *to, const void *from, size_t size)
{
    switch (size) {
    case 0:
        break;
    case 4:
        memcpy(to, from, 4);
        break;
    case 8:
        memcpy(to, from, 8);
        break;
    case 16:
        memcpy(to, from, 16);
        break;
    default:
        memcpy(to, from, size);
    }
}

/* ---- waking (chan_wait.c) ---- */

void fl_chan_wake_slow_(struct fl_chan *chan, enum fl_side side, bool all);

/* Wakes one (all) who may wait on that side of the channel. The change that they wait for comes before, as a seq_cst
 * operation: [D] in chan_wait.c. */
static inline void fl_chan_wake_one_(struct fl_chan *chan, enum fl_side side)
{
    if (fl_load_seq_cst(&chan->waiting[side])) /* [D] */
        fl_chan_wake_slow_(chan, side, false);
}
static inline void fl_chan_wake_all_(struct fl_chan *chan, enum fl_side side)
{
    if (fl_load_seq_cst(&chan->waiting[side])) /* [D] */
        fl_chan_wake_slow_(chan, side, true);
}

/* ---- the algorithms. Values are copied on FL_OK, untouched otherwise; a ret_value of NULL drops what is taken. ---- */

/* slots: 0 for what fits the element's size best, or a number (tests use tiny blocks). */
void fl_list_init_(struct fl_chan *chan, uint32_t slots);
void fl_list_destroy_(struct fl_chan *chan);
fl_status fl_list_send_(struct fl_chan *chan, const void *value); /* FL_OK, FL_CLOSED, FL_NO_MEMORY */
bool fl_list_take_(struct fl_chan *chan, void *ret_value);        /* one thread at a time, this and the next two */
bool fl_list_is_written_(struct fl_chan *chan);                   /* would it take something? */
fl_status fl_list_why_not_(struct fl_chan *chan); /* FL_EMPTY, FL_CLOSED, FL_WOULD_BLOCK: a sender is half-way */
bool fl_list_is_empty_(const struct fl_chan *chan);
size_t fl_list_len_(const struct fl_chan *chan);
bool fl_list_is_ready_(const struct fl_chan *chan); /* not empty, or closed; ordered after waiting is set, [D] */
void fl_list_close_sender_(struct fl_chan *chan);   /* marks it; channel.c wakes */
void fl_list_close_receiver_(struct fl_chan *chan); /* marks it, and drops what is in it */

/* The same for the ring. False: no memory, or such a ring cannot be. */
bool fl_ring_init_(struct fl_chan *chan, size_t capacity);
void fl_ring_destroy_(struct fl_chan *chan);
fl_status fl_ring_send_(struct fl_chan *chan, const void *value); /* FL_OK, FL_CLOSED, FL_FULL */
bool fl_ring_has_room_(const struct fl_chan *chan);               /* or is closed; ordered, [D] */
bool fl_ring_take_(struct fl_chan *chan, void *ret_value);
bool fl_ring_is_written_(struct fl_chan *chan);
fl_status fl_ring_why_not_(struct fl_chan *chan);
bool fl_ring_is_ready_(const struct fl_chan *chan);
size_t fl_ring_len_(const struct fl_chan *chan);
void fl_ring_close_sender_(struct fl_chan *chan);
void fl_ring_close_receiver_(struct fl_chan *chan);

/* Rendezvous: both sides alike. FL_OK, FL_CLOSED; FL_FULL or FL_EMPTY: nobody waits on the other side (until the
 * deadline). value: what to send, or where to receive into. */
fl_status fl_zero_try_(struct fl_chan *chan, enum fl_side side, void *value);
fl_status fl_zero_wait_(struct fl_chan *chan, enum fl_side side, void *value, int64_t deadline_ns);
bool fl_zero_watch_(struct fl_chan *chan, enum fl_side side, struct fl_wait_entry *entry);
void fl_zero_close_(struct fl_chan *chan);

/* For a channel whose `taking` is FL_CHAN_SHARED_. FL_OK, or the reason as from fl_list_why_not_. */
fl_status fl_shared_take_(struct fl_chan *chan, void *ret_value);
bool fl_shared_is_ready_(struct fl_chan *chan);

/* chan_time.c: after, tick, never. Nobody wakes those who wait for them; there is nothing to register with. */
static inline bool fl_chan_is_timer_(const struct fl_chan *chan)
{
    return chan->kind == FL_CHAN_AFTER_ || chan->kind == FL_CHAN_TICK_ || chan->kind == FL_CHAN_NEVER_;
}
fl_status fl_time_recv_(struct fl_chan *chan, void *ret_instant, int64_t deadline_ns); /* FL_OK, FL_EMPTY */
bool fl_time_is_due_(const struct fl_chan *chan);
int64_t fl_time_due_ns_(const struct fl_chan *chan); /* when a receive will succeed; FL_NEVER_NS_ */
size_t fl_time_capacity_(const struct fl_chan *chan);

/* ---- channel.c, for chan_time.c and tests ---- */

/* A channel with the given kind and element, one sender, one receiver. NULL: no memory. */
struct fl_chan *fl_chan_alloc_(enum fl_chan_kind kind, struct fl_element_ element);
/* For tests: an unbounded one with so many slots in a block (0: as fl_channel). NULL when there is no memory. */
struct fl_chan *fl_chan_new_(struct fl_element_ element, uint32_t slots);

/* ---- for select.c: any kind, any side ---- */

/* Without waiting. FL_OK; FL_FULL or FL_EMPTY; FL_CLOSED; FL_NO_MEMORY. */
fl_status fl_chan_try_send_(struct fl_chan *chan, const void *value);
fl_status fl_chan_try_recv_(struct fl_chan *chan, void *ret_value);

/* With waiting: FL_FULL or FL_EMPTY when the deadline passed. */
fl_status fl_chan_send_(struct fl_chan *chan, const void *value, int64_t deadline_ns);
fl_status fl_chan_recv_(struct fl_chan *chan, void *ret_value, int64_t deadline_ns);

/* Registers the entry (context, index, value are filled in) with one side of a channel, then looks. True: do not
 * sleep, a try may succeed, or the channel is closed. False: from now on, something that makes a try worth while
 * leaves a token with the context's parker; or (rendezvous) a peer does the whole transfer itself, from or to the
 * entry's value, and says so in the context. */
bool fl_chan_watch_(struct fl_chan *chan, enum fl_side side, struct fl_wait_entry *entry);
/* Takes the entry out again: once after each watch, whatever it gave, after fl_wait_shut_ of the context and before the
 * entry's memory goes. If the entry had used up a wake-up (which its owner may not need any more), it goes to the next
 * who waits. */
void fl_chan_unwatch_(struct fl_chan *chan, enum fl_side side, struct fl_wait_entry *entry);

/* When a receive may succeed although nobody does anything: after and tick. FL_NEVER_NS_ for all others. */
int64_t fl_chan_due_ns_(const struct fl_chan *chan);

#endif
