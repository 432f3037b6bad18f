/*
 * Property simulation (after ESP): a forward analysis that keeps apart the paths which differ in the
 * client's facts, together with what is known about scalars on each of them.
 *
 *     state of a block = at most PATHS_MAX disjuncts
 *     disjunct ("path") = the client's facts + an environment: scalar place -> set of values
 *
 * Where paths meet, disjuncts with the same facts become one (the environment keeps what both know);
 * a branch refines the environment and drops disjuncts it contradicts. So
 *
 *     if (pthread_mutex_trylock(&m) != 0) return;      one path with the lock, one without
 *     s = fl_recv(rx, &t); if (s) goto out;            one where t owns, one where it does not
 *
 * are one mechanism. A client that has more than PATHS_MAX different facts in a block gets two of them
 * merged (the nearest by `distance`), and the result is marked `widened`: facts that hold on no single
 * path. Reports that would be noise when paths were mixed ask path_widened().
 *
 * The environment knows scalar places: locals, their fields, what is behind a pointer, globals. A call or
 * a store through a pointer forgets what it may change. Values are intervals with one hole, joined by
 * widening to the bounds -1, 0, 1, so a loop counter converges.
 */
#ifndef FEARLESS_CHECK_FLOW_PATHS_H
#define FEARLESS_CHECK_FLOW_PATHS_H

#include "flow/cfg.h"

#define PATHS_MAX 8

struct path;

/*
 * The client's side. facts_size bytes of facts; the hooks that may be NULL default to bytes.
 * Obligations: merge gives an upper bound of both and facts can only grow finitely often under it;
 * transfer is monotone in that order; `same` facts have the same future but for what merge keeps
 * (witnesses).
 */
struct path_problem {
    size_t facts_size;

    /*
     * Believe that a condition in memory (`p->verbose`, a global) still holds behind a call that might
     * have changed it. For analyses where a lost correlation is noise and a wrong one is rare.
     */
    bool stable_memory;

    void (*init)(void *ctx, void *facts);                 /* may be NULL: zero bytes */
    void (*copy)(void *ctx, void *to, const void *from);  /* may be NULL */
    void (*clear)(void *ctx, void *facts);                /* may be NULL */
    bool (*same)(void *ctx, const void *a, const void *b); /* may be NULL: equal bytes */
    bool (*merge)(void *ctx, void *into, const void *from); /* true when `into` changed */
    unsigned (*distance)(void *ctx, const void *a, const void *b); /* may be NULL: the last two are merged */
    /* May be NULL. True: merging these says nothing that does not hold on each of the two, so it does not widen. */
    bool (*agree)(void *ctx, const void *a, const void *b);

    void (*entry)(void *ctx, void *facts);
    /* Before the environment takes the statement in; facts are read and written by path_facts(). */
    void (*statement)(void *ctx, struct path *path, struct flow_point at, const struct ir_statement *statement);
    /* A call's destination is already unknown here, so path_assume() on it states what the result means. */
    void (*terminator)(void *ctx, struct path *path, struct flow_point at, const struct ir_terminator *terminator);
    /* May be NULL; false: this path does not go along the edge. */
    bool (*edge)(void *ctx, struct path *path, const struct cfg_edge *edge);
};

void *path_facts(struct path *path);

/* These facts mix several paths (more than PATHS_MAX were kept apart somewhere before). */
bool path_widened(const struct path *path);

/* In paths_report(): the fixed point is reached and this visit is the one to report from. */
bool path_reporting(const struct path *path);

/*
 * A second path that is equal to this one and goes on behind the operation at hand (it is not given to
 * the callback again). Change both, usually with a path_assume() each. Only in `terminator`.
 */
struct path *path_fork(struct path *path);

/*
 * States `place op value` (IR_EQ ... IR_GE). False when that contradicts what is known: the path is dead
 * and the engine drops it. A place the environment does not follow is no contradiction.
 */
bool path_assume(struct path *path, const struct ir_place *place, enum ir_binary_op op, int64_t value);

/* 1: `operand op value` holds, 0: it does not, -1: not known. */
int path_test(const struct path *path, const struct ir_operand *operand, enum ir_binary_op op, int64_t value);

/* The least and the greatest value an operand can have on this path. */
void path_bounds(const struct path *path, const struct ir_operand *operand, int64_t *ret_low, int64_t *ret_high);

/* The path ends here (a call that turns out never to return). */
void path_kill(struct path *path);

struct paths;

struct paths *paths_run(struct cfg *cfg, const struct path_problem *problem, void *ctx);
void paths_free(struct paths *paths);

/* Walks everything once more with the fixed point, calling the problem's callbacks with path_reporting(). */
void paths_report(struct paths *paths);

/* The paths at the start of a block. */
unsigned paths_count(const struct paths *paths, uint32_t block);
struct path *paths_at(const struct paths *paths, uint32_t block, unsigned index);

#endif
