/*
 * What the guards of one function hold: `fl_guard(q, &m)` the lock of m, `fl_borrow_mut(w, &cell)` a borrow of cell. A
 * hold lasts from the call that fills the guard's variable to a call that gives back what is in it, or to the end of
 * that variable's scope. Meanwhile the value is reached by the pointer that stands beside the guard, `q`.
 */
#ifndef FEARLESS_CHECK_LOANS_HOLDS_H
#define FEARLESS_CHECK_LOANS_HOLDS_H

#include <glib.h>

#include "analysis/origins/origin_parts.h"

struct hold {
    bool is_borrow;                 /* of a refcell, not a lock */
    bool is_exclusive;
    bool is_try;                    /* NULL in place of waiting or a panic */
    uint32_t guard;                 /* the local */
    const struct origin_set *locks; /* the lock, or the refcell's count of borrows */
    struct flow_point at;
    struct span span;
};

struct holds {
    GArray *list;    /* of struct hold, in order of their points */
    uint32_t *named; /* by local: 1 + the index of the hold whose pointer it is; 0: of none */
    uint32_t *given_back;  /* by block: the local whose guard the call that ends it gives back; UINT32_MAX */
    struct dataflow *flow; /* made when it is first asked for */
    const struct cfg *cfg;
};

enum { HOLDS_TRACKED = 64 };

/* Does any call of the function fill a guard? */
bool holds_any(const struct ir_function *fn);

struct holds *holds_new(struct origins *origins);
void holds_free(struct holds *holds);

/*
 * The holds that every way to a block's terminator leaves held: bit i is that of list element i. One that only might
 * be got (is_try) counts as held.
 */
uint64_t holds_before(struct holds *holds, uint32_t block);

/* The local whose guard this call gives back (its first argument), or lets go while it waits; UINT32_MAX: none. */
uint32_t holds_given_back(struct origins *origins, const struct origin_state *state, const struct ir_call *call);
uint32_t holds_let_go_meanwhile(struct origins *origins, const struct origin_state *state, const struct ir_call *call);

/* The outermost guarded or borrowed data that an origin is in or is reached through; NULL: none. */
const struct origin *holds_part(const struct origins *origins, const struct origin *origin);

/* The lock of such data, or the refcell's count of borrows. */
const struct origin_set *holds_lock_of_part(struct origins *origins, const struct origin *part);

#endif
