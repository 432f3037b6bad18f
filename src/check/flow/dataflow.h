/*
 * One worklist engine for every path-insensitive analysis, forward or backward.
 *
 * A problem is a join semilattice of states and a transfer function. What its author owes (and writes
 * beside the problem):
 *
 *     order      what `a <= b` means; join gives an upper bound of both and says whether `into` grew
 *     bottom     a fresh state (zero bytes, or what init makes of them): join(bottom, x) is x
 *     monotone   a greater state before a statement gives a state after it that is not less
 *     height     how often a state can grow; the engine ends after blocks x height visits
 *
 * The engine visits blocks in reverse post order (backward: post order), so that a problem whose states
 * grow once converges in (loop depth + 2) passes.
 */
#ifndef FEARLESS_CHECK_FLOW_DATAFLOW_H
#define FEARLESS_CHECK_FLOW_DATAFLOW_H

#include "flow/cfg.h"

enum dataflow_direction { DATAFLOW_FORWARD, DATAFLOW_BACKWARD };

struct dataflow_problem {
    enum dataflow_direction direction;
    size_t state_size;

    /* What zero bytes do not do; each may be NULL. A state that owns memory has all three. */
    void (*init)(void *ctx, void *state);
    void (*copy)(void *ctx, void *to, const void *from); /* `to` has been initialised */
    void (*clear)(void *ctx, void *state);

    /* The state at the entry (backward: at every return and at calls that never return); starts as bottom. */
    void (*entry)(void *ctx, void *state);
    bool (*join)(void *ctx, void *into, const void *from);

    void (*statement)(void *ctx, void *state, struct flow_point at, const struct ir_statement *statement);
    void (*terminator)(void *ctx, void *state, struct flow_point at, const struct ir_terminator *terminator);

    /* Refines the state that goes along an edge; false: the edge cannot be taken. May be NULL. */
    bool (*edge)(void *ctx, void *state, const struct cfg_edge *edge);
};

struct dataflow;

struct dataflow *dataflow_run(const struct cfg *cfg, const struct dataflow_problem *problem, void *ctx);
void dataflow_free(struct dataflow *flow);

/* The state at a block's start (backward: at its end). NULL where no path leads. */
const void *dataflow_block_state(const struct dataflow *flow, uint32_t block);

/*
 * Walks all reachable blocks in order (backward: each from its end) with the fixed point: visit gets the
 * state that holds before each statement and terminator (backward: after it).
 */
typedef void dataflow_visitor(void *visitor_ctx, const void *state, struct flow_point at,
                              const struct ir_statement *statement, const struct ir_terminator *terminator);
void dataflow_visit(struct dataflow *flow, dataflow_visitor *visit, void *visitor_ctx);

/* The same for one block. */
void dataflow_visit_block(struct dataflow *flow, uint32_t block, dataflow_visitor *visit, void *visitor_ctx);

#endif
