/*
 * From the end of a loan backward to where it was made: to the store of the pointer in its cell, from there to the cell that
 * it was copied from, and so on.
 */
#include "analysis/loans/loan_parts.h"

enum { MAX_HOPS = 12 };

struct backward {
    struct loans *loans;
    const struct origin *cell, *target;
    struct flow_point before; /* in its block: only what stands in front of this */
    bool in_first_block;
    bool found;
    struct flow_point at;     /* where the cell got the pointer ... */
    struct span span;         /* ... the whole statement */
    struct span borrow;       /* ... and the pointer in it */
    const struct origin *from; /* another cell that it was copied from; NULL: it was made here */
    uint32_t base;             /* the local that the copied or borrowed place starts from, UINT32_MAX: none */
};

static bool leads_to_target(const struct backward *b, const struct origin_set *set)
{
    return origin_set_has(set, b->target);
}

static void found_here(struct backward *b, struct flow_point at, struct span whole, struct span borrow,
                       const struct origin *from, const struct ir_place *place)
{
    b->base = place->base == IR_BASE_LOCAL ? place->base_index : UINT32_MAX;
    b->found = true;
    b->at = at;
    b->span = whole;
    b->borrow = borrow;
    b->from = from;
}

/* The cell in which an operand's pointer was; NULL when it comes from a field that owns it, or from elsewhere. */
static const struct origin *cell_behind(struct backward *b, const struct origin_state *state,
                                        const struct ir_operand *operand)
{
    struct origins *o = b->loans->origins;
    const struct origin_set *cells = origins_place(o, state, &operand->place);
    for (uint32_t i = 0; i < cells->count; i++)
        if (cells->items[i] != b->cell && leads_to_target(b, origin_state_get(o, state, cells->items[i], NULL)))
            return cells->items[i];
    return NULL;
}

/* Field by field, too: the part of the operand that corresponds to the cell. */
static const struct origin *corresponding(struct backward *b, const struct origin_state *state,
                                          const struct ir_operand *operand)
{
    struct origins *o = b->loans->origins;
    const struct origin_set *cells = origins_place(o, state, &operand->place);
    for (uint32_t i = 0; i < cells->count; i++)
        for (const struct origin *cell = cells->items[i]; cell; cell = origin_next_part(cell, cells->items[i])) {
            const struct origin_set *set = cell != b->cell ? origin_state_stored(state, cell) : NULL;
            if (set && leads_to_target(b, set))
                return cell;
        }
    return NULL;
}

static void see_operands(struct backward *b, const struct origin_state *state, struct flow_point at, struct span whole,
                         const struct ir_operand *operands, uint32_t count)
{
    struct origins *o = b->loans->origins;
    for (uint32_t i = 0; i < count; i++) {
        if (operands[i].kind == IR_OPERAND_CONST || !origin_type_may_hold(operands[i].place.type))
            continue;
        bool leads = leads_to_target(b, origins_value(o, state, &operands[i]));
        const struct origin *from = leads ? cell_behind(b, state, &operands[i]) : corresponding(b, state, &operands[i]);
        if (leads || from) {
            found_here(b, at, whole, operands[i].span, from, &operands[i].place);
            return;
        }
    }
}

static bool writes_cell(struct backward *b, const struct origin_state *state, const struct ir_place *place)
{
    return loan_overlaps(origins_place(b->loans->origins, state, place), b->cell);
}

static void see_assignment(struct backward *b, const struct origin_state *state, struct flow_point at,
                           const struct ir_statement *st)
{
    if (!writes_cell(b, state, &st->place))
        return;
    if (st->value.kind != IR_RV_ADDRESS_OF) {
        see_operands(b, state, at, st->span, st->value.operands, st->value.operand_count);
        return;
    }
    if (!leads_to_target(b, origins_place(b->loans->origins, state, &st->value.place)))
        return;
    found_here(b, at, st->span, span_is_none(st->value.whole) ? st->span : st->value.whole, NULL, &st->value.place);
}

/* Its result goes there, or a callee in view may store through a pointer. */
static bool may_fill(const struct backward *b, const struct ir_call *call)
{
    const struct origin *root = origin_root(b->cell);
    bool is_result = call->has_dest && call->dest.base == IR_BASE_LOCAL && !ir_place_has_deref(&call->dest) &&
                     root->kind == ORIGIN_LOCAL && root->index == call->dest.base_index;
    if (is_result)
        return true;
    bool is_reachable = root->kind != ORIGIN_LOCAL || !origin_is_direct(b->cell) ||
                        b->loans->fn->locals[root->index].address_taken;
    return is_reachable && call->callee && call->callee->has_body;
}

/* Any root of the target among the arguments: the callee returned it, or left it in memory. */
static void see_call(struct backward *b, const struct origin_state *state, struct flow_point at,
                     const struct ir_terminator *term)
{
    struct origins *o = b->loans->origins;
    const struct ir_call *call = term->call;
    for (uint32_t i = 0; i < call->arg_count; i++) {
        const struct ir_operand *arg = &call->args[i];
        if (arg->kind == IR_OPERAND_CONST || !origin_type_may_hold(arg->place.type))
            continue;
        const struct origin_set *shown = origins_reach(o, state, origins_value(o, state, arg));
        for (uint32_t k = 0; k < shown->count; k++) {
            if (origin_root(shown->items[k]) != origin_root(b->target))
                continue;
            found_here(b, at, term->span, arg->span, NULL, &arg->place);
            return;
        }
        if (arg->place.type->kind == IR_TYPE_HANDLE && origin_root(b->target)->kind == ORIGIN_LOCAL &&
            arg->place.base == IR_BASE_LOCAL && arg->place.base_index == origin_root(b->target)->index) {
            found_here(b, at, term->span, arg->span, NULL, &arg->place);
            return;
        }
    }
}

/* A callee that is shown the cell need not be the one that filled it: something in front of the call has. */
static bool is_there_before(const struct backward *b, const struct origin_state *state)
{
    const struct origin_set *set = origin_state_stored(state, b->cell);
    return set && leads_to_target(b, set);
}

static void look_backward(void *ctx, const void *state_bytes, struct flow_point at, const struct ir_statement *st,
                          const struct ir_terminator *term)
{
    struct backward *b = ctx;
    if (b->in_first_block && at.statement >= b->before.statement)
        return;
    if (st && st->kind == IR_ST_ASSIGN)
        see_assignment(b, state_bytes, at, st);
    else if (term && term->kind == IR_TERM_CALL && may_fill(b, term->call) && !is_there_before(b, state_bytes))
        see_call(b, state_bytes, at, term);
}

static bool look_for_source(struct backward *b)
{
    const struct cfg *cfg = b->loans->origins->cfg;
    bool *seen = g_new0(bool, b->loans->fn->block_count);
    GArray *queue = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    b->found = false;
    g_array_append_val(queue, b->before.block);
    for (guint head = 0; head < queue->len && !b->found; head++) {
        uint32_t block = g_array_index(queue, uint32_t, head);
        b->in_first_block = head == 0;
        dataflow_visit_block(b->loans->origins->flow, block, look_backward, b);
        for (uint32_t e = 0; !b->found && e < cfg->predecessors[block].count; e++) {
            uint32_t from = cfg->predecessors[block].items[e].from;
            if (!seen[from])
                g_array_append_val(queue, from);
            seen[from] = true;
        }
    }
    g_array_free(queue, TRUE);
    g_free(seen);
    return b->found;
}

/* A pointer variable is not told of where it gets its value; other memory, and the result, are. */
static bool is_told_of(const struct loans *loans, const struct origin *cell)
{
    return cell->kind != ORIGIN_LOCAL || cell->index == 0 || loans->fn->locals[cell->index].hidden;
}

/* The pointer beside the guard, or one that lies in what it guards: nobody asks how that came there. */
static bool is_lent_by_guard(const struct loans *loans, const struct loan *loan, const struct origin *cell)
{
    return loan->hold && ((cell->kind == ORIGIN_LOCAL && loans->holds->named[cell->index]) ||
                          holds_part(loans->origins, cell));
}

bool loan_find_source(struct loans *loans, const struct loan *loan, struct loan_source *ret)
{
    struct backward b = {.loans = loans, .cell = loan->cell, .target = loan->target, .before = loan->at};
    *ret = (struct loan_source){.stored = NO_SPAN};
    bool at_once = true; /* only temporaries on the way so far */
    for (unsigned hop = 0; hop < MAX_HOPS; hop++) {
        if (!look_for_source(&b))
            return false;
        if (hop == 0 && is_told_of(loans, loan->cell))
            ret->stored = b.span;
        if (hop == 0)
            ret->at = b.at;
        ret->borrow = b.borrow;
        ret->is_at_once = at_once;
        ret->base = b.base;
        ret->made_at = b.at;
        if (!b.from || is_lent_by_guard(loans, loan, b.from))
            return true;
        at_once &= loan_is_temporary(loans, b.from);
        b.cell = b.from;
        b.before = b.at;
    }
    return true;
}
