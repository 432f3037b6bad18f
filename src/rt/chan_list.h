/* The unbounded channel's usual send and receive, where they can be inlined: chan_list.c says how it works.
 *
 * A send that finds a slot in the last block, and a receive that finds a value, are all there is here. */
#ifndef FL_RT_CHAN_LIST_H
#define FL_RT_CHAN_LIST_H

#include "chan.h"

/* A position is a word: { block address, slots taken or received, BIG, CLOSED }. How many bits the number of slots has
 * depends on BIG; blocks are aligned so that their addresses leave these bits free. */
#define FL_LIST_CLOSED_ ((uintptr_t)1)
#define FL_LIST_BIG_ ((uintptr_t)2)
#define FL_LIST_ONE_ ((uintptr_t)4) /* one slot */
#define FL_LIST_SMALL_ALIGN_ ((uintptr_t)128)
#define FL_LIST_BIG_ALIGN_ ((uintptr_t)4096)

typedef FL_ATOMIC(uint32_t) fl_list_flag;

struct fl_list_block {
    FL_ATOMIC(struct fl_list_block *) next;
    uint32_t mark; /* what says in this life of the block that a slot has been written */
    bool is_big;
    char slots[]; /* each: the value, then its flag */
};

/* All bits of a position that are not the block's address; without a branch. */
static inline uintptr_t fl_list_low_bits_(uintptr_t position)
{
    const uintptr_t if_big = -((position & FL_LIST_BIG_) / FL_LIST_BIG_);

    return (FL_LIST_SMALL_ALIGN_ - 1) | (if_big & (FL_LIST_BIG_ALIGN_ - 1));
}

static inline struct fl_list_block *fl_list_block_at_(uintptr_t position)
{
    return (struct fl_list_block *)(position & ~fl_list_low_bits_(position));
}

static inline uint32_t fl_list_slot_at_(uintptr_t position)
{
    return (uint32_t)((position & fl_list_low_bits_(position)) / FL_LIST_ONE_);
}

/* No slot is left in the position's block. (Before the first one: of a block at NULL.) */
static inline bool fl_list_is_used_up_(const struct fl_chan *chan, uintptr_t position)
{
    return fl_list_slot_at_(position) == chan->list.slots[(position & FL_LIST_BIG_) != 0];
}

static inline char *fl_list_value_at_(const struct fl_chan *chan, uintptr_t position)
{
    return (char *)fl_list_block_at_(position) + chan->list.first_slot_at +
           fl_list_slot_at_(position) * chan->list.slot_size;
}

static inline fl_list_flag *fl_list_flag_of_(const struct fl_chan *chan, char *value)
{
    return (fl_list_flag *)(void *)(value + chan->list.flag_at);
}

/* The receiver has read the cache lines of the slots that a sender comes to, and the sender's next locked instruction
 * waits until the one it writes has come over. So it asks for them some slots earlier. The address may be
 * anything. (In a ring, which the sender may have gone round, it would take lines that are yet to be read.) */
static inline void fl_list_fetch_to_write_(const char *at)
{
#ifdef __x86_64__
    __asm__ volatile("prefetchw %0" ::"m"(*at)); /* the builtin would ask for it to be read */
#else
    __builtin_prefetch(at, 1);
#endif
}

/* The sender that has taken a slot puts its value there. */
static inline void fl_list_write_(struct fl_chan *chan, uintptr_t position, const void *value)
{
    char *to = fl_list_value_at_(chan, position);

    fl_list_fetch_to_write_(to + 4 * FL_CACHE_LINE_); /* measured with values of 8 bytes */
    fl_copy_value_(to, value, chan->element.size);
    fl_store_release(fl_list_flag_of_(chan, to), fl_list_block_at_(position)->mark); /* [V] */
    fl_chan_wake_one_(chan, FL_SIDE_RECV_);
}

/* False: not so easy; fl_list_send_ knows why. */
static inline bool fl_list_send_at_once_(struct fl_chan *chan, const void *value)
{
    uintptr_t seen = fl_load_relaxed(&chan->list.tail); /* relaxed: the compare-and-set decides */

    if ((seen & FL_LIST_CLOSED_) || fl_list_is_used_up_(chan, seen) ||
        !fl_cas_seq_cst(&chan->list.tail, &seen, seen + FL_LIST_ONE_)) /* [T] [D] */
        return false;
    fl_list_write_(chan, seen, value);
    return true;
}

/* The value at a position in a block, if it has been written; else NULL. */
static inline char *fl_list_written_at_(struct fl_chan *chan, uintptr_t head)
{
    char *value;

    if (fl_list_is_used_up_(chan, head))
        return NULL;
    value = fl_list_value_at_(chan, head);
    return fl_load_acquire(fl_list_flag_of_(chan, value)) == fl_list_block_at_(head)->mark ? value : NULL; /* [V] */
}

/* Takes the value that has been written at the head: into *ret_value, or, for NULL, drops it. */
static inline void fl_list_take_from_(struct fl_chan *chan, uintptr_t head, char *value, void *ret_value)
{
    /* relaxed: others only look; before the drop, which may panic */
    fl_store_relaxed(&chan->list.head, head + FL_LIST_ONE_);
    if (ret_value)
        fl_copy_value_(ret_value, value, chan->element.size);
    else if (chan->element.drop)
        chan->element.drop(value);
}

/* False: not so easy, fl_list_take_ looks further. */
static inline bool fl_list_take_at_once_(struct fl_chan *chan, void *ret_value)
{
    uintptr_t head = fl_load_relaxed(&chan->list.head); /* relaxed: our own */
    char *value = fl_list_written_at_(chan, head);

    if (!value)
        return false;
    fl_list_take_from_(chan, head, value, ret_value);
    return true;
}

#endif
