/*
 * What the rooms of the effects share; others include effects.h.
 *
 *     effect_walk.c    every access of one function, and what its calls do
 *     effect_locks.c   which locks are held in each block
 *     effects.c        what is kept of it for callers, and for the unit
 *     effect_words.c   words for the reports
 */
#ifndef FEARLESS_CHECK_EFFECTS_EFFECT_PARTS_H
#define FEARLESS_CHECK_EFFECTS_EFFECT_PARTS_H

#include "analysis/effects/effect_locks.h"

struct function_effects {
    GPtrArray *list;       /* struct memory_effect, for callers */
    struct effect_locks *locks;
    bool *after_start;     /* by block */
    bool *is_counted_on;   /* by local: a pointer that arithmetic moves */
    bool may_start;        /* it, or what it calls, starts a thread */
};

struct effect_program {
    struct analysis *analysis;
    struct origin_program *origins;
    struct function_effects *functions;
    bool has_threads; /* without one a job that is bound is called by whoever bound it */
};

/* What every walk over the function asks. */
void effects_prepare(struct effect_program *program, const struct ir_function *fn);

/* Locks, atomics, cells, and what libc looks after: whoever reaches one takes care by its own means. */
bool effect_type_is_synchronised(const struct ir_type *type);

#endif
