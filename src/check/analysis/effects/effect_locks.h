/*
 * Which locks are certainly held in each block of a function: enough to say that every access to a static has one.
 *
 * Forward must-analysis. State: a set of locks (origins); order: superset. Join: intersection. Height: the locks that
 * the function's calls name. Locks change at calls only, so one set per block is all there is. A conditional
 * acquisition counts as taken: who does not look at its result is told of that elsewhere.
 */
#ifndef FEARLESS_CHECK_EFFECTS_EFFECT_LOCKS_H
#define FEARLESS_CHECK_EFFECTS_EFFECT_LOCKS_H

#include "analysis/effects/effects.h"

struct effect_locks;

struct effect_locks *effect_locks_new(const struct effect_program *program, struct origins *origins,
                                      const struct callgraph *graph);
void effect_locks_free(struct effect_locks *locks);
const struct origin_set *effect_locks_at(const struct effect_locks *locks, uint32_t block);

/* Of a callee, as far as it is known yet; NULL: nothing. */
const struct effect_locks *effect_locks_of(const struct effect_program *program, const struct ir_function *fn);

/* Some lock that is held at both: the same one, or the same field of objects that cannot be told apart. */
bool effect_locks_in_common(const struct origin_set *a, const struct origin_set *b);

#endif
