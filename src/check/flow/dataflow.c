#include "flow/dataflow.h"

#include <glib.h>
#include <string.h>

struct dataflow {
    const struct cfg *cfg;
    struct dataflow_problem problem;
    void *ctx;
    char *states;   /* by position in the order */
    bool *reached;  /* by position */
    void *scratch, *along; /* the state inside a block; the one that goes along an edge */
};

/* ------------------------------------------------------------------------------------------- states */

static void *state_at(const struct dataflow *flow, uint32_t position)
{
    return flow->states + (size_t)position * flow->problem.state_size;
}

static void init_state(const struct dataflow *flow, void *state)
{
    memset(state, 0, flow->problem.state_size);
    if (flow->problem.init)
        flow->problem.init(flow->ctx, state);
}

static void copy_state(const struct dataflow *flow, void *to, const void *from)
{
    if (flow->problem.copy)
        flow->problem.copy(flow->ctx, to, from);
    else
        memcpy(to, from, flow->problem.state_size);
}

static void clear_state(const struct dataflow *flow, void *state)
{
    if (flow->problem.clear)
        flow->problem.clear(flow->ctx, state);
}

/* --------------------------------------------------------------------------------------- one block */

static void transfer(struct dataflow *flow, uint32_t block, void *state, dataflow_visitor *visit, void *visitor_ctx)
{
    const struct ir_block *body = &flow->cfg->fn->blocks[block];
    bool forward = flow->problem.direction == DATAFLOW_FORWARD;
    /* steps 0 ... statement_count, the terminator being the last (backward: the first) */
    for (uint32_t step = 0; step <= body->statement_count; step++) {
        struct flow_point at = { block, forward ? step : body->statement_count - step };
        if (at.statement == body->statement_count) {
            if (visit)
                visit(visitor_ctx, state, at, NULL, &body->terminator);
            if (flow->problem.terminator)
                flow->problem.terminator(flow->ctx, state, at, &body->terminator);
        } else {
            const struct ir_statement *statement = &body->statements[at.statement];
            if (visit)
                visit(visitor_ctx, state, at, statement, NULL);
            if (flow->problem.statement)
                flow->problem.statement(flow->ctx, state, at, statement);
        }
    }
}

/* Joins what leaves the block into its neighbours; marks those that grew. */
static void propagate(struct dataflow *flow, uint32_t block, bool *pending)
{
    const struct cfg *cfg = flow->cfg;
    bool forward = flow->problem.direction == DATAFLOW_FORWARD;
    const struct cfg_edges *edges = forward ? &cfg->successors[block] : &cfg->predecessors[block];
    for (uint32_t i = 0; i < edges->count; i++) {
        const struct cfg_edge *edge = &edges->items[i];
        uint32_t to = cfg->position[forward ? edge->to : edge->from];
        const void *state = flow->scratch;
        if (flow->problem.edge) {
            copy_state(flow, flow->along, flow->scratch);
            if (!flow->problem.edge(flow->ctx, flow->along, edge))
                continue;
            state = flow->along;
        }
        bool grew = flow->problem.join(flow->ctx, state_at(flow, to), state);
        if (grew || !flow->reached[to]) {
            flow->reached[to] = true;
            pending[to] = true;
        }
    }
}

/* ----------------------------------------------------------------------------------------- solving */

static void seed(struct dataflow *flow, bool *pending)
{
    const struct cfg *cfg = flow->cfg;
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        bool boundary = flow->problem.direction == DATAFLOW_FORWARD ? i == 0
                                                                     : cfg->successors[cfg->order[i]].count == 0;
        if (!boundary)
            continue;
        if (flow->problem.entry)
            flow->problem.entry(flow->ctx, state_at(flow, i));
        flow->reached[i] = pending[i] = true;
    }
    /* An endless loop has no end to start from, and what is live in it is live nevertheless. */
    if (flow->problem.direction == DATAFLOW_BACKWARD)
        for (uint32_t i = 0; i < cfg->order_count; i++)
            flow->reached[i] = pending[i] = true;
}

/* Passes in order over the blocks that are pending, until none is. */
static void solve(struct dataflow *flow)
{
    uint32_t count = flow->cfg->order_count;
    bool forward = flow->problem.direction == DATAFLOW_FORWARD;
    bool *pending = g_new0(bool, count);
    bool again = true;

    seed(flow, pending);
    while (again) {
        again = false;
        for (uint32_t step = 0; step < count; step++) {
            uint32_t position = forward ? step : count - 1 - step;
            if (!pending[position])
                continue;
            pending[position] = false;
            uint32_t block = flow->cfg->order[position];
            copy_state(flow, flow->scratch, state_at(flow, position));
            transfer(flow, block, flow->scratch, NULL, NULL);
            propagate(flow, block, pending);
        }
        for (uint32_t i = 0; i < count && !again; i++)
            again = pending[i];
    }
    g_free(pending);
}

struct dataflow *dataflow_run(const struct cfg *cfg, const struct dataflow_problem *problem, void *ctx)
{
    struct dataflow *flow = g_new0(struct dataflow, 1);
    flow->cfg = cfg;
    flow->problem = *problem;
    flow->ctx = ctx;
    size_t size = problem->state_size ? problem->state_size : 1;
    flow->problem.state_size = size;
    flow->states = g_malloc(size * cfg->order_count);
    flow->reached = g_new0(bool, cfg->order_count);
    flow->scratch = g_malloc(size);
    flow->along = g_malloc(size);
    for (uint32_t i = 0; i < cfg->order_count; i++)
        init_state(flow, state_at(flow, i));
    init_state(flow, flow->scratch);
    init_state(flow, flow->along);
    solve(flow);
    return flow;
}

void dataflow_free(struct dataflow *flow)
{
    if (!flow)
        return;
    for (uint32_t i = 0; i < flow->cfg->order_count; i++)
        clear_state(flow, state_at(flow, i));
    clear_state(flow, flow->scratch);
    clear_state(flow, flow->along);
    g_free(flow->states);
    g_free(flow->reached);
    g_free(flow->scratch);
    g_free(flow->along);
    g_free(flow);
}

/* ----------------------------------------------------------------------------------------- results */

const void *dataflow_block_state(const struct dataflow *flow, uint32_t block)
{
    uint32_t position = flow->cfg->position[block];
    if (position == CFG_NONE || !flow->reached[position])
        return NULL;
    return state_at(flow, position);
}

void dataflow_visit_block(struct dataflow *flow, uint32_t block, dataflow_visitor *visit, void *visitor_ctx)
{
    const void *state = dataflow_block_state(flow, block);
    if (!state)
        return;
    copy_state(flow, flow->scratch, state);
    transfer(flow, block, flow->scratch, visit, visitor_ctx);
}

void dataflow_visit(struct dataflow *flow, dataflow_visitor *visit, void *visitor_ctx)
{
    for (uint32_t i = 0; i < flow->cfg->order_count; i++)
        dataflow_visit_block(flow, flow->cfg->order[i], visit, visitor_ctx);
}
