/* The lock: one word, three kinds of state. Under fl_lock, fl_mutex and every guard of theirs.
 *
 * Algorithm. The three-state futex mutex of Ulrich Drepper's "Futexes Are Tricky" (mutex, take 3), with the owner's
 * number in place of the 1: free, owned, owned and waited for. The number costs nothing (it is what the
 * compare-and-set stores) and makes misuse visible: locking again by the same thread, unlocking what is not held.
 *
 * The state word
 *   0          free. Nobody may be asleep on a free lock without a waker being on its way (see [W]).
 *   bits 31-1  the owner's thread number (park.c), never 0 in a held lock. Set only in the step from free; cleared
 *              only by the owner.
 *   bit 0      WAITED. Set by a waiter before it sleeps, and by a waiter that takes the lock after it slept (it cannot
 *              know whether others sleep). Legal to be set when nobody waits: costs one wake-up for nothing. Illegal
 *              to be clear when somebody sleeps and no wake-up is on its way.
 *
 *   from             who       to               how
 *   0                anybody   me               [L] the fast path
 *   0                sleeper   me | WAITED      [L] after it has slept at least once
 *   owner            waiter    owner | WAITED   relaxed, then sleeps while the word is that
 *   me               owner     0                [L] the fast path of unlocking
 *   me | WAITED      owner     0                [L], then wakes one [W]
 *
 *   fl_poison is a second word, written by the owner only (and by fl_clear_poison), read by the owner or for a hint.
 *
 * The fast paths are inline in <fearless/lock.h>, which therefore names the same orders with the compiler's builtins.
 *
 * Who may call what: anybody lock and try; unlock only the owner (others panic).
 *
 * Linearisation points: the compare-and-set that takes it; the operation that stores 0.
 *
 * Ordering
 *   [L] the acquire operation that takes the lock pairs with the release operation that freed it: what was done under
 *       the lock before is visible under it afterwards; fl_poison, too.
 *   [W] no wake-up is lost: a waiter sleeps only while the word is owner | WAITED (the kernel compares under its own
 *       lock), and the owner's swap to 0 sees that bit if it was set before. All of this is one word, so its
 *       modification order is enough and no stronger order is needed.
 *
 * After the store of 0 the lock's memory is not touched: another thread may lock, unlock and free it. The wake-up uses
 * the address only, and a wake-up for memory that has become something else is a spurious one there.
 *
 * Progress: lock blocks; a woken waiter competes with newcomers (no fairness, but the bit keeps it from being
 * forgotten). try and unlock are lock-free: a strong compare-and-set each, and one system call. ABA: a word that is
 * free again is free. Reclamation: none.
 *
 * Tests: tests/rt/unit/test_mutex.c, tests/rt/stress/stress_mutex.c. */
#include <fearless/lock.h>
#include <fearless/mutex.h>

#include "atomic.h"
#include "data.h"
#include "park.h"
#include "thread_number.h"

#define WAITED 1u

static uint32_t my_number(void)
{
    return fl_thread_number_ ? fl_thread_number_ : fl_thread_number_make_();
}

static bool is_owned_by(uint32_t state, uint32_t number)
{
    return (state & ~WAITED) == number;
}

/* Spinning: worth it while the owner runs on another CPU and will be done sooner than a sleep takes (two system
 * calls). How long is learned per thread: a spin that got the lock earns a longer one, one that did not halves it.
 * Not when others are asleep already: then the lock is held for long, or by somebody who does not run. */
enum { SPIN_LEAST = 4, SPIN_MOST = 256 };
static _Thread_local int spin_budget = 64;

static bool take_by_spinning(struct fl_lock *lock, uint32_t me)
{
    if (!fl_spin_may_help_())
        return false;
    for (int i = 0; i < spin_budget; i++) {
        uint32_t state = fl_load_relaxed(&lock->fl_state); /* relaxed: only a hint, the compare-and-set decides */

        if (state == 0 && fl_cas_acquire(&lock->fl_state, &state, me)) { /* [L] */
            if (spin_budget < SPIN_MOST)
                spin_budget += spin_budget / 8 + 1;
            return true;
        }
        if (state & WAITED)
            return false;
        fl_cpu_relax_();
    }
    if (spin_budget > SPIN_LEAST)
        spin_budget /= 2;
    return false;
}

/* False: the deadline passed. */
static bool take_by_sleeping(struct fl_lock *lock, uint32_t me, int64_t deadline_ns)
{
    uint32_t mark = 0; /* WAITED from the first sleep on */
    uint32_t state = fl_load_relaxed(&lock->fl_state); /* relaxed: the compare-and-sets decide */

    for (;;) {
        if (state == 0) {
            if (fl_cas_acquire(&lock->fl_state, &state, me | mark)) /* [L] */
                return true;
        } else if (!(state & WAITED)) {
            /* relaxed: tells the owner to wake, says nothing about data [W] */
            if (fl_cas_relaxed(&lock->fl_state, &state, state | WAITED))
                state |= WAITED;
        } else {
            mark = WAITED;
            if (!fl_word_wait_(&lock->fl_state.fl_word, state, deadline_ns))
                return false;
            state = fl_load_relaxed(&lock->fl_state); /* relaxed: as above */
        }
    }
}

bool fl_lock_until_(struct fl_lock *lock, struct fl_instant deadline, const char *file, int line)
{
    uint32_t me = my_number();
    uint32_t state = 0;

    if (fl_cas_acquire(&lock->fl_state, &state, me)) /* [L] */
        return true;
    if (is_owned_by(state, me))
        fl_panic_(file, line,
                  "this thread already holds this lock and would wait for itself: unlock it first (fl_unlock, or end "
                  "the guard's scope), or pass the guarded value on");
    return take_by_spinning(lock, me) || take_by_sleeping(lock, me, deadline.fl_ns);
}

void fl_lock_slow_(struct fl_lock *lock, const char *file, int line)
{
    (void)fl_lock_until_(lock, (struct fl_instant){ FL_NEVER_NS_ }, file, line);
}

bool fl_lock_try_slow_(struct fl_lock *lock)
{
    uint32_t state = 0;

    return fl_cas_acquire(&lock->fl_state, &state, my_number()); /* [L] */
}

void fl_unlock_slow_(struct fl_lock *lock, const char *file, int line)
{
    uint32_t me = fl_thread_number_;
    uint32_t state = fl_load_relaxed(&lock->fl_state); /* relaxed: if it is ours, nobody else changes the owner */

    if (me == 0 || !is_owned_by(state, me))
        fl_panic_(file, line,
                  state == 0 ? "unlocking a lock that is not locked: each unlock needs a lock of its own before it"
                             : "unlocking a lock that another thread holds: the thread that locks it must unlock it");
    if (fl_swap_release(&lock->fl_state, 0) & WAITED) /* [L] */
        fl_word_wake_(&lock->fl_state.fl_word, 1);        /* [W] the address only */
}

void fl_lock_poisoned_(struct fl_lock *lock, const char *file, int line)
{
    fl_lock_release_(lock, file, line); /* nobody else would: there is no guard yet */
    fl_panic_(file, line,
              "this lock is poisoned: a thread panicked while it held it, so its value may be half changed; take it "
              "with fl_lock(status, name, &m) and repair it, then fl_clear_poison(&m)");
}

void fl_unlock_empty_(const char *file, int line)
{
    fl_panic_(file, line,
              "this guard holds nothing: it was unlocked before, or the lock was not taken; test the name of a "
              "fl_try_guard or fl_guard_timeout before fl_unlock");
}

/* ---- what fl_mutex adds ---- */

bool fl_is_poisoned_(const volatile struct fl_poison_ *poison)
{
    return fl_poison_is_set_(poison);
}

void fl_clear_poison_(volatile struct fl_poison_ *poison)
{
    fl_poison_set_(poison, false);
}

fl_status fl_mutex_into_data_(volatile void *cell, void *ret_data, size_t data_size, size_t cell_size, size_t raw_at,
                              fl_empty_fn_ *make_empty, const char *file, int line)
{
    const struct fl_lock *const lock = (const struct fl_lock *)((uintptr_t)cell + raw_at);
    const bool poisoned = fl_is_poisoned_(&lock->fl_poison);

    if (fl_load_relaxed(&lock->fl_state) != 0) /* relaxed: the caller has it to himself, or this is a mistake anyhow */
        fl_panic_(file, line, "fl_into_data of a mutex that is locked: end the guard first");
    fl_take_data_(cell, ret_data, data_size, cell_size, make_empty);
    return poisoned ? FL_POISONED : FL_OK;
}
