/* The runtime's own lock, for lists that are held for a few instructions (a bucket of sleepers, a
 * channel's queues, the parkers' pool).
 *
 * Algorithm: the three-state futex mutex of Ulrich Drepper, "Futexes Are Tricky" (mutex, take 2). Not struct fl_lock,
 * which is built on these lists, needs a thread number, and panics on misuse.
 *
 * The word: FREE; HELD; CROWDED = held, and somebody sleeps, or may. Legal to be CROWDED when nobody sleeps (one
 * wake-up for nothing); illegal to be HELD when somebody does.
 *
 *   [K] the acquire operation that takes it pairs with the release that frees it: what the list looks like.
 *   No wake-up is lost: a sleeper sleeps only while the word is CROWDED, and the swap to FREE sees that. One word, so
 *   its modification order is enough.
 *
 * Nothing may panic, block or call user code while it is held, but for one: who receives from a shared receiver into
 * NULL drops the value under it (chan_shared.c). Progress: blocking. Tests: stress_park, stress_mutex. */
#ifndef FL_RT_SMALL_LOCK_H
#define FL_RT_SMALL_LOCK_H

#include "atomic.h"
#include "park.h"

struct fl_small_lock {
    FL_ATOMIC(uint32_t) word;
};
enum { FL_SMALL_FREE_ = 0, FL_SMALL_HELD_ = 1, FL_SMALL_CROWDED_ = 2 };

void fl_small_lock_wait_(struct fl_small_lock *lock);

static inline void fl_small_lock_(struct fl_small_lock *lock)
{
    uint32_t seen = FL_SMALL_FREE_;

    if (!fl_cas_acquire(&lock->word, &seen, FL_SMALL_HELD_)) /* [K] */
        fl_small_lock_wait_(lock);
}

static inline void fl_small_unlock_(struct fl_small_lock *lock)
{
    if (fl_swap_release(&lock->word, FL_SMALL_FREE_) == FL_SMALL_CROWDED_) /* [K] */
        fl_word_wake_(&lock->word.fl_word, 1);
}

#endif
