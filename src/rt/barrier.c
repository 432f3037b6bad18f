/* The barrier: one word that says which round it is and how many have come.
 *
 * Algorithm. Who comes counts itself by a compare-and-set; the last one of a round starts the next one by the same
 * step, so that no moment exists in which a round is full but not over. (With a count and a round in two words, a
 * thread that is one too many may count itself in between.) The others wait until the round has changed.
 *
 * The state word, 64 bits
 *   bits 63-32  ROUND: how many rounds are over, modulo 2^32. The half that waiters sleep on.
 *   bit 31      WAITED: somebody of this round sleeps, or may. Set by who is about to sleep; cleared with the round.
 *               Legal to be set when nobody sleeps: costs one wake-up for nothing. Illegal to be clear when somebody of
 *               this round sleeps.
 *   bits 30-0   COUNT: how many have come to this round; less than the barrier's size.
 *
 *   from                    who          to                    how
 *   (r, w, c), c + 1 < n    who comes    (r, w, c + 1)         [B]; then waits
 *   (r, 0, c)               who waits    (r, WAITED, c)        relaxed, then sleeps while the round is r
 *   (r, w, n - 1)           who comes    (r + 1, 0, 0)         [B] the leader; wakes all who sleep if w
 *
 * fl_size never changes. The compare-and-set takes all of the word, so who sets WAITED knows that his round still goes on.
 *
 * Who may call what: anybody.
 *
 * Linearisation point: the leader's compare-and-set, for all threads of the round.
 *
 * Ordering
 *   [B] each compare-and-set of those who come releases what its thread did, and acquires what those before it did:
 *       they are read-modify-writes of one word, so the leader's has acquired all; the acquire load that finds the next
 *       round pairs with it.
 *   [W] no wake-up is lost: a waiter sleeps only while the round is his (the kernel compares), after it set WAITED in
 *       it; the leader's compare-and-set takes the word with that bit, or fails and sees it.
 *
 * After its compare-and-set the leader uses the barrier's address only; a waiter does not touch the barrier after it
 * has seen the round change.
 *
 * Progress: blocks. A waiter that does not run for 2^31 rounds (there must be other threads to fill them) would miss its
 * own; else ABA is no matter: the word never comes back while somebody waits. Reclamation: none.
 *
 * Tests: tests/rt/unit/test_barrier.c, tests/rt/stress/stress_barrier.c. */
#include <fearless/barrier.h>

#include "atomic.h"
#include "park.h"

#define WAITED 0x80000000u
#define COUNT 0x7fffffffu
#define NEXT_ROUND ((uint64_t)1 << 32)

enum { SPINS = 200 };

static uint32_t round_of(uint64_t state)
{
    return (uint32_t)(state >> 32);
}

/* The half of the word that has the round in it. */
static const uint32_t *round_word(const struct fl_barrier *barrier)
{
    const uint32_t *halves = (const uint32_t *)(const void *)&barrier->fl_state.fl_word;

    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? halves + 1 : halves;
}

static bool is_over(struct fl_barrier *barrier, uint32_t round)
{
    return round_of(fl_load_acquire(&barrier->fl_state)) != round; /* [B] */
}

static bool is_over_soon(struct fl_barrier *barrier, uint32_t round)
{
    if (!fl_spin_may_help_())
        return false;
    for (int i = 0; i < SPINS; i++) {
        if (is_over(barrier, round))
            return true;
        fl_cpu_relax_();
    }
    return false;
}

static void sleep_until_over(struct fl_barrier *barrier, uint32_t round)
{
    uint64_t state = fl_load_relaxed(&barrier->fl_state); /* relaxed: the compare-and-set decides */

    while (round_of(state) == round && !(state & WAITED) &&
           /* relaxed: tells the leader to wake, says nothing about data [W] */
           !fl_cas_weak_relaxed(&barrier->fl_state, &state, state | WAITED))
        ;
    while (!is_over(barrier, round))
        (void)fl_word_wait_(round_word(barrier), round, FL_NEVER_NS_); /* [W] */
}

bool fl_barrier_wait(struct fl_barrier *barrier)
{
    const uint32_t size = barrier->fl_size;
    uint64_t state = fl_load_relaxed(&barrier->fl_state); /* relaxed: the compare-and-set decides */

    for (;;) {
        const uint32_t round = round_of(state);

        if ((state & COUNT) + 1 < size) {
            if (!fl_cas_weak_acq_rel(&barrier->fl_state, &state, state + 1)) /* [B] */
                continue;
            if (!is_over_soon(barrier, round))
                sleep_until_over(barrier, round);
            return false;
        }
        /* the sum may overflow into nothing: rounds are counted modulo 2^32 */
        if (fl_cas_weak_acq_rel(&barrier->fl_state, &state, (uint64_t)round * NEXT_ROUND + NEXT_ROUND)) { /* [B] */
            if (state & WAITED)
                fl_word_wake_(round_word(barrier), FL_WAKE_ALL_); /* [W] the address only */
            return true;
        }
    }
}
