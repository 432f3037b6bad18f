#include "flow/cfg.h"

#include <glib.h>
#include <string.h>

#include "flow/cfg_reach.h"
#include "flow/paths_env.h"

/* ------------------------------------------------------------------------------------------- edges */

static void add_edge(GArray *edges, uint32_t from, uint32_t to, enum cfg_edge_kind kind, uint32_t index)
{
    if (to == IR_NO_BLOCK)
        return;
    struct cfg_edge edge = { from, to, kind, index };
    g_array_append_val(edges, edge);
}

static void add_targets(GArray *edges, uint32_t from, const struct ir_terminator *term)
{
    for (uint32_t i = 0; i < term->target_count; i++)
        add_edge(edges, from, term->targets[i], CFG_EDGE_PLAIN, i);
}

static bool call_returns(const struct ir_call *call, const bool *no_return)
{
    if (!call->callee || call->mode != IR_CALL_PLAIN)
        return true;
    return !(no_return && no_return[call->callee->index]);
}

static void block_edges(GArray *edges, uint32_t block, const struct ir_terminator *term, const bool *no_return)
{
    switch (term->kind) {
    case IR_TERM_GOTO:
        add_edge(edges, block, term->target, CFG_EDGE_PLAIN, 0);
        break;
    case IR_TERM_BRANCH:
        add_edge(edges, block, term->target, CFG_EDGE_TRUE, 0);
        add_edge(edges, block, term->otherwise, CFG_EDGE_FALSE, 0);
        break;
    case IR_TERM_SWITCH:
        for (uint32_t i = 0; i < term->case_count; i++)
            add_edge(edges, block, term->cases[i].target, CFG_EDGE_CASE, i);
        add_edge(edges, block, term->otherwise, CFG_EDGE_DEFAULT, 0);
        break;
    case IR_TERM_CALL:
        if (call_returns(term->call, no_return))
            add_edge(edges, block, term->target, CFG_EDGE_PLAIN, 0);
        break;
    case IR_TERM_INDIRECT:
        add_targets(edges, block, term);
        break;
    case IR_TERM_ASM_GOTO:
        add_edge(edges, block, term->target, CFG_EDGE_PLAIN, 0);
        add_targets(edges, block, term);
        break;
    case IR_TERM_RETURN:
    case IR_TERM_UNREACHABLE:
        break;
    }
}

/* ------------------------------------------------------------------------------------------- order */

/* Depth first without recursion: a function of 50,000 lines is a chain of as many blocks. */
static void find_order(struct cfg *cfg, uint32_t block_count)
{
    uint32_t *next = g_new0(uint32_t, block_count);
    uint32_t *stack = g_new(uint32_t, block_count + 1);
    uint32_t depth = 0, done = 0;
    uint32_t *post = g_new(uint32_t, block_count);

    for (uint32_t b = 0; b < block_count; b++)
        cfg->position[b] = CFG_NONE;
    stack[depth++] = 0;
    cfg->position[0] = 0; /* seen */
    while (depth > 0) {
        uint32_t block = stack[depth - 1];
        if (next[block] < cfg->successors[block].count) {
            uint32_t to = cfg->successors[block].items[next[block]++].to;
            if (cfg->position[to] == CFG_NONE) {
                cfg->position[to] = 0;
                stack[depth++] = to;
            }
        } else {
            post[done++] = block;
            depth--;
        }
    }

    cfg->order_count = done;
    for (uint32_t i = 0; i < done; i++) {
        cfg->order[i] = post[done - 1 - i];
        cfg->position[cfg->order[i]] = i;
    }
    g_free(post);
    g_free(stack);
    g_free(next);
}

static void find_predecessors(struct cfg *cfg, uint32_t block_count, struct cfg_edge *storage)
{
    for (uint32_t b = 0; b < block_count; b++) {
        if (!cfg_reachable(cfg, b))
            cfg->successors[b].count = 0;
        for (uint32_t i = 0; i < cfg->successors[b].count; i++)
            cfg->predecessors[cfg->successors[b].items[i].to].count++;
    }
    struct cfg_edge **fill = g_new(struct cfg_edge *, block_count);
    for (uint32_t b = 0; b < block_count; b++) {
        cfg->predecessors[b].items = fill[b] = storage;
        storage += cfg->predecessors[b].count;
    }
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        uint32_t b = cfg->order[i];
        for (uint32_t e = 0; e < cfg->successors[b].count; e++)
            *fill[cfg->successors[b].items[e].to]++ = cfg->successors[b].items[e];
    }
    g_free(fill);
}

/* --------------------------------------------------------------------------------------- dominators */

/* Cooper, Harvey, Kennedy: A Simple, Fast Dominance Algorithm. */
static void find_dominators(struct cfg *cfg)
{
    bool changed = true;
    cfg->idom[0] = 0;
    while (changed) {
        changed = false;
        for (uint32_t i = 1; i < cfg->order_count; i++) {
            uint32_t block = cfg->order[i], best = CFG_NONE;
            for (uint32_t p = 0; p < cfg->predecessors[block].count; p++) {
                uint32_t a = cfg->predecessors[block].items[p].from;
                if (cfg->idom[a] == CFG_NONE)
                    continue;
                uint32_t b = best;
                best = a;
                while (b != CFG_NONE && a != b) {
                    while (cfg->position[a] > cfg->position[b])
                        a = cfg->idom[a];
                    while (cfg->position[b] > cfg->position[a])
                        b = cfg->idom[b];
                    best = a;
                }
            }
            if (best != cfg->idom[block]) {
                cfg->idom[block] = best;
                changed = true;
            }
        }
    }
}

/* Preorder intervals: the parent comes first in reverse post order, so sizes add up backwards. */
static void number_dominators(struct cfg *cfg, uint32_t block_count)
{
    uint32_t *size = g_new0(uint32_t, block_count);
    uint32_t *given = g_new0(uint32_t, block_count);
    for (uint32_t i = cfg->order_count; i-- > 0;) {
        uint32_t block = cfg->order[i];
        size[block]++;
        if (i > 0)
            size[cfg->idom[block]] += size[block];
    }
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        uint32_t block = cfg->order[i], parent = cfg->idom[block];
        if (i == 0) {
            cfg->dom_enter[block] = 1;
        } else {
            cfg->dom_enter[block] = cfg->dom_enter[parent] + 1 + given[parent];
            given[parent] += size[block];
        }
        cfg->dom_leave[block] = cfg->dom_enter[block] + size[block] - 1;
    }
    g_free(given);
    g_free(size);
}

/* -------------------------------------------------------------------------------------------- loops */

static uint32_t outermost(const GArray *loops, uint32_t loop)
{
    while (g_array_index(loops, struct cfg_loop, loop).parent != CFG_NONE)
        loop = g_array_index(loops, struct cfg_loop, loop).parent;
    return loop;
}

/* Inner heads come later in the order, so going backwards finds inner loops first. */
static void find_loops(struct cfg *cfg)
{
    GArray *loops = g_array_new(FALSE, TRUE, sizeof(struct cfg_loop));
    GArray *work = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (uint32_t i = cfg->order_count; i-- > 0;) {
        uint32_t head = cfg->order[i];
        g_array_set_size(work, 0);
        for (uint32_t p = 0; p < cfg->predecessors[head].count; p++) {
            uint32_t from = cfg->predecessors[head].items[p].from;
            if (cfg_dominates(cfg, head, from))
                g_array_append_val(work, from);
        }
        if (work->len == 0)
            continue;
        uint32_t loop = loops->len;
        struct cfg_loop made = { head, CFG_NONE, 0 };
        g_array_append_val(loops, made);
        while (work->len > 0) {
            uint32_t block = g_array_index(work, uint32_t, work->len - 1);
            g_array_set_size(work, work->len - 1);
            if (cfg->loop_of[block] != CFG_NONE) {
                uint32_t outer = outermost(loops, cfg->loop_of[block]);
                if (outer == loop)
                    continue;
                g_array_index(loops, struct cfg_loop, outer).parent = loop;
                block = g_array_index(loops, struct cfg_loop, outer).head;
            } else {
                cfg->loop_of[block] = loop;
            }
            if (block == head)
                continue;
            for (uint32_t p = 0; p < cfg->predecessors[block].count; p++)
                g_array_append_val(work, cfg->predecessors[block].items[p].from);
        }
        if (cfg->loop_of[head] == CFG_NONE)
            cfg->loop_of[head] = loop;
    }

    for (uint32_t i = loops->len; i-- > 0;) { /* parents were made after their children */
        struct cfg_loop *loop = &g_array_index(loops, struct cfg_loop, i);
        loop->depth = loop->parent == CFG_NONE ? 1 : g_array_index(loops, struct cfg_loop, loop->parent).depth + 1;
    }
    cfg->loop_count = loops->len;
    cfg->loops = (struct cfg_loop *)(void *)g_array_free(loops, FALSE);
    g_array_free(work, TRUE);
}

/* ------------------------------------------------------------------------------------------- public */

struct cfg *cfg_new(const struct ir_unit *unit, const struct ir_function *fn, const bool *no_return)
{
    uint32_t count = fn->block_count;
    struct cfg *cfg = g_new0(struct cfg, 1);
    cfg->unit = unit;
    cfg->fn = fn;
    cfg->successors = g_new0(struct cfg_edges, count);
    cfg->predecessors = g_new0(struct cfg_edges, count);
    cfg->order = g_new(uint32_t, count);
    cfg->position = g_new(uint32_t, count);
    cfg->idom = g_new(uint32_t, count);
    cfg->dom_enter = g_new0(uint32_t, count);
    cfg->dom_leave = g_new0(uint32_t, count);
    cfg->loop_of = g_new(uint32_t, count);
    for (uint32_t b = 0; b < count; b++)
        cfg->idom[b] = cfg->loop_of[b] = CFG_NONE;

    GArray *edges = g_array_new(FALSE, FALSE, sizeof(struct cfg_edge));
    for (uint32_t b = 0; b < count; b++) {
        uint32_t start = edges->len;
        block_edges(edges, b, &fn->blocks[b].terminator, no_return);
        cfg->successors[b].count = edges->len - start;
    }
    struct cfg_edge *storage = g_new(struct cfg_edge, 2 * (gsize)edges->len + 1);
    if (edges->len > 0)
        memcpy(storage, edges->data, edges->len * sizeof(struct cfg_edge));
    uint32_t edge_count = edges->len;
    g_array_free(edges, TRUE);
    struct cfg_edge *fill = storage;
    for (uint32_t b = 0; b < count; b++) {
        cfg->successors[b].items = fill;
        fill += cfg->successors[b].count;
    }
    cfg->edge_storage = storage;

    find_order(cfg, count);
    find_predecessors(cfg, count, storage + edge_count);
    find_dominators(cfg);
    number_dominators(cfg, count);
    find_loops(cfg);
    cfg->reach = cfg_reach_new();
    return cfg;
}

void cfg_free(struct cfg *cfg)
{
    if (!cfg)
        return;
    env_table_free(cfg->path_tables[0]);
    env_table_free(cfg->path_tables[1]);
    cfg_reach_free(cfg->reach);
    g_free(cfg->edge_storage);
    g_free(cfg->successors);
    g_free(cfg->predecessors);
    g_free(cfg->order);
    g_free(cfg->position);
    g_free(cfg->idom);
    g_free(cfg->dom_enter);
    g_free(cfg->dom_leave);
    g_free(cfg->loops);
    g_free(cfg->loop_of);
    g_free(cfg);
}

bool cfg_point_dominates(const struct cfg *cfg, struct flow_point a, struct flow_point b)
{
    if (a.block == b.block)
        return a.statement <= b.statement;
    return cfg_dominates(cfg, a.block, b.block);
}

bool cfg_loop_contains(const struct cfg *cfg, uint32_t loop, uint32_t block)
{
    for (uint32_t l = cfg->loop_of[block]; l != CFG_NONE; l = cfg->loops[l].parent)
        if (l == loop)
            return true;
    return false;
}

struct span flow_point_span(const struct ir_function *fn, struct flow_point at)
{
    const struct ir_block *block = &fn->blocks[at.block];
    return at.statement < block->statement_count ? block->statements[at.statement].span : block->terminator.span;
}
