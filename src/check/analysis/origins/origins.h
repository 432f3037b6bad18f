/*
 * Where pointers may point.
 *
 * An *origin* is a piece of memory, named by how one gets there: a local or global, a field of another
 * origin, what the pointer in an origin points to. Pointers that a function cannot follow have an origin
 * as well: what a parameter points to is DEREF of the parameter's own storage, the result of a call whose
 * body is not seen is CALL.
 *
 *     struct args a; struct args *p = &a; p->v = &x;      a.v -> { x }
 *     void f(struct job *j) { char *s = j->name; }        s   -> { DEREF(DEREF(j).name) }
 *
 * The analysis is a forward may-analysis: for each origin (as a cell of memory) a set of the origins that
 * the pointer in it may lead to. Casts, void *, and integers keep the set; an array is one cell; a struct's
 * own cell stands for all of its pointers until a field is known better.
 *
 * Order: sets by inclusion, cell by cell; unset is what the cell held at the entry. Join: union. Height: an
 * origin nests at most ORIGIN_MAX_DEPTH deep and a set holds at most ORIGIN_MAX_SET, then UNKNOWN.
 *
 * What is several pointers away (*far*: through lists, trees, a program's global state) has more names than anybody
 * can tell apart, and in a whole program they multiply: each pointer that may lead to n places makes n of the next. So
 * a set names few of them, then one UNKNOWN that takes up all others; and what a function leaves in far memory is
 * told to its callers only as far as it is theirs (origins.c, news_of_store).
 */
#ifndef FEARLESS_CHECK_ORIGINS_ORIGINS_H
#define FEARLESS_CHECK_ORIGINS_ORIGINS_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/context.h"
#include "analysis/traits/traits.h"
#include "flow/cfg.h"
#include "ir/ir.h"

enum { ORIGIN_MAX_DEPTH = 7, ORIGIN_MAX_SET = 48 };

enum origin_kind {
    ORIGIN_NULL,
    ORIGIN_UNKNOWN,
    ORIGIN_STRING,   /* a literal */
    ORIGIN_THREAD,   /* no memory: the thread that the call ending block `index` started; what its handle holds */
    ORIGIN_FUNCTION,
    ORIGIN_LOCAL,    /* `index` */
    ORIGIN_GLOBAL,
    ORIGIN_CALL,     /* what the call that ends block `index` returned or filled in */
    ORIGIN_FIELD,    /* field `index` of `record` in `parent` */
    ORIGIN_DEREF,    /* what the pointer in `parent` points to */
    ORIGIN_OWNED,    /* the same, and `parent` owns it: it dies or moves with it */
};

struct origin {
    enum origin_kind kind;
    uint32_t index;
    const struct origin *parent;
    const struct ir_record *record;
    uint32_t id;    /* dense within its function; order of first use */
    uint32_t depth; /* of nesting */
    bool is_many;   /* some node of a list or a tree: which one, nobody can say */
    uint32_t followed; /* pointers, on the way from the root */
    const struct origin *first_part, *next_part; /* fields in it; the next one in its parent */
};

/* Hash-consed within its function: two sets are equal exactly when the pointers are. Sorted by id. */
struct origin_set {
    uint32_t count;
    const struct origin *items[];
};

/* Of all functions of a unit: caches what callers need to know about callees. */
struct origin_program;
struct origin_program *origin_program_new(struct analysis *analysis, struct traits *traits);
void origin_program_free(struct origin_program *program);

/* Of one function. The program owns it; asking again gives the same. NULL without a body. */
struct origins;
struct origins *origins_of(struct origin_program *program, const struct ir_function *fn);

/* What holds just before a point. Valid until origins_state() is called for another point of this function. */
struct origin_state;
const struct origin_state *origins_state(struct origins *origins, struct flow_point at);

/* Where the value of an operand may point: of a pointer, or of an integer made from one. */
const struct origin_set *origins_value(struct origins *origins, const struct origin_state *state,
                                       const struct ir_operand *operand);

/* The storage that a place names (several when it goes through pointers). */
const struct origin_set *origins_place(struct origins *origins, const struct origin_state *state,
                                       const struct ir_place *place);

/*
 * Every pointer that a value holds and does not own, with the way to it; what owned pointers and handles lead
 * to is searched as well. Steps are innermost first, as in a trait_proof.
 */
struct held_pointer {
    const struct ir_type *type;
    const struct origin_set *targets;
    const struct trait_step *steps;
    uint32_t step_count;
};
typedef void held_pointer_visitor(void *ctx, const struct held_pointer *held);
void origins_held_by(struct origins *origins, const struct origin_state *state, const struct ir_operand *operand,
                     held_pointer_visitor *visit, void *ctx);

/* The same for what is stored in one origin. */
void origins_held_in(struct origins *origins, const struct origin_state *state, const struct origin *cell,
                     const struct ir_type *type, held_pointer_visitor *visit, void *ctx);

/* The set and everything that pointers stored in there lead to. */
const struct origin_set *origins_reach(struct origins *origins, const struct origin_state *state,
                                       const struct origin_set *from);

/* ---- questions about one origin ---- */

/* The local, global, ... that it is in or reached from. */
const struct origin *origin_root(const struct origin *origin);

/* In the storage of its root itself: no pointer was followed. */
bool origin_is_direct(const struct origin *origin);

/* Every pointer that was followed is owned: it lives exactly as long as its root. */
bool origin_is_owned_by_root(const struct origin *origin);

/* It is, or was reached through, data that a lock guards. */
const struct ir_field *origin_guarded_field(const struct origin *origin);

/* What is stored there, or NULL where nobody knows. */
const struct ir_type *origin_type(const struct origins *origins, const struct origin *origin);

/* An element of an array is on its way: which one is not known. */
bool origin_has_array(const struct origins *origins, const struct origin *origin);

/* `v`, `v.len`, `*p`; NULL when it has no name. In the arena. */
const char *origin_describe(const struct origins *origins, const struct origin *origin);

/* The `&x` that made a pointer to this local's storage: the last one in program order, NO_SPAN if there is none. */
struct span origin_borrow_span(const struct origins *origins, const struct origin *origin);

/* ---- what a call does ---- */

/*
 * The caller's view of an origin of the callee: parameters become the arguments of this call. Empty for the
 * callee's own locals.
 */
const struct origin_set *origins_of_callee(struct origins *caller, const struct origin_state *state,
                                           const struct ir_call *call, uint32_t block, const struct origins *callee,
                                           const struct origin *origin);

const struct ir_function *origins_function(const struct origins *origins);

#endif
