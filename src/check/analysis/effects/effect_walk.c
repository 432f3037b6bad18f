/*
 * The walk that finds effects: every access of a function in the order of its text, and at each call what the callee
 * does, in the caller's origins. docs/design/effects.md says what is kept and why.
 */
#include "analysis/effects/effect_parts.h"

#include "analysis/origins/origin_parts.h"

enum { MAX_POINTED_FUNCTIONS = 16 };

struct walk {
    struct effect_program *program;
    const struct ir_function *fn;
    struct origins *origins;
    struct function_effects *f;
    const struct origin_state *state;
    struct flow_point at;
    unsigned flags;
    effect_visitor *visit;
    own_effect_visitor *visit_own; /* instead: what the function does itself, not what it calls */
    void *ctx;
};

static void emit(struct walk *w, struct memory_effect effect)
{
    if (w->flags & IR_FLAG_UNSAFE)
        return;
    const struct origin *root = origin_root(effect.origin);
    if (root->kind == ORIGIN_NULL || root->kind == ORIGIN_UNKNOWN || root->kind == ORIGIN_FUNCTION ||
        root->kind == ORIGIN_THREAD)
        return;
    effect.at = w->at;
    if (w->visit_own) {
        w->visit_own(w->ctx, w->state, &effect);
        return;
    }
    effect.after_start |= w->f->after_start[w->at.block];
    w->visit(w->ctx, &effect);
}

static void touch_set(struct walk *w, const struct origin_set *set, struct memory_effect effect)
{
    for (uint32_t i = 0; i < set->count; i++) {
        effect.origin = set->items[i];
        emit(w, effect);
    }
}

static bool place_strides(const struct walk *w, const struct ir_place *place)
{
    return place->base == IR_BASE_LOCAL && place->projection_count > 0 &&
           place->projections[0].kind == IR_PROJ_DEREF && w->f->is_counted_on[place->base_index];
}

/* The pointers that a place goes through are read on the way. */
static void touch_way(struct walk *w, const struct ir_place *place, struct span span)
{
    for (uint32_t i = 0; i < place->projection_count; i++) {
        if (place->projections[i].kind != IR_PROJ_DEREF)
            continue;
        struct ir_place prefix = *place;
        prefix.projection_count = i;
        if (i > 0)
            prefix.type = place->projections[i - 1].type;
        touch_set(w, origins_place(w->origins, w->state, &prefix),
                  (struct memory_effect){.span = span, .locks = effect_locks_at(w->f->locks, w->at.block),
                                         .strides = place_strides(w, &prefix), .place = place});
    }
}

static void touch(struct walk *w, const struct ir_place *place, struct memory_effect effect)
{
    touch_way(w, place, effect.span);
    effect.place = place;
    effect.strides = place_strides(w, place);
    effect.locks = effect_locks_at(w->f->locks, w->at.block);
    touch_set(w, origins_place(w->origins, w->state, place), effect);
}

static void touch_place(struct walk *w, const struct ir_place *place, struct span span, bool writes, bool atomic)
{
    touch(w, place, (struct memory_effect){.span = span, .writes = writes, .is_atomic = atomic});
}

static void end_place(struct walk *w, const struct ir_place *place, struct span span, enum effect_end end)
{
    touch(w, place, (struct memory_effect){.span = span, .writes = true, .end = end});
}

static void touch_operand(struct walk *w, const struct ir_operand *operand)
{
    if (operand->kind == IR_OPERAND_MOVE)
        end_place(w, &operand->place, operand->span, EFFECT_MOVES);
    else if (operand->kind != IR_OPERAND_CONST)
        touch_place(w, &operand->place, operand->span, false, false);
}

static void walk_atomic(struct walk *w, const struct ir_statement *st)
{
    for (uint32_t i = 0; i < st->atomic->operand_count; i++)
        touch_operand(w, &st->atomic->operands[i]);
    if (st->atomic->op != IR_ATOMIC_FENCE)
        touch_place(w, &st->place, st->span, st->atomic->op != IR_ATOMIC_LOAD, true);
    if (st->atomic->has_expected)
        touch_place(w, &st->atomic->expected, st->span, true, false);
    if (st->atomic->has_result)
        touch_place(w, &st->atomic->result, st->span, true, false);
}

static void walk_statement(struct walk *w, const struct ir_statement *st)
{
    w->flags = st->flags;
    switch (st->kind) {
    case IR_ST_ASSIGN:
        for (uint32_t i = 0; i < st->value.operand_count; i++)
            touch_operand(w, &st->value.operands[i]);
        if (st->value.kind == IR_RV_ADDRESS_OF)
            touch_way(w, &st->value.place, st->span);
        touch_place(w, &st->place, st->span, true, false);
        break;
    case IR_ST_DROP:
        end_place(w, &st->place, st->span, EFFECT_DROPS);
        break;
    case IR_ST_ZERO:
    case IR_ST_FORGET:
        touch_place(w, &st->place, st->span, true, false);
        break;
    case IR_ST_ATOMIC:
        walk_atomic(w, st);
        break;
    case IR_ST_ASM:
    case IR_ST_OPAQUE:
        for (uint32_t i = 0; i < st->opaque->read_count; i++)
            touch_operand(w, &st->opaque->reads[i]);
        for (uint32_t i = 0; i < st->opaque->write_count; i++)
            touch_place(w, &st->opaque->writes[i], st->span, true, false);
        break;
    default:
        break;
    }
}

/* ---- calls ---- */

static const struct origin_set *translate_locks(struct walk *w, const struct ir_call *call,
                                                const struct origins *callee, const struct origin_set *locks)
{
    const struct origin_set *set = call->mode == IR_CALL_PLAIN ? effect_locks_at(w->f->locks, w->at.block)
                                                               : w->origins->empty;
    for (uint32_t i = 0; locks && i < locks->count; i++)
        set = origin_set_join(w->origins, set, origins_of_callee(w->origins, w->state, call, w->at.block, callee,
                                                                 locks->items[i]));
    return set;
}

/* The argument that leads to the callee's origin. */
static struct span argument_span(const struct ir_call *call, const struct origins *callee, const struct origin *origin,
                                 struct span whole)
{
    const struct origin *root = origin_root(origin);
    if (root->kind == ORIGIN_LOCAL && callee->fn->locals[root->index].kind == IR_LOCAL_PARAM &&
        root->index - 1 < call->arg_count)
        return call->args[root->index - 1].span;
    return whole;
}

static void call_effects(struct walk *w, const struct ir_call *call, const struct ir_function *callee,
                         struct span whole, bool only_globals)
{
    const struct function_effects *summary = &w->program->functions[callee->index];
    struct origins *callee_origins = summary->list ? origins_of(w->program->origins, callee) : NULL;
    bool is_thread = call->mode != IR_CALL_PLAIN && w->program->has_threads;
    for (guint i = 0; callee_origins && i < summary->list->len; i++) {
        const struct memory_effect *inner = g_ptr_array_index(summary->list, i);
        if (only_globals && origin_root(inner->origin)->kind != ORIGIN_GLOBAL)
            continue;
        struct memory_effect effect = {
            .writes = inner->writes,
            .end = inner->end == EFFECT_FREES ? EFFECT_FREES : EFFECT_KEEPS,
            .is_atomic = inner->is_atomic,
            .strides = inner->strides,
            .is_guess = inner->is_guess,
            .in_thread = inner->in_thread || is_thread,
            .after_start = inner->after_start || is_thread,
            .is_lent = inner->is_lent || (call->mode == IR_CALL_SPAWN_SCOPED &&
                                          origin_root(inner->origin)->kind != ORIGIN_GLOBAL),
            .locks = translate_locks(w, call, callee_origins, inner->locks),
            .span = argument_span(call, callee_origins, inner->origin, whole),
            .call = call,
            .by = callee,
            .inner = inner,
        };
        touch_set(w, origins_of_callee(w->origins, w->state, call, w->at.block, callee_origins, inner->origin), effect);
    }
}

/* Does a function without a body write what this parameter points to? */
static bool parameter_is_written(const struct ir_call *call, uint32_t i)
{
    const struct ir_type *type = call->args[i].type;
    if (call->callee && i < call->callee->type->param_count) {
        const char *const *notes = call->callee->params[i].notes;
        if (ir_note(notes, "moved") || ir_note(notes, "out") || ir_note(notes, "out_if") || ir_note(notes, "moved_if") ||
            ir_note(notes, "copy_to"))
            return true;
        type = call->callee->type->params[i];
    } else if (call->callee && call->callee->in_system_header) {
        return false; /* printf and relatives: no type says what becomes of it, and most only read */
    }
    if (type->kind != IR_TYPE_POINTER)
        return false;
    const struct ir_type *target = type->target;
    if (target->quals & (IR_QUAL_CONST | IR_QUAL_VOLATILE))
        return false;
    return target->kind != IR_TYPE_FUNCTION && !effect_type_is_synchronised(target);
}

/* What a library looks after itself: its own structs, and whatever it takes as volatile. */
static bool is_library_object(const struct ir_call *call, uint32_t i)
{
    if (!call->callee || i >= call->callee->type->param_count || !call->callee->in_system_header)
        return false;
    const struct ir_type *type = call->callee->type->params[i];
    return type->kind == IR_TYPE_POINTER &&
           ((type->target->quals & IR_QUAL_VOLATILE) || type->target->kind == IR_TYPE_RECORD);
}

bool effect_unseen_writes(const struct ir_call *call, uint32_t i)
{
    bool is_library_struct = is_library_object(call, i) && call->args[i].type->target->kind == IR_TYPE_RECORD;
    return parameter_is_written(call, i) && !is_library_struct;
}

/* The function that an argument names; origins keep no sets of function pointers. */
static const struct ir_function *function_named(const struct walk *w, const struct ir_operand *arg)
{
    const struct ir_block *block = &w->fn->blocks[w->at.block];
    if (arg->place.base != IR_BASE_LOCAL || arg->place.projection_count > 0)
        return NULL;
    for (uint32_t i = block->statement_count; i > 0; i--) {
        const struct ir_statement *st = &block->statements[i - 1];
        if (st->kind != IR_ST_ASSIGN || !ir_place_equal(&st->place, &arg->place))
            continue;
        if (st->value.kind != IR_RV_ADDRESS_OF || st->value.place.base != IR_BASE_FUNCTION)
            return NULL;
        return w->program->analysis->unit->functions[st->value.place.base_index];
    }
    return NULL;
}

static void unseen_call(struct walk *w, const struct ir_call *call, struct span whole)
{
    for (uint32_t i = 0; i < call->arg_count; i++) {
        const struct ir_operand *arg = &call->args[i];
        if (arg->kind == IR_OPERAND_CONST || arg->place.type->kind != IR_TYPE_POINTER)
            continue;
        if (arg->place.type->target->kind == IR_TYPE_FUNCTION) {
            const struct ir_function *given = function_named(w, arg);
            if (given && !(call->callee && ir_note(call->callee->notes, "once")))
                call_effects(w, call, given, whole, true);
            continue;
        }
        bool writes = parameter_is_written(call, i);
        bool frees = writes && summary_argument(w->program->analysis, call, i).freed.when == EFFECT_ALWAYS;
        if (is_library_object(call, i) && (!writes || call->args[i].type->target->kind == IR_TYPE_RECORD))
            continue;
        touch_set(w, origins_value(w->origins, w->state, arg),
                  (struct memory_effect){.writes = writes, .is_guess = true, .end = frees ? EFFECT_FREES : EFFECT_KEEPS, .span = arg->span, .strides = true,
                                         .call = call, .by = call->callee,
                                         .locks = effect_locks_at(w->f->locks, w->at.block)});
    }
}

static void indirect_call(struct walk *w, const struct ir_call *call, struct span whole)
{
    const struct ir_unit *unit = w->program->analysis->unit;
    const struct ir_type *type = call->pointer.type;
    if (!type || type->kind != IR_TYPE_POINTER)
        return;
    unsigned found = 0;
    for (uint32_t f = 0; f < unit->function_count && found < MAX_POINTED_FUNCTIONS; f++) {
        const struct ir_function *fn = unit->functions[f];
        if (!callgraph_may_call(w->program->analysis->callgraph, w->fn, call, f))
            continue;
        call_effects(w, call, fn, whole, false);
        found++;
    }
}

static void walk_call(struct walk *w, const struct ir_terminator *term)
{
    const struct ir_call *call = term->call;
    w->flags = term->flags;
    for (uint32_t i = 0; i < call->arg_count; i++)
        touch_operand(w, &call->args[i]);
    bool in_view = call->callee && call->callee->has_body && !call->callee->is_broken && !call->callee->in_system_header;
    if (call->callee && !in_view)
        unseen_call(w, call, term->span);
    else if (in_view && !w->visit_own)
        call_effects(w, call, call->callee, term->span, false);
    else if (!w->visit_own)
        indirect_call(w, call, term->span);
    if (call->has_dest)
        touch_place(w, &call->dest, term->span, true, false);
}

static void visit_point(void *ctx, const void *state, struct flow_point at, const struct ir_statement *st,
                        const struct ir_terminator *term)
{
    struct walk *w = ctx;
    w->state = state;
    w->at = at;
    if (!w->state->reached)
        return;
    if (st) {
        walk_statement(w, st);
        return;
    }
    w->flags = term->flags;
    if (term->kind == IR_TERM_CALL)
        walk_call(w, term);
    else if (term->kind == IR_TERM_BRANCH || term->kind == IR_TERM_SWITCH)
        touch_operand(w, &term->condition);
}

static bool begin_walk(struct effect_program *program, const struct ir_function *fn, struct walk *w)
{
    struct function_effects *f = &program->functions[fn->index];
    w->program = program;
    w->fn = fn;
    w->f = f;
    w->origins = f->after_start ? origins_of(program->origins, fn) : NULL;
    return w->origins != NULL;
}

void effects_walk(struct effect_program *program, const struct ir_function *fn, effect_visitor *visit, void *ctx)
{
    struct walk w = {.visit = visit, .ctx = ctx};
    if (begin_walk(program, fn, &w))
        dataflow_visit(w.origins->flow, visit_point, &w);
}

void effects_walk_own(struct effect_program *program, const struct ir_function *fn, own_effect_visitor *visit, void *ctx)
{
    struct walk w = {.visit_own = visit, .ctx = ctx};
    effects_prepare(program, fn);
    if (begin_walk(program, fn, &w))
        dataflow_visit(w.origins->flow, visit_point, &w);
}

void effects_of_call(struct effect_program *program, const struct ir_function *fn, uint32_t block,
                     effect_visitor *visit, void *ctx)
{
    struct walk w = {.visit = visit, .ctx = ctx};
    if (!begin_walk(program, fn, &w))
        return;
    const struct ir_terminator *term = &fn->blocks[block].terminator;
    w.at = (struct flow_point){block, fn->blocks[block].statement_count};
    w.state = origins_state(w.origins, w.at);
    if (w.state->reached && term->call->callee && !term->call->callee->in_system_header)
        call_effects(&w, term->call, term->call->callee, term->span, false);
}
