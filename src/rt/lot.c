/* The parking lot (lot.h).
 *
 * A bucket
 *   fl_waiters   how many sleepers are in the bucket's list, of any address. Changed under the bucket's lock, read
 *                without it by who frees a lock. Too high: a look into the list for nothing. Never too low.
 *   fl_sleepers  the list, oldest first, under the bucket's lock (small_lock.h).
 *   fl_fair_at   the time from when on a waker hands the lock over, under the bucket's lock.
 *   A sleeper lives on the stack of its thread. Its `state`, written under the bucket's lock: QUEUED by itself, and when it
 *   is taken out of the list AWAKE, or OWNER with the lock's word set from 0 to its number; AWAKE, too, when it leaves by
 *   itself. Illegal: OWNER for one that has left.
 *
 * Who may call what: anybody, anything; never while holding a bucket.
 *
 * Linearisation points: going to sleep, the increment of fl_waiters; waking, the store of AWAKE or OWNER.
 *
 * Ordering
 *   [W] no wake-up is lost. The sleeper increments fl_waiters, has the barrier of asymmetric.h, then looks at the word; who
 *       frees the lock stores 0 there, then (asymmetric.h) loads fl_waiters. One of them sees the other. Every later
 *       unlock sees the count, too, as long as the sleeper is in the list: so a sleeper that is not woken by this unlock
 *       is by the next. A sleeper that is taken out and then finds the lock taken again, or gives up because its time
 *       is over, needs to tell nobody: the new owner's unlock will look.
 *   [Q] the release store of AWAKE or OWNER pairs with the sleeper's acquire load: the waker does not touch the sleeper's
 *       record any more (it wakes through the parker, which is never freed). With OWNER it carries [L] of mutex.c, too:
 *       the waker's compare-and-set from 0 has acquired what was done under the lock.
 *
 * Progress: blocking, by the bucket's lock. Who is woken competes with who comes, and would lose for ever against a thread
 * that takes the lock again at once; so every half a millisecond a waker does not wake but hand over. ("Eventual fairness",
 * as in parking_lot by Amanieu d'Antras.) ABA, reclamation: an address is only compared, and followed only while the
 * bucket's lock keeps a sleeper there, who is using the lock; a lock that is freed and another one in its place share
 * their sleepers at worst for one wake-up.
 *
 * Tests: tests/rt/unit/test_mutex.c, tests/rt/stress/stress_mutex.c. */
#include "lot.h"

#include "asymmetric.h"
#include "park.h"
#include "small_lock.h"

#include <stddef.h>

struct fl_lot_sleeper_ {
    struct fl_lot_sleeper_ *next;
    const uint32_t *address;
    uint32_t me; /* the thread's number */
    struct fl_parker *parker;
    FL_ATOMIC(uint32_t) state;
};
enum { QUEUED, AWAKE, OWNER };

enum { FAIR_AFTER_NS = 500 * 1000 };

struct fl_lot_bucket_ fl_lot_[FL_LOT_BUCKETS_];

static struct fl_small_lock *lock_of(struct fl_lot_bucket_ *bucket)
{
    _Static_assert(sizeof(struct fl_small_lock) == sizeof bucket->fl_lock, "see <fearless/lock.h>");
    return (struct fl_small_lock *)(void *)&bucket->fl_lock;
}

/* ---- the list, under the bucket's lock ---- */

static void append(struct fl_lot_bucket_ *bucket, struct fl_lot_sleeper_ *sleeper)
{
    if (bucket->fl_first)
        bucket->fl_last->next = sleeper;
    else
        bucket->fl_first = sleeper;
    bucket->fl_last = sleeper;
    (void)fl_add_seq_cst(&bucket->fl_waiters, 1); /* [W] */
}

/* Takes out the one behind `before` (NULL: the first), who then is AWAKE or OWNER, and may be gone. */
static void take_out(struct fl_lot_bucket_ *bucket, struct fl_lot_sleeper_ *before, struct fl_lot_sleeper_ *sleeper,
                     uint32_t state)
{
    if (before)
        before->next = sleeper->next;
    else
        bucket->fl_first = sleeper->next;
    if (bucket->fl_last == sleeper)
        bucket->fl_last = before;
    (void)fl_sub_relaxed(&bucket->fl_waiters, 1); /* relaxed: too high for a moment is legal */
    fl_store_release(&sleeper->state, state);      /* [Q] */
}

static void leave(struct fl_lot_bucket_ *bucket, struct fl_lot_sleeper_ *self)
{
    fl_small_lock_(lock_of(bucket));
    for (struct fl_lot_sleeper_ *before = NULL, *s = bucket->fl_first; s; before = s, s = s->next)
        if (s == self) {
            take_out(bucket, before, s, AWAKE);
            break;
        }
    fl_small_unlock_(lock_of(bucket));
}

/* ---- sleeping and waking ---- */

/* Until it has been taken out of the list, or the word is 0, or the deadline has passed (then false). */
static bool wait_in_line(struct fl_lot_sleeper_ *self, int64_t deadline_ns, bool sure)
{
    while (fl_load_acquire(&self->state) == QUEUED) { /* [Q] */
        int64_t until = deadline_ns;

        if (!sure) { /* no barrier: we may have to find out by ourselves */
            int64_t soon = fl_now().fl_ns + FL_ASYMMETRIC_NAP_NS_;

            if (fl_word_load_seq_cst_(self->address) == 0) /* [W] */
                return true;
            until = soon < deadline_ns ? soon : deadline_ns;
        }
        if (!fl_parker_wait_(self->parker, until) && until == deadline_ns)
            return false;
    }
    return true;
}

enum fl_lot_end_ fl_lot_sleep_(uint32_t *address, uint32_t me, int64_t deadline_ns)
{
    struct fl_lot_bucket_ *bucket = fl_lot_bucket_of_(address);
    struct fl_lot_sleeper_ self = { NULL, address, me, fl_parker_self_(), FL_ATOMIC_INIT(QUEUED) };
    bool in_time = true, sure;

    fl_small_lock_(lock_of(bucket));
    append(bucket, &self);
    fl_small_unlock_(lock_of(bucket));
    sure = fl_asymmetric_barrier_();         /* [W] */
    if (fl_word_load_seq_cst_(address) != 0) /* [W] */
        in_time = wait_in_line(&self, deadline_ns, sure);
    if (fl_load_acquire(&self.state) == QUEUED) /* [Q] */
        leave(bucket, &self);
    if (fl_load_acquire(&self.state) == OWNER) /* [Q] perhaps while we were leaving */
        return FL_LOT_OWNER_;
    return in_time ? FL_LOT_AWAKE_ : FL_LOT_LATE_;
}

/* Only while a sleeper for this address is in the list: it keeps the lock's memory. */
static bool hand_over(struct fl_lot_bucket_ *bucket, uint32_t *address, uint32_t to)
{
    int64_t now = fl_now().fl_ns;
    uint32_t nobody = 0;

    if (now < bucket->fl_fair_at)
        return false;
    bucket->fl_fair_at = now + FAIR_AFTER_NS;
    return fl_word_cas_acquire_(address, &nobody, to); /* [L] as if the sleeper did it */
}

void fl_lot_wake_(uint32_t *address)
{
    struct fl_lot_bucket_ *bucket = fl_lot_bucket_of_(address);
    struct fl_parker *parker = NULL;

    fl_small_lock_(lock_of(bucket));
    for (struct fl_lot_sleeper_ *before = NULL, *s = bucket->fl_first; s; before = s, s = s->next)
        if (s->address == address) {
            parker = s->parker; /* first: behind take_out the sleeper may be gone */
            take_out(bucket, before, s, hand_over(bucket, address, s->me) ? OWNER : AWAKE);
            break;
        }
    fl_small_unlock_(lock_of(bucket));
    if (parker)
        fl_parker_wake_(parker);
}
