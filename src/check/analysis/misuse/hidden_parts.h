/*
 * What the rooms of F0403 share. docs/design/misuse.md
 *
 *     hidden_state.c   pairs of calls that can happen at once
 *     hidden_uses.c    who calls such functions, and who can get there
 *     hidden_choices.c which blocks of a function a call with constants gets to
 *     hidden_starts.c  which threads a function leaves running, and where they may run
 *     hidden_report.c  words
 *     fork_children.c  F0405, which asks the same of fork: may other threads be running?
 */
#ifndef FEARLESS_CHECK_MISUSE_HIDDEN_PARTS_H
#define FEARLESS_CHECK_MISUSE_HIDDEN_PARTS_H

#include <glib.h>

#include "analysis/misuse/misuse.h"
#include "analysis/origins/origin_parts.h"
#include "analysis/threads/thread_waits.h"

/* The state of a call that forks: it clashes with nothing, but other threads matter to it (fork_children.c). */
#define HIDDEN_FORK g_intern_static_string("fork")

/* A call of a function that has state of its own. */
struct hidden_use {
    const struct ir_function *fn;  /* in which it stands */
    uint32_t block;
    const struct ir_call *call;
    const char *state;             /* interned; one call that touches two states is two uses */
    bool writes;
    bool safe;                     /* the C library looks after it, although nobody promises that */
    const char *object;            /* the state is in this object: how it is called here; NULL: the function's own */
};

/* Locks that are held on the way, as numbers that say which: one of a global, or any of a struct's field. */
enum { MAX_HIDDEN_LOCKS = 4 };

/* A function gets to a use: by the call that ends `block`. */
struct hidden_way {
    uint32_t use;
    uint32_t block;
    const struct ir_function *by;  /* what that call runs; NULL: it is the use itself */
    bool starts;                   /* in a new thread */
    uint32_t lock_count;
    guint64 locks[MAX_HIDDEN_LOCKS];
};

/* A thread that a function starts, here or in a callee that leaves it running. */
struct hidden_start {
    const struct ir_function *fn;
    uint32_t block;
    const struct ir_function *entry;
    const struct origin_set *cells; /* where its handle is */
    struct span span;               /* of the call that starts it */
    const struct hidden_start *inner; /* in the callee; NULL: right here */
};

enum { MAX_RUNS_OF_CALL = 8 };
struct hidden_run {
    const struct ir_function *callee;
    bool starts;
};

struct hidden_program {
    struct analysis *analysis;
    struct origin_program *origins;
    struct thread_waits *waits;
    struct arena *arena;
    GArray *uses;                  /* struct hidden_use */
    GArray **ways;                 /* by function: struct hidden_way, each use once */
    GPtrArray **starts;            /* by function: struct hidden_start that may run when it returns */
    uint32_t *entry_param;         /* by function: the parameter that it runs in a new thread; 0: none, else number + 1 */
    GHashTable *told;              /* what was told of */
};

/* hidden_uses.c; false: nothing of this matters to the unit */
bool hidden_uses_find(struct hidden_program *program);
uint32_t hidden_runs_of_call(struct hidden_program *program, const struct ir_function *fn, uint32_t block,
                             struct hidden_run *ret);
const struct hidden_way *hidden_way_to(const struct hidden_program *program, const struct ir_function *fn, uint32_t use);
/* What is held at the call that ends the block, added to what a way has. */
struct hidden_way hidden_way_from(struct hidden_program *program, const struct ir_function *fn, uint32_t block,
                                  const struct hidden_run *run, const struct hidden_way *inner);
/* A use that stands right at the block; -1: none (from `from` on). */
int hidden_use_at(const struct hidden_program *program, const struct ir_function *fn, uint32_t block, guint from);

/* The call that ends the block, as far as it calls `callee` with constants, does not get to this use. */
bool hidden_is_ruled_out(struct hidden_program *program, const struct ir_function *callee, const bool *chosen, uint32_t use);

/* hidden_choices.c; by block of the callee, to be freed; NULL: all */
bool *hidden_blocks_chosen(struct hidden_program *program, const struct ir_function *fn, uint32_t block,
                           const struct ir_function *callee);

/* hidden_starts.c */
/* The threads that may be started by the call that ends the block, and go on behind it. */
GPtrArray *hidden_starts_of_call(struct hidden_program *program, const struct ir_function *fn, uint32_t block);

/* hidden_report.c; beside: what runs at the same time, in another thread of the same start or beside it; NULL: the same use */
void hidden_report(struct hidden_program *program, const struct hidden_start *start, const struct hidden_way *way,
                   const struct ir_function *beside_fn, const struct hidden_way *beside, const struct hidden_start *other);

/* fork_children.c: the thread may be running when the process forks */
void fork_children_check(struct hidden_program *program, const struct hidden_start *start, const struct hidden_use *use);

#endif
