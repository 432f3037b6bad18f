/*
 * What the rooms of the origin analysis share; others include origins.h.
 *
 *     origin_table.c   origins and sets of them, each once
 *     origin_numbers.c which integers may hold an address or a thread
 *     origin_state.c   cells of memory: what a point knows
 *     origin_places.c  what places and values lead to; what statements do to the state
 *     origin_calls.c   what calls do to it
 *     origins.c        the engine
 *     origin_values.c  what a value holds, what can be reached, words for messages
 */
#ifndef FEARLESS_CHECK_ORIGINS_ORIGIN_PARTS_H
#define FEARLESS_CHECK_ORIGINS_ORIGIN_PARTS_H

#include <glib.h>

#include "analysis/origins/origins.h"
#include "base/shared_array.h"
#include "flow/dataflow.h"

enum {
    ORIGIN_FAR = 2,          /* pointers followed */
    ORIGIN_MAX_FAR = 8,      /* in one set */
    ORIGIN_UNKNOWN_FAR = 1,  /* the index of the UNKNOWN that stands for all that are far */
};

/* NULL in a cell: nothing was stored since the entry. */
struct origin_state {
    struct shared_array cells; /* of struct origin_set, by origin id */
    bool reached;
};

struct origins {
    struct origin_program *program;
    const struct ir_unit *unit;
    const struct ir_function *fn;
    struct traits *traits;
    const struct origin_numbers *numbers;
    struct arena *arena;
    struct cfg *cfg;
    struct dataflow *flow;
    GHashTable *table; /* struct origin -> itself */
    GPtrArray *list;   /* by id */
    GHashTable *sets;  /* struct origin_set -> itself */
    const struct origin_set *empty, *null_set, *unknown_set, *far_set;
    bool *reassigned; /* by local: something but the call gives it a value */
    GHashTable *borrows; /* root local + 1 -> GArray of struct span: where its address is taken */
    GHashTable *borrows_seen; /* struct origin_borrow: what is in there */
    struct origin_state at; /* what origins_state() returned last, and which point that was */
    struct flow_point at_point;
    bool is_open;           /* being computed: recursion sees nothing of it */

    /* for callers: what the function returns and leaves in memory that its parameters lead to */
    const struct origin_set *result;
    struct origin_state exit;     /* the join of all returns */
    struct origin_state returned; /* a struct's fields, each by itself: cells in local 0 */
    GArray *stores; /* of struct origin_store, one for each cell */
    GHashTable *homes; /* struct origin of what it made and did not return -> the first cell where it left that */
};

struct origin_borrow {
    uint32_t local;
    struct span span;
};

struct origin_store {
    const struct origin *cell;
    const struct origin_set *set;
};

/* origin_table.c */
void origin_table_init(struct origins *o);
void origin_table_clear(struct origins *o);
const struct origin *origin_base(struct origins *o, enum origin_kind kind, uint32_t index);
const struct origin *origin_field(struct origins *o, const struct origin *parent, const struct ir_record *record,
                                  uint32_t index);
const struct origin *origin_deref(struct origins *o, const struct origin *parent, bool owned);
/* It stands for several nodes from now on. */
void origin_note_many(const struct origin *origin);
const struct origin_set *origin_set_of(struct origins *o, const struct origin *one);
const struct origin_set *origin_set_add(struct origins *o, const struct origin_set *set, const struct origin *one);
const struct origin_set *origin_set_join(struct origins *o, const struct origin_set *a, const struct origin_set *b);
/* Reached through several pointers: of these a set names a few only, and a caller is told little about them. */
bool origin_is_far(const struct origin *origin);
bool origin_set_has(const struct origin_set *set, const struct origin *one);
/*
 * `whole`, then all its parts that have been named: cell = whole; do ...; while ((cell = origin_next_part(cell, whole)));
 * The steps cost what there is in `whole`, not in the function.
 */
const struct origin *origin_next_part(const struct origin *cell, const struct origin *whole);

/* origin_numbers.c */
struct origin_numbers *origin_numbers_new(const struct ir_unit *unit);
void origin_numbers_free(struct origin_numbers *numbers);
/* It is an integer which holds no address and no thread. */
bool origin_is_number(const struct origins *o, const struct origin_numbers *numbers, const struct origin *cell);

/* origin_state.c */
void origin_state_set(struct origin_state *state, const struct origin *cell, const struct origin_set *set);
void origin_state_copy(struct origin_state *to, const struct origin_state *from);
void origin_state_clear(struct origin_state *state);
/* The first cell from *id on in which something was stored: for (id = 0; origin_state_next(...); id++) for all. */
bool origin_state_next(const struct origins *o, const struct origin_state *state, uint32_t *id,
                       const struct origin **cell, const struct origin_set **set);
/* What was stored in this very cell; NULL: nothing. */
const struct origin_set *origin_state_stored(const struct origin_state *state, const struct origin *cell);
/* What a cell holds; type says whether it is a pointer when nothing was stored in it (may be NULL: it is). */
const struct origin_set *origin_state_get(struct origins *o, const struct origin_state *state,
                                          const struct origin *cell, const struct ir_type *type);
bool origin_state_join(struct origins *o, struct origin_state *into, const struct origin_state *from);
/* cell itself or a field in it, at any depth, no pointer followed */
bool origin_is_inside(const struct origin *origin, const struct origin *cell);
/* Everything in `cell` forgotten, then `set` for all of it. */
void origin_state_overwrite(struct origins *o, struct origin_state *state, const struct origin *cell,
                            const struct origin_set *set);
/* to := from, field by field; weak: to may also keep what it had. */
void origin_state_copy_tree(struct origins *o, struct origin_state *state, const struct origin *to,
                            const struct origin_state *from_state, const struct origin *from, bool weak);

/* origin_places.c */
const struct origin_set *origin_set_field(struct origins *o, const struct origin_set *set,
                                          const struct ir_projection *proj);
/*
 * A handle's own set is what its value carries (the pointers that were moved in). As a plain pointer, which is how
 * library functions take it, it leads to that value; back from one, it carries what was left there.
 */
const struct origin_set *origins_owned_by_handle(struct origins *o, const struct origin_state *state,
                                                 const struct ir_place *handle);
void origins_store(struct origins *o, struct origin_state *state, const struct ir_place *place,
                   const struct origin_set *set);
/* Storing to this place (these cells) replaces all that was there: one cell, no element of an array. */
bool origins_overwrite(const struct origins *o, const struct origin_set *cells, const struct ir_place *place);
bool origin_type_is_aggregate(const struct ir_type *type);
void origins_transfer_statement(struct origins *o, struct origin_state *state, const struct ir_statement *st);

/* origin_calls.c */
void origins_transfer_call(struct origins *o, struct origin_state *state, struct flow_point at,
                           const struct ir_call *call);

/* origins.c: of the function that is called, if it can be looked into from here; NULL otherwise */
struct origins *origins_in_view(struct origins *o, const struct ir_call *call);

/* Can a value of this type hold the address of something? Pointers, integers wide enough, structs of them. */
bool origin_type_may_hold(const struct ir_type *type);

#endif
