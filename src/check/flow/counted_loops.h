/*
 * Loops that count: `for (i = FIRST; i < BOUND; i++)`, also `i != BOUND`. Two of them can be compared: how many passes the one makes beyond
 * the other, when both count to a constant or to the same variable.
 */
#ifndef FEARLESS_CHECK_FLOW_COUNTED_LOOPS_H
#define FEARLESS_CHECK_FLOW_COUNTED_LOOPS_H

#include "flow/cfg.h"

struct counted_loop {
    uint32_t counter;                /* local */
    bool includes_bound;             /* <= */
    const struct ir_operand *bound;
    bool has_first;                  /* it begins with a constant */
    int64_t first;
};

/* False when the loop does not compare a local with a bound at its head. */
bool counted_loop(const struct cfg *cfg, uint32_t loop, struct counted_loop *ret);

/* How far a counts beyond b. False when nothing is known of that. */
bool counted_loop_difference(const struct counted_loop *a, const struct counted_loop *b, int64_t *ret);

/* The number of passes, 0 when it is not known. */
int64_t counted_loop_passes(const struct counted_loop *loop);

#endif
