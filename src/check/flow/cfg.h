/*
 * The control flow of one function as the analyses want it: edges in both directions, an order in which
 * to visit, dominators and loops.
 *
 * Blocks that cannot be reached from the entry have no place in the order and no edges count from them.
 * Edges keep *why* they are taken (the true side of a branch, a switch's case), so two edges between
 * the same two blocks are two edges: a refinement by the condition must see them apart.
 */
#ifndef FEARLESS_CHECK_FLOW_CFG_H
#define FEARLESS_CHECK_FLOW_CFG_H

#include <stdbool.h>
#include <stdint.h>

#include "ir/ir.h"

/* A statement of a block; its terminator is number statement_count. */
struct flow_point {
    uint32_t block;
    uint32_t statement;
};

enum cfg_edge_kind {
    CFG_EDGE_PLAIN,   /* goto, the return of a call, an indirect jump */
    CFG_EDGE_TRUE,    /* of a branch */
    CFG_EDGE_FALSE,
    CFG_EDGE_CASE,    /* of a switch: `index` is the case */
    CFG_EDGE_DEFAULT,
};

struct cfg_edge {
    uint32_t from, to;
    enum cfg_edge_kind kind;
    uint32_t index;
};

struct cfg_edges {
    const struct cfg_edge *items;
    uint32_t count;
};

struct cfg_loop {
    uint32_t head;     /* the block that every pass goes through */
    uint32_t parent;   /* index of the loop around it, or CFG_NONE */
    uint32_t depth;    /* 1: outermost */
};

#define CFG_NONE UINT32_MAX

struct cfg_reach; /* cfg_reach.h */
struct env_table; /* paths_env.h */

struct cfg {
    const struct ir_unit *unit;
    const struct ir_function *fn;
    struct cfg_edges *successors;   /* by block; empty for unreachable blocks */
    struct cfg_edges *predecessors; /* by block; only those that can be reached */
    uint32_t *order;                /* blocks in reverse post order, the entry first */
    uint32_t order_count;
    uint32_t *position;             /* by block: its index in `order`, CFG_NONE when unreachable */
    uint32_t *idom;                 /* by block: immediate dominator; of the entry itself */
    uint32_t *dom_enter, *dom_leave; /* preorder numbers in the dominator tree */
    struct cfg_loop *loops;         /* natural loops; a goto into the middle of a cycle makes none */
    uint32_t loop_count;
    uint32_t *loop_of;              /* by block: index of the innermost loop, CFG_NONE outside */
    struct env_table *path_tables[2]; /* paths.c keeps its preparation here, for the next run on this function */
    struct cfg_reach *reach;        /* cfg_can_reach's last answers */
    struct cfg_edge *edge_storage;  /* what successors and predecessors point into */
};

/*
 * no_return, by function index, names functions of the unit that are known never to return although no
 * attribute says so (summary.h finds them); NULL when nothing is known. A call of one ends its path.
 */
struct cfg *cfg_new(const struct ir_unit *unit, const struct ir_function *fn, const bool *no_return);
void cfg_free(struct cfg *cfg);

static inline bool cfg_reachable(const struct cfg *cfg, uint32_t block)
{
    return cfg->position[block] != CFG_NONE;
}

/* Every path from the entry to b goes through a. A block dominates itself. */
static inline bool cfg_dominates(const struct cfg *cfg, uint32_t a, uint32_t b)
{
    return cfg->dom_enter[a] <= cfg->dom_enter[b] && cfg->dom_leave[b] <= cfg->dom_leave[a];
}

/* The same for statements. */
bool cfg_point_dominates(const struct cfg *cfg, struct flow_point a, struct flow_point b);

/* block belongs to that loop or to one inside it. */
bool cfg_loop_contains(const struct cfg *cfg, uint32_t loop, uint32_t block);

/* A path of at least one edge leads from `from` to `to`. */
bool cfg_can_reach(const struct cfg *cfg, uint32_t from, uint32_t to);

/* The span of the statement or terminator at a point. */
struct span flow_point_span(const struct ir_function *fn, struct flow_point at);

static inline bool flow_point_is_terminator(const struct ir_function *fn, struct flow_point at)
{
    return at.statement == fn->blocks[at.block].statement_count;
}

#endif
