/* The parking lot (lot.h).
 *
 * A bucket
 *   fl_waiters   how many sleepers are in the bucket's list, of any address. Changed under the bucket's lock, read
 *                without it by who frees a lock. Too high: a look into the list for nothing. Never too low.
 *   fl_sleepers  the list, oldest first, under the bucket's lock (small_lock.h).
 *   fl_fair_at   the time from when on a waker hands the lock over, under the bucket's lock.
 *   A sleeper lives on the stack of its thread.
 *     is_listed  under the bucket's lock: it is in the list. Cleared by a waker, or by itself when it leaves.
 *     state      QUEUED by itself; AWAKE or OWNER by the waker that took it out of the list, after that and perhaps
 *                without the bucket's lock; AWAKE, too, by itself when it leaves. The memory stays while it is QUEUED: one
 *                that finds itself taken out waits for the store, which is on its way. OWNER: the lock's word is its already.
 *
 * Who may call what: anybody sleep and open, but not while holding a bucket; the others while holding the bucket;
 * fl_lot_let_go_ who has taken that sleeper out.
 *
 * Linearisation points: going to sleep, the increment of fl_waiters; waking, the store of AWAKE or OWNER.
 *
 * Ordering
 *   [W] no wake-up is lost. The sleeper increments fl_waiters, has the barrier of asymmetric.h, then looks at the word; who
 *       frees the lock changes it there, then (asymmetric.h) loads fl_waiters. One of them sees the other. Every later
 *       unlock sees the count, too, as long as the sleeper is in the list: so a sleeper that is not woken by this unlock
 *       is by the next. A sleeper that is taken out and then finds the lock taken again, or gives up because its time
 *       is over, needs to tell nobody: the new owner's unlock will look. (For a writer that gives up: rwlock.c.)
 *   [Q] the release store of AWAKE or OWNER pairs with the sleeper's acquire load: the waker does not touch the sleeper's
 *       record any more (it wakes through the parker, which is never freed). With OWNER it carries the lock's own pair, too:
 *       the waker's compare-and-set has acquired what was done under the lock.
 *
 * Progress: blocking, by the bucket's lock. Who is woken competes with who comes, and would lose for ever against a thread
 * that takes the lock again at once; so every half a millisecond a waker does not wake but hand over. ("Eventual fairness",
 * as in parking_lot by Amanieu d'Antras.) ABA, reclamation: an address is only compared, and followed only while a
 * sleeper for it, who is using the lock, has not been let go; a lock that is freed and another one in its place share
 * their sleepers at worst for one wake-up.
 *
 * Tests: tests/rt/unit/test_mutex.c, test_rwlock.c, test_fork.c, tests/rt/stress/stress_mutex.c, stress_rwlock.c. */
#include "lot.h"

#include "asymmetric.h"
#include "park.h"
#include "small_lock.h"

#include <pthread.h>
#include <stddef.h>

enum { FAIR_AFTER_NS = 500 * 1000 };

struct fl_lot_bucket_ fl_lot_[FL_LOT_BUCKETS_];

static struct fl_small_lock *lock_of(struct fl_lot_bucket_ *bucket)
{
    _Static_assert(sizeof(struct fl_small_lock) == sizeof bucket->fl_lock, "see <fearless/lock.h>");
    return (struct fl_small_lock *)(void *)&bucket->fl_lock;
}

/* ---- the list, under the bucket's lock ---- */

struct fl_lot_bucket_ *fl_lot_open_(const uint32_t *address)
{
    struct fl_lot_bucket_ *bucket = fl_lot_bucket_of_(address);

    fl_small_lock_(lock_of(bucket));
    return bucket;
}

void fl_lot_close_(struct fl_lot_bucket_ *bucket)
{
    fl_small_unlock_(lock_of(bucket));
}

static void append(struct fl_lot_bucket_ *bucket, struct fl_lot_sleeper_ *sleeper)
{
    sleeper->before = bucket->fl_last;
    if (bucket->fl_last)
        bucket->fl_last->next = sleeper;
    else
        bucket->fl_first = sleeper;
    bucket->fl_last = sleeper;
    sleeper->is_listed = true;
    (void)fl_add_seq_cst(&bucket->fl_waiters, 1); /* [W] */
}

struct fl_lot_sleeper_ *fl_lot_first_(struct fl_lot_bucket_ *bucket, const uint32_t *address, enum fl_lot_way_ way)
{
    struct fl_lot_sleeper_ *s = bucket->fl_first;

    while (s && (s->address != address || s->way != way))
        s = s->next;
    return s;
}

void fl_lot_take_out_(struct fl_lot_bucket_ *bucket, struct fl_lot_sleeper_ *sleeper)
{
    *(sleeper->before ? &sleeper->before->next : &bucket->fl_first) = sleeper->next;
    *(sleeper->next ? &sleeper->next->before : &bucket->fl_last) = sleeper->before;
    sleeper->next = NULL;
    sleeper->is_listed = false;
    (void)fl_sub_relaxed(&bucket->fl_waiters, 1); /* relaxed: too high for a moment is legal */
}

bool fl_lot_is_time_to_be_fair_(struct fl_lot_bucket_ *bucket)
{
    int64_t now = fl_now().fl_ns;

    if (now < bucket->fl_fair_at)
        return false;
    bucket->fl_fair_at = now + FAIR_AFTER_NS;
    return true;
}

/* ---- fork ---- */

/* The child has one thread, which does not sleep: what stands in the list is on stacks of threads that are not there. */
static void empty_in_child(void)
{
    for (size_t i = 0; i < FL_LOT_BUCKETS_; i++)
        fl_lot_[i] = (struct fl_lot_bucket_){ 0 };
}

static void prepare_for_fork(void)
{
    /* out of memory: a child then finds the list as it was, as it would in a library that does nothing about fork */
    (void)pthread_atfork(NULL, NULL, empty_in_child);
}

/* ---- sleeping and waking ---- */

void fl_lot_let_go_(struct fl_lot_sleeper_ *sleeper, enum fl_lot_state_ state)
{
    struct fl_parker *parker = sleeper->parker; /* first: behind the store the sleeper may be gone */

    fl_store_release(&sleeper->state, state); /* [Q] */
    fl_parker_wake_(parker);
}

/* Until it has been let go, or the word lets it in, or the deadline has passed (then false). */
static bool wait_in_line(struct fl_lot_sleeper_ *self, uint32_t *address, fl_lot_must_wait_fn_ *must_wait,
                         int64_t deadline_ns, bool sure)
{
    while (fl_load_acquire(&self->state) == FL_LOT_QUEUED_) { /* [Q] */
        int64_t until = deadline_ns;

        if (!sure) { /* no barrier: we may have to find out by ourselves */
            int64_t soon = fl_now().fl_ns + FL_ASYMMETRIC_NAP_NS_;

            if (!must_wait(address)) /* [W] */
                return true;
            until = soon < deadline_ns ? soon : deadline_ns;
        }
        if (!fl_parker_wait_(self->parker, until) && until == deadline_ns)
            return false;
    }
    return true;
}

static void leave(struct fl_lot_sleeper_ *self)
{
    struct fl_lot_bucket_ *bucket = fl_lot_open_(self->address);

    if (self->is_listed) {
        fl_lot_take_out_(bucket, self);
        fl_store_release(&self->state, FL_LOT_AWAKE_); /* [Q] */
    }
    fl_lot_close_(bucket);
    while (fl_load_acquire(&self->state) == FL_LOT_QUEUED_) /* [Q] taken out, and about to be let go */
        (void)fl_parker_wait_(self->parker, FL_NEVER_NS_);
}

enum fl_lot_end_ fl_lot_sleep_(uint32_t *address, enum fl_lot_way_ way, uint32_t owned,
                               fl_lot_must_wait_fn_ *must_wait, int64_t deadline_ns)
{
    struct fl_lot_sleeper_ self = { .address = address, .owned = owned, .way = way, .parker = fl_parker_self_(),
                                    .state = FL_ATOMIC_INIT(FL_LOT_QUEUED_) };
    static pthread_once_t is_prepared = PTHREAD_ONCE_INIT;
    struct fl_lot_bucket_ *bucket;
    bool in_time = true, sure;

    (void)pthread_once(&is_prepared, prepare_for_fork);
    bucket = fl_lot_open_(address);
    append(bucket, &self);
    fl_lot_close_(bucket);
    sure = fl_asymmetric_barrier_(); /* [W] */
    if (must_wait(address))          /* [W] */
        in_time = wait_in_line(&self, address, must_wait, deadline_ns, sure);
    if (fl_load_acquire(&self.state) == FL_LOT_QUEUED_) /* [Q] */
        leave(&self);
    if (fl_load_acquire(&self.state) == FL_LOT_OWNER_) /* [Q] perhaps while we were leaving */
        return FL_LOT_GOT_IT_;
    return in_time ? FL_LOT_LOOK_AGAIN_ : FL_LOT_LATE_;
}

void fl_lot_wake_(uint32_t *address)
{
    struct fl_lot_bucket_ *bucket = fl_lot_open_(address);
    struct fl_lot_sleeper_ *sleeper = fl_lot_first_(bucket, address, FL_LOT_MUTEX_);
    enum fl_lot_state_ state = FL_LOT_AWAKE_;

    if (sleeper) {
        uint32_t nobody = 0;

        if (fl_lot_is_time_to_be_fair_(bucket) &&
            fl_word_cas_acquire_(address, &nobody, sleeper->owned)) /* [L] as if the sleeper did it */
            state = FL_LOT_OWNER_;
        fl_lot_take_out_(bucket, sleeper);
    }
    fl_lot_close_(bucket);
    if (sleeper)
        fl_lot_let_go_(sleeper, state);
}

unsigned fl_lot_count_(const uint32_t *address, enum fl_lot_way_ way)
{
    struct fl_lot_bucket_ *bucket = fl_lot_open_(address);
    unsigned n = 0;

    for (const struct fl_lot_sleeper_ *s = bucket->fl_first; s; s = s->next)
        n += s->address == address && s->way == way;
    fl_lot_close_(bucket);
    return n;
}
