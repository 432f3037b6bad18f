/* Pointers that are left in memory outside of the function: nobody uses them here, but they are there when it is left. */
#include "analysis/loans/loan_parts.h"

/* One of them is (a part of) the other: a struct's own cell stands for its fields. */
bool loan_overlaps(const struct origin_set *cells, const struct origin *cell)
{
    for (uint32_t i = 0; i < cells->count; i++)
        if (origin_is_inside(cells->items[i], cell) || origin_is_inside(cell, cells->items[i]))
            return true;
    return false;
}

bool loan_is_outside(const struct origin *cell)
{
    const struct origin *root = origin_root(cell);
    return root->kind == ORIGIN_GLOBAL || (root->kind == ORIGIN_LOCAL && !origin_is_direct(cell));
}

/* A function of the program may set back what lies outside, in ways that are not followed (other threads, too). */
bool loan_may_set_back(const struct ir_terminator *term)
{
    return term->kind == IR_TERM_CALL && !(term->call->callee && term->call->callee->in_system_header);
}

static bool is_between(const struct cfg *cfg, uint32_t from, uint32_t block, uint32_t to)
{
    return (block == from || cfg_can_reach(cfg, from, block)) && cfg_can_reach(cfg, block, to);
}

bool loan_is_left_behind(const struct loans *loans, const struct loan *loan, struct flow_point stored)
{
    const struct cfg *cfg = loans->origins->cfg;
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        uint32_t block = cfg->order[i];
        bool stores = block == stored.block && flow_point_is_terminator(loans->fn, stored) && !cfg_can_reach(cfg, block, block);
        if (block != loan->at.block && !stores && loan_may_set_back(&loans->fn->blocks[block].terminator) &&
            is_between(cfg, stored.block, block, loan->at.block))
            return false;
    }
    return true;
}

/* ---------------------------------------------------------------------------------------- arrays outside */

struct rewrite {
    const struct loans *loans;
    const struct loan *loan;
    struct flow_point stored;
    bool is_behind; /* the whole block is */
    bool found;
};

static void look_for_rewrite(void *ctx, const void *state, struct flow_point at, const struct ir_statement *st,
                             const struct ir_terminator *term)
{
    struct rewrite *r = ctx;
    bool is_store = at.block == r->stored.block && at.statement == r->stored.statement;
    const struct ir_place *place = NULL;
    if (st && (st->kind == IR_ST_ASSIGN || st->kind == IR_ST_ZERO || st->kind == IR_ST_FORGET || st->kind == IR_ST_DROP))
        place = &st->place;
    else if (term && term->kind == IR_TERM_CALL && term->call->has_dest)
        place = &term->call->dest;
    if (!place || is_store || (!r->is_behind && at.statement < r->stored.statement))
        return;
    r->found |= loan_overlaps(origins_place(r->loans->origins, state, place), r->loan->cell);
}

bool loan_is_left_in_array(const struct loans *loans, const struct loan *loan, struct flow_point stored)
{
    const struct cfg *cfg = loans->origins->cfg;
    struct rewrite r = {.loans = loans, .loan = loan, .stored = stored};
    if (!cfg_point_dominates(cfg, stored, loan->at))
        return false;
    for (uint32_t i = 0; i < cfg->order_count && !r.found; i++) {
        uint32_t block = cfg->order[i];
        r.is_behind = cfg_can_reach(cfg, stored.block, block);
        if (r.is_behind || block == stored.block)
            dataflow_visit_block(loans->origins->flow, block, look_for_rewrite, &r);
    }
    return !r.found;
}
