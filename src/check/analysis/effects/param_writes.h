/*
 * Does a function write what one of its pointer parameters leads to? Asked for one parameter at a time, answered from
 * the body (and those of what it calls), or for functions that nobody sees from their types; each answer is kept.
 *
 *     static void bump(struct job *j) { j->n++; }         yes, at `j->n++`
 *     static int size(struct job *j) { return j->n; }     no, although j is not const
 *
 * Atomic operations, and what a lock of its own guards, are no writes here: others look after them.
 */
#ifndef FEARLESS_CHECK_EFFECTS_PARAM_WRITES_H
#define FEARLESS_CHECK_EFFECTS_PARAM_WRITES_H

#include "analysis/context.h"
#include "analysis/origins/origins.h"

struct param_write {
    const struct ir_function *by; /* whose statement it is, or the function that nobody sees */
    struct span where;            /* NO_SPAN: not seen */
};

struct param_writes;
struct param_writes *param_writes_new(struct analysis *analysis, struct origin_program *origins);
void param_writes_free(struct param_writes *writes);

/* What writes it; NULL: nothing. */
const struct param_write *param_writes_of_call(struct param_writes *writes, const struct ir_call *call, uint32_t argument);

#endif
