/* struct fl_barrier: n threads wait for each other, then go on together; again and again.
 *
 *     static struct fl_barrier step = FL_BARRIER(4);
 *
 *     for (int i = 0; i < steps; i++) {                   // in each of four threads
 *         compute_my_part(i);
 *         if (fl_barrier_wait(&step))                     // true in one of them, the leader
 *             printf("step %d is done\n", i);
 *     }
 *
 * What each thread did before it waited is visible to all of them afterwards. The barrier may be used again at once: who
 * has come through may wait for the next round while others are still on their way out of the last one. Any threads may
 * come, also more than n; each n of them make a round. A barrier for 0 or 1 (and an all-zero one) holds nobody, and
 * everybody leads.
 *
 * A barrier may be freed once the waits of all its threads have returned. (One return is not enough: the others look
 * at it when they wake up.) A thread that ends instead of coming leaves the others waiting for ever, and so does the
 * one who forks in the child, where the others are not. Not for signal handlers; no cancellation point. */
#ifndef FEARLESS_BARRIER_H
#define FEARLESS_BARRIER_H

#include <fearless/base.h>

FL_BEGIN_C_

struct FL_NOTE_("sync") fl_barrier {
    struct {
        uint64_t fl_word __attribute__((aligned(8))); /* the round, and who has come: see src/rt/barrier.c */
    } fl_state;
    uint32_t fl_size;
};

/* For n threads, at most 2^31 - 1. */
#ifdef __cplusplus
#define FL_BARRIER(n) {{0}, (n)}
#else
#define FL_BARRIER(n) {.fl_size = (n)}
#endif

/* Blocks until as many threads as the barrier is for have come. True in exactly one of each round: the last one to
 * come. Spins for a moment if others may be running, then sleeps. */
FL_NOTE_("blocks") FL_NOTE_("waits") FL_NOTE_("awaits:others") bool fl_barrier_wait(struct fl_barrier *barrier);

FL_END_C_

#endif
