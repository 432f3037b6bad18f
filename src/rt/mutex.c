/* The lock: one word that knows its owner. Under fl_lock, fl_mutex and every guard of theirs.
 *
 * Algorithm. A word that is 0 or the owner's number, taken by a compare-and-set and freed by a store; sleepers stand in the
 * parking lot (lot.h). The number costs nothing (it is what the compare-and-set stores) and makes misuse visible: locking
 * again by the same thread, unlocking what is not held.
 *
 * The state word
 *   0       free. Legal although somebody sleeps in the lot: then who freed it is about to wake, or the sleeper about
 *           to look.
 *   number  held by the thread of that number (park.c). Set only in the step from 0; set to 0 only by that thread.
 *
 *   from     who       to        how
 *   0        anybody   me        [L] compare-and-set
 *   me       owner     0         [L] store, then looks for sleepers [W] (fl_lot_let_in_ in <fearless/lot_word.h>)
 *   0        a waker   a sleeper [L] compare-and-set in its place: handed over (lot.c)
 *
 *   fl_poison is a second word, written by the owner only (and by fl_clear_poison), read by the owner or for a hint.
 *
 * The fast paths are inline in <fearless/lock.h>, which therefore names the same orders with the compiler's builtins.
 *
 * Who may call what: anybody lock and try; unlock only the owner (others panic).
 *
 * Linearisation points: the compare-and-set that takes it; the store of 0.
 *
 * Ordering
 *   [L] the acquire operation that takes the lock pairs with the release operation that freed it: what was done under
 *       the lock before is visible under it afterwards; fl_poison, too.
 *   [W] no wake-up is lost: the store of 0 and the load of the bucket's count, against the count and the load of the
 *       word by who goes to sleep: see lot.c and asymmetric.h.
 *
 * After the store of 0 the lock's memory is not touched: another thread may lock, unlock and free it. The wake-up uses
 * the address only.
 *
 * Progress: lock blocks; a woken waiter competes with newcomers, but see lot.c. try is wait-free, unlock is but for waking.
 * ABA: a word that is free again is free. Reclamation: none.
 *
 * Tests: tests/rt/unit/test_mutex.c, tests/rt/stress/stress_mutex.c. */
#include <fearless/lock.h>
#include <fearless/mutex.h>

#include "atomic.h"
#include "data.h"
#include "lot.h"
#include "park.h"
#include "thread_number.h"

static uint32_t my_number(void)
{
    return fl_thread_number_ ? fl_thread_number_ : fl_thread_number_make_();
}

/* Spinning: worth it while the owner runs on another CPU and will be done sooner than a sleep takes. Each look takes the
 * word's cache line away from the owner, so even the first one comes after a while (most of a microsecond: with an eighth of it,
 * two threads that count together took 16 ns for each count and not 13, and nothing that was measured became faster), and
 * the pauses between looks double. How many looks is learned per thread: a spin that got the lock earns one more, one
 * that did not halves them. */
enum { LOOKS_LEAST = 2, LOOKS_MOST = 8, PAUSE_FIRST = 32, PAUSE_MOST = 64 };
static _Thread_local int looks = 4;

static bool take_by_spinning(struct fl_lock *lock, uint32_t me)
{
    if (!fl_spin_may_help_())
        return false;
    for (int i = 0, pause = PAUSE_FIRST; i < looks; i++) {
        uint32_t state = 0;

        for (int p = 0; p < pause; p++)
            fl_cpu_relax_();
        if (pause < PAUSE_MOST)
            pause *= 2;
        /* relaxed: only a hint, the compare-and-set decides */
        if (fl_load_relaxed(&lock->fl_state) == 0 && fl_cas_acquire(&lock->fl_state, &state, me)) { /* [L] */
            if (looks < LOOKS_MOST)
                looks++;
            return true;
        }
    }
    if (looks > LOOKS_LEAST)
        looks /= 2;
    return false;
}

static bool is_held(uint32_t *word)
{
    return fl_word_load_seq_cst_(word) != 0; /* [W] */
}

/* False: the deadline passed. */
static bool take_by_sleeping(struct fl_lock *lock, uint32_t me, int64_t deadline_ns)
{
    for (enum fl_lot_end_ end = FL_LOT_LOOK_AGAIN_;;) {
        uint32_t state = 0;

        if (end == FL_LOT_GOT_IT_ || fl_cas_acquire(&lock->fl_state, &state, me)) /* [L] */
            return true;
        if (end == FL_LOT_LATE_)
            return false;
        end = fl_lot_sleep_(&lock->fl_state.fl_word, FL_LOT_MUTEX_, me, is_held, deadline_ns);
    }
}

bool fl_lock_until_(struct fl_lock *lock, struct fl_instant deadline, const char *file, int line)
{
    uint32_t me = my_number();
    uint32_t state = 0;

    if (fl_cas_acquire(&lock->fl_state, &state, me)) /* [L] */
        return true;
    if (state == me)
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

void fl_unlock_wrong_(struct fl_lock *lock, const char *file, int line)
{
    fl_panic_(file, line,
              /* relaxed: for the message */
              fl_load_relaxed(&lock->fl_state) == 0
                  ? "unlocking a lock that is not locked: each unlock needs a lock of its own before it"
                  : "unlocking a lock that another thread holds: the thread that locks it must unlock it");
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
