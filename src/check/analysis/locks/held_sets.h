/*
 * Which locks are held in each block of a function, on every path through it: what the lock simulation found, kept
 * for those who come after it (analysis/races/).
 *
 * A call ends its block, and locks change at calls only, so one set for each block is all there is. What is held
 * holds for the whole block; what its last call takes or lets go counts from the next block on.
 */
#ifndef FEARLESS_CHECK_LOCKS_HELD_SETS_H
#define FEARLESS_CHECK_LOCKS_HELD_SETS_H

#include "analysis/origins/origins.h"
#include "flow/paths.h"
#include "flow/values.h"

struct block_lock {
    const struct origin_set *locks; /* what it may be */
    const struct value *value;      /* its address; NULL: not the same expression on all paths, or not known */
    bool exact;                     /* `locks` is one object */
    bool shared;                    /* held for reading, at least on some path */
    struct span start;              /* where it is taken by hand; NO_SPAN: a guard ends it, or it was held at the entry */
    uint32_t if_zero, if_nonzero;   /* parameters, bit by bit: only held when one of them is; none: held on all paths */
};

struct block_locks {
    struct block_lock *held;  /* on all paths */
    uint32_t count;
    struct block_lock *maybe; /* `if (locked) lock(&m);`: on those on which a parameter is zero, or is not */
    uint32_t maybe_count;
    uint32_t zero, nonzero;   /* parameters that are so on all paths */
    const struct origin_set *let_go; /* of the caller's, on some path; NULL: nothing */
};

struct held_sets;
struct lock_facts;
struct guard_function;

struct held_sets *held_sets_new(const struct ir_unit *unit);
void held_sets_free(struct held_sets *sets);

/* One more path goes through the block. */
void held_sets_note(struct held_sets *sets, struct guard_function *f, uint32_t block, struct path *path);

/* Nothing is held where nobody has been: functions without locks are not simulated. `sets` may be NULL. */
const struct block_locks *held_sets_at(const struct held_sets *sets, const struct ir_function *fn, uint32_t block);

#endif
