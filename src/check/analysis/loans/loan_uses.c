/*
 * From the end of a loan forward to a use of the cell that holds it. The walk follows the control flow block by block;
 * in a block it sees each point with the origins that hold there.
 */
#include "analysis/loans/loan_parts.h"

/* ------------------------------------------------------------------------- what a point does to a cell */

enum effect_on_cell { EFFECT_NONE, EFFECT_USED, EFFECT_OVERWRITTEN };

struct point {
    struct loans *loans;
    const struct origin_state *state;
    const struct origin *cell;
    struct span span; /* of the use, when there is one */
};

static bool contains(const struct origin_set *cells, const struct origin *cell)
{
    for (uint32_t i = 0; i < cells->count; i++)
        if (origin_is_inside(cell, cells->items[i]))
            return true;
    return false;
}

/* Is the pointer in the cell followed on the way to a place? */
static bool follows(struct point *p, const struct ir_place *place)
{
    struct ir_place prefix = *place;
    for (uint32_t i = 0; i < place->projection_count; i++) {
        if (place->projections[i].kind != IR_PROJ_DEREF)
            continue;
        prefix.projection_count = i;
        if (loan_overlaps(origins_place(p->loans->origins, p->state, &prefix), p->cell))
            return true;
    }
    return false;
}

static bool uses_place(struct point *p, const struct ir_place *place, bool value, struct span span)
{
    bool used = follows(p, place) ||
                (value && origin_type_may_hold(place->type) &&
                 loan_overlaps(origins_place(p->loans->origins, p->state, place), p->cell));
    if (used)
        p->span = span;
    return used;
}

static bool uses_operand(struct point *p, const struct ir_operand *operand, bool value)
{
    return operand->kind != IR_OPERAND_CONST && uses_place(p, &operand->place, value, operand->span);
}

static bool uses_rvalue(struct point *p, const struct ir_rvalue *value, struct span span)
{
    if (value->kind == IR_RV_ADDRESS_OF)
        return uses_place(p, &value->place, false, span_is_none(value->span) ? span : value->span);
    /* asking whether a pointer is NULL, or which of two it is, does not follow it */
    bool compares = (value->kind == IR_RV_BINARY && value->binary >= IR_EQ && value->binary <= IR_GE) ||
                    (value->kind == IR_RV_UNARY && value->unary == IR_NOT);
    compares |= value->kind == IR_RV_CAST && !origin_type_may_hold(value->type); /* a number is left of it */
    for (uint32_t i = 0; i < value->operand_count; i++)
        if (uses_operand(p, &value->operands[i], !compares))
            return true;
    return false;
}

static bool overwrites(struct point *p, const struct ir_place *place)
{
    const struct origin_set *cells = origins_place(p->loans->origins, p->state, place);
    return origins_overwrite(p->loans->origins, cells, place) && origin_is_inside(p->cell, cells->items[0]);
}

static enum effect_on_cell of_opaque(struct point *p, const struct ir_opaque *opaque)
{
    for (uint32_t i = 0; i < opaque->read_count; i++)
        if (uses_operand(p, &opaque->reads[i], true))
            return EFFECT_USED;
    return EFFECT_NONE;
}

static enum effect_on_cell of_statement(struct point *p, const struct ir_statement *st)
{
    switch (st->kind) {
    case IR_ST_ASSIGN:
        if (uses_rvalue(p, &st->value, st->span) || uses_place(p, &st->place, false, st->span))
            return EFFECT_USED;
        return overwrites(p, &st->place) ? EFFECT_OVERWRITTEN : EFFECT_NONE;
    case IR_ST_ZERO:
    case IR_ST_DROP:
    case IR_ST_FORGET:
        if (uses_place(p, &st->place, false, st->span))
            return EFFECT_USED;
        return overwrites(p, &st->place) ? EFFECT_OVERWRITTEN : EFFECT_NONE;
    case IR_ST_ATOMIC:
        for (uint32_t i = 0; i < st->atomic->operand_count; i++)
            if (uses_operand(p, &st->atomic->operands[i], true))
                return EFFECT_USED;
        return uses_place(p, &st->place, st->atomic->op != IR_ATOMIC_STORE, st->span) ? EFFECT_USED : EFFECT_NONE;
    case IR_ST_ASM:
    case IR_ST_OPAQUE:
        return of_opaque(p, st->opaque);
    case IR_ST_STORAGE_LIVE:
    case IR_ST_STORAGE_DEAD: {
        const struct origin *root = origin_root(p->cell);
        bool ends = root->kind == ORIGIN_LOCAL && root->index == st->local && origin_is_direct(p->cell);
        return ends ? EFFECT_OVERWRITTEN : EFFECT_NONE;
    }
    default:
        return EFFECT_NONE;
    }
}

/*
 * Plain C: a struct that is given to a function (`deflateEnd(&stream)`) may have a pointer to a buffer that is gone, which
 * that function, when it is out of view or can be seen not to, does not look at.
 */
static bool is_looked_past(const struct point *p, const struct ir_call *call)
{
    if (p->loans->fn->is_annotated_code || p->cell->kind != ORIGIN_FIELD)
        return false;
    return !(call->callee && call->callee->has_body) ||
           !loan_callee_reads(p->loans, call->callee, p->cell->record, p->cell->index);
}

/* The pointer is an argument, or lies in memory that the callee is shown. */
static bool call_sees(struct point *p, const struct ir_call *call)
{
    struct origins *o = p->loans->origins;
    for (uint32_t i = 0; i < call->arg_count; i++) {
        const struct ir_operand *arg = &call->args[i];
        if (uses_operand(p, arg, true))
            return true;
        if (arg->kind == IR_OPERAND_CONST || !origin_type_may_hold(arg->place.type))
            continue;
        const struct origin_set *shown = origins_reach(o, p->state, origins_value(o, p->state, arg));
        if (contains(shown, p->cell) && !is_looked_past(p, call)) {
            p->span = arg->span;
            return true;
        }
    }
    return !call->callee && uses_operand(p, &call->pointer, true);
}

/* The memory that the cell is in is what this very call returns: another piece from here on. */
static bool makes_anew(const struct point *p, uint32_t block)
{
    const struct origin *root = origin_root(p->cell);
    return root->kind == ORIGIN_CALL && root->index == block;
}

static enum effect_on_cell of_terminator(struct point *p, uint32_t block, const struct ir_terminator *term)
{
    switch (term->kind) {
    case IR_TERM_CALL:
        if (makes_anew(p, block))
            return EFFECT_OVERWRITTEN;
        if (call_sees(p, term->call))
            return EFFECT_USED;
        return term->call->has_dest && overwrites(p, &term->call->dest) ? EFFECT_OVERWRITTEN : EFFECT_NONE;
    case IR_TERM_BRANCH:
    case IR_TERM_SWITCH:
        return uses_operand(p, &term->condition, false) ? EFFECT_USED : EFFECT_NONE;
    default:
        return EFFECT_NONE;
    }
}

/* -------------------------------------------------------------------------------------------- forward */

struct forward {
    struct loans *loans;
    const struct loan *loan;
    uint32_t block;
    bool from_start;  /* of the block; else from behind the end of the loan */
    bool found, over; /* a use; nothing to look for behind here */
    struct loan_use use;
};

static void see_return(struct forward *f, struct flow_point at, struct span span)
{
    const struct origin *root = origin_root(f->loan->cell);
    bool is_result = root->kind == ORIGIN_LOCAL && root->index == 0 && origin_is_direct(f->loan->cell);
    f->over = true;
    f->found = is_result || f->loan->is_element || (f->loan->is_only_target && loan_is_outside(f->loan->cell));
    f->use = (struct loan_use){.at = at, .span = span, .is_exit = true};
}

static void look_forward(void *ctx, const void *state, struct flow_point at, const struct ir_statement *st,
                         const struct ir_terminator *term)
{
    struct forward *f = ctx;
    bool is_end = at.block == f->loan->at.block && at.statement == f->loan->at.statement;
    if (f->over || (!f->from_start && at.statement < f->loan->at.statement))
        return;
    if (is_end && f->from_start) { /* round a loop, and the end is there again */
        f->over = true;
        return;
    }
    struct point p = {.loans = f->loans, .state = state, .cell = f->loan->cell};
    if (is_end && f->loan->hold)
        return; /* the guard's own business */
    enum effect_on_cell effect = st ? of_statement(&p, st) : of_terminator(&p, at.block, term);
    /* a move's own statement may only overwrite: `p = take(fl_move(v))` */
    if (is_end && effect == EFFECT_USED && !(term && term->kind == IR_TERM_CALL))
        effect = EFFECT_NONE;
    if (effect == EFFECT_OVERWRITTEN) {
        f->over = true;
    } else if (effect == EFFECT_USED) {
        f->over = f->found = true;
        f->use = (struct loan_use){.at = at, .span = p.span};
    } else if (term && term->kind == IR_TERM_RETURN) {
        see_return(f, at, term->span);
    } else if (!is_end && term && loan_may_set_back(term) && loan_is_outside(f->loan->cell)) {
        f->over = true;
    }
}

/* The condition as a test of what the call that ends a block returned: `== *ret_with`, or `!=`. */
static bool tests_result(struct values *values, uint32_t call, struct flow_point at, const struct ir_operand *condition,
                         bool *ret_equal, int64_t *ret_with)
{
    const struct value *v = value_of_operand(values, at, condition);
    *ret_equal = false;
    *ret_with = 0;
    for (; v->kind == VALUE_UNARY; v = v->base)
        if (v->op == IR_NOT)
            *ret_equal = !*ret_equal;
        else if (v->op >= 0)
            return false;
    if (v->kind == VALUE_BINARY && (v->op == IR_EQ || v->op == IR_NE) && v->operand->kind == VALUE_CONST) {
        *ret_equal ^= v->op == IR_EQ;
        *ret_with = v->operand->number;
        v = v->base;
    }
    v = value_without_casts(v);
    return v->kind == VALUE_CALL && v->index == call;
}

/* `if (fl_send_or(tx, &v) != FL_OK)`: on this side nothing was moved. */
static bool is_not_moved_there(struct loans *loans, const struct loan *loan, uint32_t block, uint32_t to)
{
    const struct ir_block *b = &loans->fn->blocks[block];
    bool equal;
    int64_t with;
    if (loan->moved.when != EFFECT_IF || (loan->moved.op != IR_EQ && loan->moved.op != IR_NE) ||
        b->terminator.kind != IR_TERM_BRANCH || b->terminator.target == b->terminator.otherwise ||
        !tests_result(analysis_values(loans->analysis, loans->fn), loan->at.block,
                      (struct flow_point){block, b->statement_count}, &b->terminator.condition, &equal, &with))
        return false;
    bool is_equal_here = equal == (to == b->terminator.target); /* else the result is another one */
    bool moves_when_equal = loan->moved.op == IR_EQ;
    if (with == loan->moved.value)
        return is_equal_here != moves_when_equal;
    return is_equal_here && moves_when_equal;
}

bool loan_find_use(struct loans *loans, const struct loan *loan, struct loan_use *ret)
{
    const struct cfg *cfg = loans->origins->cfg;
    bool *seen = g_new0(bool, loans->fn->block_count);
    GArray *queue = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    struct forward f = {.loans = loans, .loan = loan};
    g_array_append_val(queue, loan->at.block);
    for (guint head = 0; head < queue->len && !f.found; head++) {
        f.block = g_array_index(queue, uint32_t, head);
        f.from_start = head > 0;
        f.over = false;
        dataflow_visit_block(loans->origins->flow, f.block, look_forward, &f);
        for (uint32_t e = 0; !f.over && e < cfg->successors[f.block].count; e++) {
            uint32_t to = cfg->successors[f.block].items[e].to;
            if (is_not_moved_there(loans, loan, f.block, to))
                continue;
            if (!seen[to])
                g_array_append_val(queue, to);
            seen[to] = true;
        }
    }
    g_array_free(queue, TRUE);
    g_free(seen);
    *ret = f.use;
    return f.found;
}
