/*
 * Loans that end with a guard: what the value under a lock, or in a refcell, is reached by is borrowed from the guard. A
 * pointer that was made through it must not be used after the guard has ended, nor after a condition wait, during which
 * others had the lock.
 *
 *     fl_guard(q, &queue);
 *     char *name = q->name;    borrowed from q: the pointer lies in what the lock guards
 *     fl_wait(&cv, q);         ... and may be another one by now
 *
 * A pointer that was *taken* is nobody's any more: the place that it was read from has been written under the same
 * guard (`node = q->head; q->head = node->next;`).
 */
#include "analysis/loans/loan_parts.h"

/* ------------------------------------------------------------------------------------------- taken */

struct taken {
    struct loans *loans;
    const struct hold *hold;
    const struct origin *from; /* the cell in the guarded data that the pointer was read from */
    const struct origin *part; /* the guarded data */
    bool is_element;           /* ... in an array: to write a counter beside it takes, too */
    struct flow_point end;
    bool found;
};

static bool is_in_part(const struct taken *t, const struct origin_set *cells)
{
    for (uint32_t i = 0; i < cells->count; i++)
        if (holds_part(t->loans->origins, cells->items[i]) == t->part)
            return true;
    return false;
}

static bool writes(struct taken *t, const struct origin_state *state, const struct ir_place *place)
{
    const struct origin_set *cells = origins_place(t->loans->origins, state, place);
    for (uint32_t i = 0; i < cells->count; i++)
        if (origin_is_inside(t->from, cells->items[i]))
            return true;
    return t->is_element && place->type->kind == IR_TYPE_INT && is_in_part(t, cells);
}

/* It looks, and calls nobody who could do more. */
static bool only_looks(const struct ir_function *fn)
{
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_block *block = &fn->blocks[b];
        for (uint32_t i = 0; i < block->statement_count; i++) {
            const struct ir_statement *st = &block->statements[i];
            bool writes = st->kind == IR_ST_ASSIGN || st->kind == IR_ST_ZERO || st->kind == IR_ST_DROP ||
                          st->kind == IR_ST_FORGET || st->kind == IR_ST_ATOMIC || st->kind == IR_ST_ASM ||
                          st->kind == IR_ST_OPAQUE;
            if (writes && (st->place.base != IR_BASE_LOCAL || ir_place_has_deref(&st->place) || st->opaque))
                return false;
        }
        if (block->terminator.kind == IR_TERM_CALL)
            return false;
    }
    return fn->has_body;
}

/* A function of the program that can reach the data may unlink what is in it. */
static bool is_shown(struct taken *t, const struct origin_state *state, const struct ir_call *call)
{
    if (call->callee && (call->callee->in_system_header || call->callee->notes[0] || only_looks(call->callee)))
        return false;
    for (uint32_t i = 0; i < call->arg_count; i++) {
        const struct ir_operand *arg = &call->args[i];
        if (arg->kind != IR_OPERAND_CONST && arg->place.type->kind == IR_TYPE_POINTER &&
            !(arg->place.type->target->quals & IR_QUAL_CONST) &&
            origin_type_may_hold(arg->place.type->target) &&
            is_in_part(t, origins_value(t->loans->origins, state, arg)))
            return true;
    }
    return false;
}

static void look_for_taking(void *ctx, const void *state, struct flow_point at, const struct ir_statement *st,
                            const struct ir_terminator *term)
{
    struct taken *t = ctx;
    bool is_before = at.block == t->hold->at.block && at.statement <= t->hold->at.statement;
    bool is_behind = at.block == t->end.block && at.statement >= t->end.statement;
    if (t->found || is_before || is_behind)
        return;
    if (st && (st->kind == IR_ST_ASSIGN || st->kind == IR_ST_ZERO || st->kind == IR_ST_DROP || st->kind == IR_ST_FORGET))
        t->found = writes(t, state, &st->place);
    for (uint32_t i = 0; st && st->kind == IR_ST_ASSIGN && !t->found && i < st->value.operand_count; i++)
        if (st->value.operands[i].kind == IR_OPERAND_MOVE)
            t->found = writes(t, state, &st->value.operands[i].place);
    if (term && term->kind == IR_TERM_CALL)
        t->found = (term->call->has_dest && writes(t, state, &term->call->dest)) || is_shown(t, state, term->call);
}

static bool is_taken(struct loans *l, const struct hold *hold, const struct loan *loan, const struct origin *from)
{
    const struct cfg *cfg = l->origins->cfg;
    const struct ir_type *type = origin_type(l->origins, from);
    struct taken t = {.loans = l, .hold = hold, .from = from, .part = loan->place, .end = loan->at};
    t.is_element = (type && type->kind == IR_TYPE_ARRAY) || from->kind == ORIGIN_DEREF || from->kind == ORIGIN_OWNED;
    for (uint32_t i = 0; i < cfg->order_count && !t.found; i++) {
        uint32_t block = cfg->order[i];
        bool is_between = (block == hold->at.block || cfg_can_reach(cfg, hold->at.block, block)) &&
                          (block == loan->at.block || cfg_can_reach(cfg, block, loan->at.block));
        if (is_between)
            dataflow_visit_block(l->origins->flow, block, look_for_taking, &t);
    }
    return t.found;
}

/* ---------------------------------------------------------------------------------------- candidates */

/* The first pointer that was followed from the guarded data on; NULL: the target is in the data's own storage. */
static const struct origin *first_loaded(const struct origin *target, const struct origin *part)
{
    const struct origin *loaded = NULL;
    for (const struct origin *at = target; at != part; at = at->parent)
        if (at->kind == ORIGIN_DEREF || at->kind == ORIGIN_OWNED)
            loaded = at;
    return loaded;
}

/* Looks after itself: it has its own locks, or is atomic. */
static bool is_synchronised(const struct ir_type *type)
{
    while (type->kind == IR_TYPE_ARRAY)
        type = type->target;
    if (type->kind == IR_TYPE_ATOMIC)
        return true;
    for (size_t i = 0; type->kind == IR_TYPE_RECORD && i < type->record->field_count; i++)
        if (type->record->fields[i].guarded_by || is_synchronised(type->record->fields[i].type))
            return true;
    return false;
}

/* What only says where something is, of which others have the say: a text for reading, a function, an object with locks. */
static bool may_be_kept(const struct loans *l, const struct origin *loaded)
{
    const struct ir_type *type = origin_type(l->origins, loaded->parent);
    while (type && type->kind == IR_TYPE_ARRAY)
        type = type->target;
    if (!type || type->kind == IR_TYPE_HANDLE)
        return false;
    if (type->kind != IR_TYPE_POINTER || type->target->kind == IR_TYPE_FUNCTION)
        return true;
    if (loaded->kind == ORIGIN_OWNED)
        return false;
    return (type->target->quals & IR_QUAL_CONST) || is_synchronised(type->target);
}

static bool have_common(const struct origin_set *a, const struct origin_set *b)
{
    for (uint32_t i = 0; i < a->count; i++)
        if (a->items[i]->kind > ORIGIN_FUNCTION && origin_set_has(b, a->items[i]))
            return true;
    return false;
}

static bool is_outside_of_guards(const struct loans *l, const struct origin *cell)
{
    const struct ir_type *type = origin_type(l->origins, cell);
    if (loan_is_temporary(l, cell) || (type && type->kind == IR_TYPE_HANDLE) || holds_part(l->origins, cell))
        return false;
    return cell->kind != ORIGIN_LOCAL || !l->holds->named[cell->index];
}

static void add_cell(struct loans *l, const struct hold *hold, const struct loan *end, const struct origin *cell,
                     const struct origin_set *set)
{
    for (uint32_t i = 0; i < set->count; i++) {
        const struct origin *part = holds_part(l->origins, set->items[i]);
        if (!part || !have_common(holds_lock_of_part(l->origins, part), hold->locks))
            continue;
        struct loan loan = *end;
        loan.place = part;
        loan.cell = cell;
        loan.target = set->items[i];
        loan.is_only_target = set->count == 1;
        const struct origin *loaded = first_loaded(loan.target, part);
        if (loaded && (may_be_kept(l, loaded) || is_taken(l, hold, &loan, loaded->parent)))
            continue;
        g_array_append_val(l->found, loan);
        return;
    }
}

static void add_end(struct loans *l, const struct origin_state *state, uint32_t guard, struct loan end)
{
    for (guint h = 0; h < l->holds->list->len; h++) {
        const struct hold *hold = &g_array_index(l->holds->list, struct hold, h);
        if (hold->guard != guard)
            continue;
        end.hold = hold;
        const struct origin *cell;
        const struct origin_set *set;
        for (uint32_t id = 0;
             l->found->len < LOANS_MAX_CANDIDATES && origin_state_next(l->origins, state, &id, &cell, &set); id++)
            if (is_outside_of_guards(l, cell))
                add_cell(l, hold, &end, cell, set);
    }
}

static void visit(void *ctx, const void *state_bytes, struct flow_point at, const struct ir_statement *st,
                  const struct ir_terminator *term)
{
    struct loans *l = ctx;
    const struct origin_state *state = state_bytes;
    if (st || !state->reached || term->kind != IR_TERM_CALL)
        return;
    bool by_scope = term->flags & IR_FLAG_SCOPE_END;
    struct loan end = {.kind = by_scope ? LOAN_END_GUARD_SCOPE : LOAN_END_UNLOCK, .at = at, .span = term->span};
    uint32_t guard = holds_given_back(l->origins, state, term->call);
    if (guard == UINT32_MAX) {
        end.kind = LOAN_END_WAIT;
        guard = holds_let_go_meanwhile(l->origins, state, term->call);
    }
    if (guard != UINT32_MAX)
        add_end(l, state, guard, end);
}

void loans_check_guards(struct analysis *analysis, struct origin_program *program, const struct ir_function *fn)
{
    if (fn->in_system_header || fn->is_broken || !holds_any(fn))
        return;
    struct origins *origins = origins_of(program, fn);
    if (!origins)
        return;
    struct loans l;
    loans_begin(&l, analysis, origins);
    l.holds = holds_new(origins);
    dataflow_visit(origins->flow, visit, &l);
    loans_check_candidates(&l);
    holds_free(l.holds);
    loans_end(&l);
}
