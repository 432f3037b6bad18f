/* The channels of the runtime, from the inside: channel.c has what the ends of all kinds share, one file per
 * algorithm (chan_list.c, the unbounded one) has the rest. */
#ifndef FL_RT_CHAN_H
#define FL_RT_CHAN_H

#include <fearless/channel.h>

#include "atomic.h"

#include <stddef.h>

#define FL_CACHE_LINE_ 64

/* ---- the list (chan_list.c, where each word is explained) ---- */

struct fl_list_block;

struct fl_list {
    /* written once, or seldom */
    struct fl_element_ element;
    size_t slot_size, flag_at, block_size;
    uint32_t slots; /* per block: 1 to FL_LIST_SLOTS_MOST_ */
    FL_ATOMIC(struct fl_parker *) sleeper;
    FL_ATOMIC(struct fl_list_block *) first;
    FL_ATOMIC(struct fl_list_block *) spare;

    /* the senders' */
    _Alignas(FL_CACHE_LINE_) FL_ATOMIC(uintptr_t) tail;
    FL_ATOMIC(size_t) blocks_sent;

    /* the receiver's */
    _Alignas(FL_CACHE_LINE_) FL_ATOMIC(uintptr_t) head;
    FL_ATOMIC(size_t) blocks_received;
    int spin_budget;
};

/* 31 slots of a block and "full" fit into 5 bits of a block's address. */
#define FL_LIST_SLOTS_MOST_ 31u

/* slots: 0 for what fits the element's size best, or a number (tests use tiny blocks). */
void fl_list_init_(struct fl_list *list, struct fl_element_ element, uint32_t slots);
/* After both ends are closed. */
void fl_list_destroy_(struct fl_list *list);

/* FL_OK, FL_CLOSED, FL_NO_MEMORY. The value is copied on FL_OK, untouched otherwise. */
fl_status fl_list_send_(struct fl_list *list, const void *value);
/* FL_OK, FL_CLOSED; FL_EMPTY when nothing came until the deadline. INT64_MIN: does not wait. NULL: drops the value. */
fl_status fl_list_recv_(struct fl_list *list, void *ret_value, int64_t deadline_ns);

/* The last sender is gone: wakes the receiver. */
void fl_list_close_sender_(struct fl_list *list);
/* The receiver is gone: what is in the list is dropped. */
void fl_list_close_receiver_(struct fl_list *list);

size_t fl_list_len_(const struct fl_list *list);
bool fl_list_is_empty_(const struct fl_list *list);

/* ---- what both ends of a channel point to (channel.c) ---- */

struct fl_chan {
    FL_ATOMIC(size_t) senders; /* handles */
    FL_ATOMIC(uint32_t) sides; /* 2: somebody sends and somebody receives; the last side frees it */
    struct fl_list list;
};

/* For tests: a channel with so many slots in a block (0: as fl_channel). NULL when there is no memory. */
struct fl_chan *fl_chan_new_(struct fl_element_ element, uint32_t slots);

#endif
