/*
 * What a function reads and writes, it and everything that it calls, in its own origins. docs/design/effects.md
 *
 *     static void bump(struct job *j) { j->n++; hits++; }     reads and writes DEREF(j).n and the global hits
 */
#ifndef FEARLESS_CHECK_EFFECTS_EFFECTS_H
#define FEARLESS_CHECK_EFFECTS_EFFECTS_H

#include <glib.h>

#include "analysis/context.h"
#include "analysis/origins/origins.h"

/* A write that leaves nothing of the old value in its place. */
enum effect_end { EFFECT_KEEPS, EFFECT_MOVES, EFFECT_DROPS, EFFECT_FREES /* plain memory, by free() */ };

struct memory_effect {
    const struct origin *origin;    /* of the function whose effect it is */
    bool writes;
    enum effect_end end;
    bool is_atomic;
    bool strides;                   /* through a pointer that is counted on: several elements */
    bool is_guess;                  /* by a function that nobody sees */
    bool in_thread;                 /* by a thread that is started on the way */
    bool is_lent;                   /* to a thread of a scope, by a pointer that it was given: scopes.c judges it */
    bool after_start;               /* a thread may have been started before */
    const struct origin_set *locks; /* held at every access */
    struct flow_point at;
    struct span span;               /* the place, or the argument of the call, or the call */
    const struct ir_call *call;     /* that does it; NULL: the function itself */
    const struct ir_function *by;   /* the function without a body, or the callee, that does it; NULL: itself */
    const struct memory_effect *inner; /* the callee's; NULL: it has no body */
    const struct ir_place *place;   /* as written here; NULL: by a call */
};

struct effect_program;

/* NULL when no function of the unit can have to do with what rests on effects. */
struct effect_program *effect_program_new(struct analysis *analysis, struct origin_program *origins);
void effect_program_free(struct effect_program *program);

/* Of one function: struct memory_effect, only of memory that its callers can see. NULL without a body. */
const GPtrArray *effects_of(const struct effect_program *program, const struct ir_function *fn);

/* Every single effect in the order of the program's text, locals too. `state` holds before the point. */
typedef void effect_visitor(void *ctx, const struct memory_effect *effect);
void effects_walk(struct effect_program *program, const struct ir_function *fn, effect_visitor *visit, void *ctx);

/*
 * What a function does itself, and what functions out of view do with the pointers that it gives them: nothing of its
 * callees in view, no locks. The state holds before the point. For this a program that knows no callees is enough.
 */
typedef void own_effect_visitor(void *ctx, const struct origin_state *state, const struct memory_effect *effect);
struct effect_program *effect_program_of_own(struct analysis *analysis, struct origin_program *origins);
void effects_walk_own(struct effect_program *program, const struct ir_function *fn, own_effect_visitor *visit, void *ctx);

/* The effects of one call alone. */
void effects_of_call(struct effect_program *program, const struct ir_function *fn, uint32_t block,
                     effect_visitor *visit, void *ctx);

/* A lock, an atomic, a cell, or data that a lock guards: others look after it. */
bool effect_is_synchronised(const struct origins *origins, const struct memory_effect *effect);

/* Does a function that nobody sees write what this argument points to? As far as its types tell. */
bool effect_unseen_writes(const struct ir_call *call, uint32_t argument);

/* The access itself, at the end of the chain of calls. */
const struct memory_effect *effect_access(const struct memory_effect *effect);

struct origins *effect_origins(const struct effect_program *program, const struct ir_function *fn);
struct analysis *effect_analysis(const struct effect_program *program);

/* statics.c, shared_writes.c, scopes.c */
void statics_check(struct effect_program *program, struct findings *sink);
void shared_writes_check(struct effect_program *program, const struct ir_function *fn);
void scopes_check(struct effect_program *program, const struct ir_function *fn);

#endif
