/* The semaphore: permits and waiters in one word.
 *
 * Algorithm. The new semaphore of glibc (2.21), which solved its bug 13690: the number of those who wait is in the same
 * word as the permits, so that one step gives a permit and learns whom to wake, and the semaphore need not be looked at
 * again, which may be gone by then.
 *
 * The state word, 64 bits
 *   bits 63-32  WAITERS: threads that sleep, or are about to, or have been woken and have not taken a permit yet. Each
 *               counts itself, before it sleeps for the first time until it has a permit or gives up.
 *   bits 31-0   PERMITS: at most FL_SEMAPHORE_MOST. The half that waiters sleep on, while it is 0.
 *
 *   from              who          to                 how
 *   (w, p), p > 0     anybody      (w, p - 1)         [S] takes a permit without waiting
 *   (w, 0)            anybody      (w + 1, 0)         relaxed: waits from now on
 *   (w, p), p > 0     a waiter     (w - 1, p - 1)     [S] takes a permit after waiting
 *   (w, p)            a waiter     (w - 1, p)         relaxed: its deadline has passed
 *   (w, p)            anybody      (w, p + n)         [S] gives n, and wakes n if w > 0
 *
 * Who may call what: anybody, also from a signal handler, but for waiting.
 *
 * Linearisation points: the compare-and-set that takes or gives; of a time-out, the last load that found no permit.
 *
 * Ordering
 *   [S] the release compare-and-set that gives pairs with the acquire one that takes: all steps are read-modify-writes
 *       of one word, hence one release sequence, and who takes sees what all who gave before did.
 *   [W] no wake-up is lost: a waiter sleeps only while there are no permits (the kernel compares) and has counted itself
 *       before; who gives sees that in the word that it changes. Each one who gives n wakes n of those that sleep by
 *       then, so as long as there is a permit, nobody sleeps without a wake-up having been sent for it. A woken waiter
 *       always looks for a permit before it gives up, so that no wake-up is wasted on a deadline that passes. (A futex
 *       never says both; who sleeps otherwise than in a futex may.)
 *
 * After the compare-and-set that gives, the address alone is used: who has got the permit may free the semaphore. The
 * wake-up is then a spurious one for whatever lies there.
 *
 * Progress: taking blocks; trying and giving are lock-free. ABA: a word that looks as before is as before.
 * Reclamation: none.
 *
 * Tests: tests/rt/unit/test_semaphore.c, tests/rt/stress/stress_semaphore.c. */
#include <fearless/panic.h>
#include <fearless/semaphore.h>

#include "atomic.h"
#include "park.h"

#define ONE_WAITER ((uint64_t)1 << 32)

enum { SPINS = 100 };

static uint32_t permits(uint64_t state)
{
    return (uint32_t)state;
}

static uint32_t waiters(uint64_t state)
{
    return (uint32_t)(state >> 32);
}

/* The half of the word that has the permits in it. */
static const uint32_t *permits_word(const struct fl_semaphore *semaphore)
{
    const uint32_t *halves = (const uint32_t *)(const void *)&semaphore->fl_state.fl_word;

    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? halves : halves + 1;
}

/* Takes a permit, and off the word what else is over with it (0, or a waiter's count). */
static bool take(struct fl_semaphore *semaphore, uint64_t with)
{
    uint64_t state = fl_load_relaxed(&semaphore->fl_state); /* relaxed: the compare-and-set decides */

    while (permits(state) > 0)
        if (fl_cas_weak_acquire(&semaphore->fl_state, &state, state - 1 - with)) /* [S] */
            return true;
    return false;
}

/* Not when others wait: there are too few permits then, not too slow threads. */
static bool take_soon(struct fl_semaphore *semaphore)
{
    if (!fl_spin_may_help_())
        return false;
    for (int i = 0; i < SPINS; i++) {
        const uint64_t state = fl_load_relaxed(&semaphore->fl_state); /* relaxed: a hint */

        if (permits(state) > 0 && take(semaphore, 0))
            return true;
        if (waiters(state) > 0)
            return false;
        fl_cpu_relax_();
    }
    return false;
}

static bool take_by_sleeping(struct fl_semaphore *semaphore, int64_t deadline_ns)
{
    bool in_time = true;

    /* relaxed: who gives must see it, and will, in the word it changes [W] */
    (void)fl_add_relaxed(&semaphore->fl_state, ONE_WAITER);
    for (;;) {
        if (take(semaphore, ONE_WAITER))
            return true;
        if (!in_time)
            break;
        in_time = fl_word_wait_(permits_word(semaphore), 0, deadline_ns); /* [W] */
    }
    (void)fl_sub_relaxed(&semaphore->fl_state, ONE_WAITER); /* relaxed: one less to wake, no data */
    return false;
}

bool fl_try_acquire(struct fl_semaphore *semaphore)
{
    return take(semaphore, 0);
}

void fl_acquire(struct fl_semaphore *semaphore)
{
    if (!take(semaphore, 0) && !take_soon(semaphore))
        (void)take_by_sleeping(semaphore, FL_NEVER_NS_);
}

fl_status fl_acquire_deadline(struct fl_semaphore *semaphore, struct fl_instant deadline)
{
    return take(semaphore, 0) || take_soon(semaphore) || take_by_sleeping(semaphore, deadline.fl_ns) ? FL_OK : FL_TIMEOUT;
}

fl_status fl_acquire_timeout(struct fl_semaphore *semaphore, struct fl_duration timeout)
{
    return take(semaphore, 0) ? FL_OK : fl_acquire_deadline(semaphore, fl_deadline_in(timeout));
}

void fl_release_(struct fl_semaphore *semaphore, uint32_t n, const char *file, int line)
{
    uint64_t state = fl_load_relaxed(&semaphore->fl_state); /* relaxed: the compare-and-set decides */

    do {
        if (n > FL_SEMAPHORE_MOST || permits(state) > FL_SEMAPHORE_MOST - n)
            fl_panic_(file, line,
                      "fl_release of %u permits to a semaphore that has %u would make more than FL_SEMAPHORE_MOST: give "
                      "back only what was taken",
                      n, permits(state));
    } while (!fl_cas_weak_release(&semaphore->fl_state, &state, state + n)); /* [S] */
    if (waiters(state) > 0 && n > 0)
        fl_word_wake_(permits_word(semaphore), n < waiters(state) ? (int)n : FL_WAKE_ALL_); /* [W] the address only */
}
