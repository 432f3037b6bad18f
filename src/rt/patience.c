/* Looking again before sleeping: for how long, and whether to keep the CPU meanwhile.
 *
 * Algorithm. The peer is on another CPU, or it waits for this one. In the first case pauses help, and a system call is
 * longer than what one waits for; in the second, no pause can help, and giving the CPU away helps at once. No system says
 * which it is, so both are tried, and what helped last is tried first:
 *
 *   by pauses     the pauses; then, if as many are left as there can be, yields
 *   by yielding   a few pauses, in case it is not so any more; then yields; then the other pauses
 *
 * How many pauses: what came in time earns a longer patience, what did not halves it; what came by yielding says nothing
 * about pauses. Two threads that wake each other in turn, and have both lost it, would sleep for ever after, although
 * neither has to: so now and then somebody is *patient*, and makes as many as there can be.
 *
 * The second case is not rare: on a busy machine, a thread that is started or woken is often put on the CPU of the one
 * who did it. And there it is worth while to be patient: who sleeps or yields with others about may lose the CPU to them,
 * for milliseconds. Where this thread may use one CPU only, there are no pauses.
 *
 * A wait in vain costs at most some 15 microseconds of pauses and 20 of yields, and after a few of them, less than one.
 *
 * Ordering: none. All words are estimates; what is looked for has its own order.
 * Tests: tests/rt/unit/test_patience.c, and those of the channels. */
#include "patience.h"

#include "park.h"

enum {
    PAUSES_LEAST = 8,
    PAUSES_MOST = 200,
    PAUSES_FIRST = 8, /* by yielding */
    PAUSES_TO_LEARN =
        32, /* the same, when patient: more than the answer of a peer takes that is on another CPU */
    YIELDS = 16,
    PATIENT_AGAIN = 16
};

struct fl_looks fl_looks_begin_(struct fl_patience *learned)
{
    uint8_t waits = fl_load_relaxed(&learned->waits); /* relaxed: an estimate */
    bool is_patient = waits % PATIENT_AGAIN == 0;
    struct fl_looks looks = {
        .learned = learned, .budget = fl_load_relaxed(&learned->pauses), /* relaxed: an estimate */
    };

    if (is_patient)
        looks.budget = PAUSES_MOST;
    else if (looks.budget < PAUSES_LEAST) /* nothing has been learned yet */
        looks.budget = PAUSES_LEAST;
    fl_store_relaxed(&learned->waits, (uint8_t)(waits + 1)); /* relaxed: an estimate */
    if (!fl_spin_may_help_()) {
        looks.yields = YIELDS;
    } else if (fl_load_relaxed(&learned->by_yielding)) { /* relaxed: an estimate */
        looks.first = is_patient ? PAUSES_TO_LEARN : PAUSES_FIRST;
        looks.yields = YIELDS;
        looks.rest = looks.budget > looks.first ? (uint16_t)(looks.budget - looks.first) : 0;
    } else {
        looks.first = looks.budget;
        looks.yields = looks.budget == PAUSES_MOST ? YIELDS : 0;
    }
    return looks;
}

/* Not written again for nothing: they may be in a cache line that others read. */
static void learn_pauses(struct fl_patience *learned, unsigned pauses)
{
    if (fl_load_relaxed(&learned->pauses) != pauses)          /* relaxed: an estimate */
        fl_store_relaxed(&learned->pauses, (uint16_t)pauses); /* relaxed: an estimate */
}
static void learn_by_yielding(struct fl_patience *learned, bool by_yielding)
{
    if (fl_load_relaxed(&learned->by_yielding) != by_yielding) /* relaxed: an estimate */
        fl_store_relaxed(&learned->by_yielding, by_yielding);  /* relaxed: an estimate */
}

bool fl_looks_again_(struct fl_looks *looks)
{
    uint16_t *pauses = looks->first > 0 ? &looks->first : &looks->rest;

    looks->yielded = looks->first == 0 && looks->yields > 0;
    looks->paused = !looks->yielded && *pauses > 0;
    if (looks->yielded) {
        looks->yields--;
        fl_yield_now_();
    } else if (looks->paused) {
        (*pauses)--;
        for (int i = 0; i < 4; i++) /* each look takes the cache line from who is to write it */
            fl_cpu_relax_();
    } else {
        unsigned half = looks->budget / 2u;

        learn_pauses(looks->learned, half > PAUSES_LEAST ? half : PAUSES_LEAST);
        learn_by_yielding(looks->learned, false);
    }
    return looks->yielded || looks->paused;
}

void fl_looks_helped_(struct fl_looks *looks)
{
    unsigned longer = looks->budget + looks->budget / 4u + 1;

    if (looks->paused)
        learn_pauses(looks->learned, longer < PAUSES_MOST ? longer : PAUSES_MOST);
    if (looks->paused || looks->yielded)
        learn_by_yielding(looks->learned, looks->yielded);
}
