/* The parking lot: who sleeps for a lock, kept beside the lock and not in it.
 *
 * A lock whose owner must look into the lock for waiters *after* it has freed it reads memory that the next owner may
 * have freed already. So the sleepers of all locks stand in a table, in the bucket that the lock's address hashes to,
 * and the owner looks at the bucket's count (<fearless/lock.h> does it inline). A lock itself is one word.
 *
 * The shape is WebKit's parking lot (Filip Pizlo, "Locking in WebKit", 2016), with a count that is read without the
 * bucket's lock. The order between freeing the lock and reading that count is asymmetric.h's. */
#ifndef FL_RT_LOT_H
#define FL_RT_LOT_H

#include <fearless/lock.h>

#include "atomic.h"

#include <stdbool.h>
#include <stdint.h>

/* What for. Wakers look for those of their own kind alone: one that comes late may find a lock of another kind where its
 * own one was, whose word it would not understand. */
enum fl_lot_way_ { FL_LOT_MUTEX_, FL_LOT_WRITER_, FL_LOT_READER_ };

enum fl_lot_end_ {
    FL_LOT_LOOK_AGAIN_, /* woken (also for no reason) */
    FL_LOT_GOT_IT_,     /* the word is `owned` now: it was handed over */
    FL_LOT_LATE_        /* the deadline has passed */
};

/* Does the word at this address keep the caller out? Looked at when it stands in the lot, with fl_word_load_seq_cst_. */
typedef bool fl_lot_must_wait_fn_(uint32_t *address);

/* Sleeps while must_wait, until somebody wakes this address, at most until the deadline. */
enum fl_lot_end_ fl_lot_sleep_(uint32_t *address, enum fl_lot_way_ way, uint32_t owned,
                               fl_lot_must_wait_fn_ *must_wait, int64_t deadline_ns);

/* A mutex's word has been set to 0: wakes the one that has slept longest, if anybody sleeps; now and then makes him the
 * owner at once. The lock's memory is touched only if somebody sleeps for it. (Declared in <fearless/lock.h>: fl_lot_wake_.) */

/* How many sleep, or are about to. For tests. */
unsigned fl_lot_count_(const uint32_t *address, enum fl_lot_way_ way);

/* ---- for locks with another rule who is woken: open a bucket, look, take out, close, let go ---- */

enum fl_lot_state_ { FL_LOT_QUEUED_, FL_LOT_AWAKE_, FL_LOT_OWNER_ };
struct fl_parker;
struct fl_lot_sleeper_ { /* see lot.c */
    struct fl_lot_sleeper_ *before, *next;
    const uint32_t *address;
    uint32_t owned; /* what the word is when it has been handed to this one */
    enum fl_lot_way_ way;
    bool is_listed;
    struct fl_parker *parker;
    FL_ATOMIC(uint32_t) state;
};

struct fl_lot_bucket_ *fl_lot_open_(const uint32_t *address);
void fl_lot_close_(struct fl_lot_bucket_ *bucket);
/* The one that has slept longest. NULL: nobody does. */
struct fl_lot_sleeper_ *fl_lot_first_(struct fl_lot_bucket_ *bucket, const uint32_t *address, enum fl_lot_way_ way);
/* It stays, with its lock, until it is let go, which must follow; its `next` is free to be used. */
void fl_lot_take_out_(struct fl_lot_bucket_ *bucket, struct fl_lot_sleeper_ *sleeper);
/* AWAKE, or OWNER. Rather when the bucket is closed. */
void fl_lot_let_go_(struct fl_lot_sleeper_ *sleeper, enum fl_lot_state_ state);
/* True every half a millisecond: to hand a lock over costs more than to let who is awake have it. */
bool fl_lot_is_time_to_be_fair_(struct fl_lot_bucket_ *bucket);

#endif
