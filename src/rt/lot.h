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

#include <stdbool.h>
#include <stdint.h>

enum fl_lot_end_ {
    FL_LOT_AWAKE_, /* look again (also for no reason) */
    FL_LOT_OWNER_, /* the word was 0, and is `me` now: it was handed over */
    FL_LOT_LATE_   /* the deadline has passed */
};

/* Sleeps while the word at `address` is not 0, until somebody wakes this address, at most until the deadline. */
enum fl_lot_end_ fl_lot_sleep_(uint32_t *address, uint32_t me, int64_t deadline_ns);

/* The word has been set to 0: wakes the one that has slept longest, if anybody sleeps; now and then makes him the owner at
 * once. The lock's memory is touched only if somebody sleeps for it. (Declared in <fearless/lock.h>: fl_lot_wake_.) */

#endif
