/*
 * F0109: a lock is copied, alone or in a struct: assigned, passed by value, initialised from, copied as bytes. The copy
 * is a lock of its own that keeps nobody out who takes the first.
 *
 * What nobody else can have seen may be copied as long as it is no lock yet: a variable whose lock this function never
 * takes (a constructor's, a template), a constant, a temporary; what is returned of a variable is moved; fl_move says so.
 */
#include "analysis/locks/guard_rules.h"

struct copy_walk {
    struct guard_analysis *analysis;
    const struct guard_function *f; /* NULL: it has nothing to do with locks */
    struct origins *origins;
    const struct origin_state *state;
    struct flow_point at;
};

/* ------------------------------------------------------------------------------------------ the source */

/* A lock that lies in this local is taken, waited with, needed: it is one that counts. */
static bool uses_lock_in(const struct guard_function *f, const struct ir_function *fn, uint32_t local)
{
    if (!f)
        return false;
    for (guint i = 0; i < f->calls->len; i++) {
        const struct guard_call *call = &g_array_index(f->calls, struct guard_call, i);
        if (!call->acquires && !call->releases && !call->takes && !call->needs && !call->waits)
            continue;
        for (uint32_t k = 0; k < call->locks->count; k++) {
            const struct origin *root = origin_root(call->locks->items[k]);
            if (root->kind == ORIGIN_LOCAL && root->index == local && origin_is_direct(call->locks->items[k]) &&
                fn->locals[local].type->kind != IR_TYPE_POINTER)
                return true;
        }
    }
    return false;
}

/* Nobody can have taken the lock that is here. */
static bool is_new(const struct copy_walk *w, const struct origin *source)
{
    const struct origin *root = origin_root(source);
    const struct ir_function *fn = origins_function(w->origins);
    if (root->kind == ORIGIN_GLOBAL)
        return origin_is_direct(source) && (w->analysis->unit->globals[root->index]->type->quals & IR_QUAL_CONST);
    if (root->kind == ORIGIN_CALL)
        return fn->blocks[root->index].terminator.call->callee &&
               ir_note(fn->blocks[root->index].terminator.call->callee->notes, "fresh");
    return root->kind == ORIGIN_LOCAL && origin_is_direct(source) && !uses_lock_in(w->f, fn, root->index);
}

static bool all_are_new(const struct copy_walk *w, const struct origin_set *sources)
{
    for (uint32_t i = 0; i < sources->count; i++)
        if (!is_new(w, sources->items[i]))
            return false;
    return true;
}

/* ---------------------------------------------------------------------------------------------- the report */

static const struct ir_field *lock_field(const struct ir_type *type)
{
    while (type->kind == IR_TYPE_ARRAY)
        type = type->target;
    for (size_t i = 0; type->kind == IR_TYPE_RECORD && i < type->record->field_count; i++)
        if (traits_contains_lock(type->record->fields[i].type))
            return &type->record->fields[i];
    return NULL;
}

/* The parts of a library cell are private: the cell is the lock. */
static bool is_lock_itself(const struct ir_type *type)
{
    const struct ir_field *field = traits_is_lock(type) ? NULL : lock_field(type);
    return !field || (field->name && g_str_has_prefix(field->name, "fl_"));
}

static void report(struct copy_walk *w, const char *name, const struct ir_type *type, struct span span,
                   const struct ir_function *by_value)
{
    const char *what = name ? arena_printf(w->origins->arena, "`%s`", name) : "it";
    struct finding *finding;
    if (is_lock_itself(type))
        finding = finding_new(w->analysis->sink, "F0109", name ? "the lock %s is copied" : "a lock is copied", what);
    else
        finding = finding_new(w->analysis->sink, "F0109", name ? "%s is copied, and the lock in it" : "a lock is copied", what);
    if (by_value)
        finding_primary(finding, span, "passed by value: `%s` gets a lock of its own", by_value->name);
    else
        finding_primary(finding, span, "the copy is a lock of its own");
    const struct ir_field *field = lock_field(type);
    if (!is_lock_itself(type) && field)
        finding_note_at(finding, field->span, NULL, "`%s` is a lock", field->name ? field->name : "this");
    finding_note(finding, "who takes the copy keeps nobody out who takes the first");
    finding_help(finding, is_lock_itself(type) ? "use a pointer to it, or fl_move it if nobody else can see it"
                                               : "use a pointer to it, or copy the fields beside the lock");
}

static bool is_copy_of_lock(const struct ir_operand *operand)
{
    return operand->kind == IR_OPERAND_COPY && operand->type && operand->place.type->kind == IR_TYPE_RECORD &&
           !ir_type_contains_owned(operand->place.type) && traits_contains_lock(operand->place.type);
}

static bool is_temporary(const struct ir_function *fn, const struct ir_place *place)
{
    return place->base == IR_BASE_LOCAL && !ir_place_has_deref(place) && !fn->locals[place->base_index].name;
}

static void check_operand(struct copy_walk *w, const struct ir_operand *operand, const struct ir_function *by_value,
                          bool is_used_there)
{
    const struct ir_function *fn = origins_function(w->origins);
    if (!is_copy_of_lock(operand) || is_temporary(fn, &operand->place))
        return;
    if (!is_used_there && all_are_new(w, origins_place(w->origins, w->state, &operand->place)))
        return;
    report(w, ir_place_describe(w->analysis->unit, fn, &operand->place, w->origins->arena), operand->place.type,
           operand->span, by_value);
}

/* ------------------------------------------------------------------------------------------------ the walk */

/*
 * Into a variable that nobody locks: `saved = job->lock; memset(job, 0, sizeof *job); job->lock = saved;` puts a lock
 * aside. A whole struct with a lock in it is more likely read from there.
 */
static bool is_parked(const struct copy_walk *w, const struct ir_place *to, const struct ir_type *type)
{
    const struct ir_function *fn = origins_function(w->origins);
    return traits_is_lock(type) && to->base == IR_BASE_LOCAL && to->projection_count == 0 &&
           fn->locals[to->base_index].kind == IR_LOCAL_VARIABLE && !fn->locals[to->base_index].address_taken &&
           !uses_lock_in(w->f, fn, to->base_index);
}

static void check_assignment(struct copy_walk *w, const struct ir_statement *st)
{
    if (st->value.kind != IR_RV_USE || st->value.operand_count != 1)
        return;
    const struct ir_place *from = &st->value.operands[0].place;
    if (st->value.operands[0].kind != IR_OPERAND_CONST && is_parked(w, &st->place, from->type))
        return;
    bool returns = st->place.base == IR_BASE_LOCAL && st->place.base_index == 0;
    bool is_variable = st->value.operands[0].kind != IR_OPERAND_CONST && from->base == IR_BASE_LOCAL && !ir_place_has_deref(from);
    if (!returns || !is_variable)
        check_operand(w, &st->value.operands[0], NULL, false);
}

/* memcpy and relatives: what is copied is what the pointer leads to. */
static void check_bytes(struct copy_walk *w, const struct ir_call *call, uint32_t i)
{
    const struct origin_set *from = origins_value(w->origins, w->state, &call->args[i]);
    const struct value *v = value_without_casts(
        value_of_operand(analysis_values(w->analysis->context, origins_function(w->origins)), w->at, &call->args[i]));
    bool is_bytes = v->type && v->type->kind == IR_TYPE_POINTER && v->type->target->unqualified->kind == IR_TYPE_INT;
    for (uint32_t k = 0; k < from->count; k++) {
        const struct ir_type *type = origin_type(w->origins, from->items[k]);
        if (is_bytes && from->count > 1)
            return; /* of all that it may lead to, a buffer */
        if (from->items[k]->depth >= ORIGIN_MAX_DEPTH)
            continue; /* it stands for whatever lies behind it, too */
        if (!type || !traits_contains_lock(type) || ir_type_contains_owned(type) || is_new(w, from->items[k]))
            continue;
        report(w, origin_describe(w->origins, from->items[k]), type, call->args[i].span, NULL);
        return;
    }
}

static void check_call(struct copy_walk *w, const struct ir_call *call)
{
    const struct guard_function *callee = call->mode == IR_CALL_PLAIN && call->callee ? w->analysis->by_index[call->callee->index] : NULL;
    for (uint32_t i = 0; i < call->arg_count; i++) {
        bool is_used_there = callee && i < call->callee->param_count && uses_lock_in(callee, callee->fn, i + 1);
        check_operand(w, &call->args[i], call->callee, is_used_there);
        if (call->callee && i < call->callee->type->param_count && ir_note(call->callee->params[i].notes, "copy_from"))
            check_bytes(w, call, i);
    }
}

static void visit(void *ctx, const void *state, struct flow_point at, const struct ir_statement *st,
                  const struct ir_terminator *term)
{
    struct copy_walk *w = ctx;
    w->state = state;
    w->at = at;
    if (!w->state->reached || ((st ? st->flags : term->flags) & IR_FLAG_UNSAFE))
        return;
    if (st && st->kind == IR_ST_ASSIGN)
        check_assignment(w, st);
    else if (!st && term->kind == IR_TERM_CALL)
        check_call(w, term->call);
}

/* A quick look: is there anything to see? */
static bool may_copy(const struct ir_function *fn)
{
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_block *block = &fn->blocks[b];
        for (uint32_t i = 0; i < block->statement_count; i++) {
            const struct ir_statement *st = &block->statements[i];
            if (st->kind == IR_ST_ASSIGN && st->value.kind == IR_RV_USE && is_copy_of_lock(&st->value.operands[0]))
                return true;
        }
        const struct ir_call *call = block->terminator.kind == IR_TERM_CALL ? block->terminator.call : NULL;
        for (uint32_t i = 0; call && i < call->arg_count; i++)
            if (is_copy_of_lock(&call->args[i]) || (call->callee && i < call->callee->type->param_count &&
                                                    ir_note(call->callee->params[i].notes, "copy_from")))
                return true;
    }
    return false;
}

void lock_copies_check(struct guard_analysis *analysis)
{
    for (uint32_t i = 0; i < analysis->unit->function_count; i++) {
        const struct ir_function *fn = analysis->unit->functions[i];
        if (!fn->has_body || fn->is_broken || fn->in_system_header || !may_copy(fn))
            continue;
        struct origins *origins = origins_of(analysis->program, fn);
        struct copy_walk w = {.analysis = analysis, .f = analysis->by_index[fn->index], .origins = origins};
        if (origins)
            dataflow_visit(origins->flow, visit, &w);
    }
}
