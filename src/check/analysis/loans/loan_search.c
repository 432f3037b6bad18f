/*
 * From the end of a loan forward to a use of the cell that holds it, and backward to where it was made. Both walk
 * the control flow block by block; in a block they see each point with the origins that hold there.
 */
#include <string.h>

#include "analysis/loans/loan_parts.h"

/* ------------------------------------------------------------------------- what a point does to a cell */

enum effect_on_cell { EFFECT_NONE, EFFECT_USED, EFFECT_OVERWRITTEN };

struct point {
    struct loans *loans;
    const struct origin_state *state;
    const struct origin *cell;
    struct span span; /* of the use, when there is one */
};

/* One of them is (a part of) the other: a struct's own cell stands for its fields. */
static bool overlaps(const struct origin_set *cells, const struct origin *cell)
{
    for (uint32_t i = 0; i < cells->count; i++)
        if (origin_is_inside(cells->items[i], cell) || origin_is_inside(cell, cells->items[i]))
            return true;
    return false;
}

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
        if (overlaps(origins_place(p->loans->origins, p->state, &prefix), p->cell))
            return true;
    }
    return false;
}

static bool uses_place(struct point *p, const struct ir_place *place, bool value, struct span span)
{
    bool used = follows(p, place) ||
                (value && origin_type_may_hold(place->type) &&
                 overlaps(origins_place(p->loans->origins, p->state, place), p->cell));
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

/* In memory that outlives the function. */
static bool is_outside(const struct origin *cell)
{
    const struct origin *root = origin_root(cell);
    return root->kind == ORIGIN_GLOBAL || (root->kind == ORIGIN_LOCAL && !origin_is_direct(cell));
}

/* A function of the program may set back what lies outside, in ways that are not followed (other threads, too). */
static bool may_set_back(const struct ir_terminator *term)
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
        if (block != loan->at.block && !stores && may_set_back(&loans->fn->blocks[block].terminator) &&
            is_between(cfg, stored.block, block, loan->at.block))
            return false;
    }
    return true;
}

static void see_return(struct forward *f, struct flow_point at, struct span span)
{
    const struct origin *root = origin_root(f->loan->cell);
    bool is_result = root->kind == ORIGIN_LOCAL && root->index == 0 && origin_is_direct(f->loan->cell);
    f->over = true;
    f->found = is_result || (f->loan->is_only_target && is_outside(f->loan->cell));
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
    } else if (!is_end && term && may_set_back(term) && is_outside(f->loan->cell)) {
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

/* ------------------------------------------------------------------------------------------- backward */

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
    return overlaps(origins_place(b->loans->origins, state, place), b->cell);
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
