/*
 * The walk that finds effects, and the summaries of it. docs/design/effects.md says what is kept and why.
 *
 * Callees come before callers; a recursive component and what is called through pointers are settled by a second
 * pass over the unit, so a chain through two such calls may be cut short.
 */
#include "analysis/effects.h"

#include <string.h>

#include "analysis/effect_locks.h"
#include "analysis/origin_parts.h"

enum { MAX_EFFECTS_PER_ROOT = 64, MAX_EFFECTS = 1024, MAX_POINTED_FUNCTIONS = 16, PASSES = 2 };

struct function_effects {
    GPtrArray *list;       /* struct memory_effect, for callers */
    struct effect_locks *locks;
    bool *after_start;     /* by block */
    bool *is_counted_on;   /* by local: a pointer that arithmetic moves */
    bool may_start;        /* it, or what it calls, starts a thread */
};

struct effect_program {
    struct analysis *analysis;
    struct origin_program *origins;
    struct function_effects *functions;
    bool has_threads; /* without one a job that is bound is called by whoever bound it */
};

struct walk {
    struct effect_program *program;
    const struct ir_function *fn;
    struct origins *origins;
    struct function_effects *f;
    const struct origin_state *state;
    struct flow_point at;
    unsigned flags;
    effect_visitor *visit;
    void *ctx;
};

const GPtrArray *effects_of(const struct effect_program *program, const struct ir_function *fn)
{
    return program->functions[fn->index].list;
}

struct origins *effect_origins(const struct effect_program *program, const struct ir_function *fn)
{
    return origins_of(program->origins, fn);
}

struct analysis *effect_analysis(const struct effect_program *program)
{
    return program->analysis;
}

const struct memory_effect *effect_access(const struct memory_effect *effect)
{
    while (effect->inner)
        effect = effect->inner;
    return effect;
}

static bool type_is_synchronised(const struct ir_type *type)
{
    while (type && type->kind == IR_TYPE_ARRAY)
        type = type->target;
    if (!type)
        return false;
    if (type->kind == IR_TYPE_ATOMIC || traits_is_libc_shared(type))
        return true;
    return type->kind == IR_TYPE_RECORD && (type->record->traits & (IR_TRAIT_SYNC | IR_TRAIT_CELL));
}

/* A cell of the library as a whole: a struct with data that another of its fields guards. */
static bool type_has_guarded_part(const struct ir_type *type)
{
    while (type && type->kind == IR_TYPE_ARRAY)
        type = type->target;
    if (!type || type->kind != IR_TYPE_RECORD)
        return false;
    for (size_t i = 0; i < type->record->field_count; i++)
        if (type->record->fields[i].guarded_by)
            return true;
    return false;
}

bool effect_is_synchronised(const struct origins *o, const struct memory_effect *effect)
{
    if (effect->is_atomic || type_has_guarded_part(origin_type(o, effect->origin)))
        return true;
    for (const struct origin *at = effect->origin; at; at = at->parent) {
        if (at->kind == ORIGIN_FIELD && at->record->fields[at->index].guarded_by)
            return true;
        if (at->kind == ORIGIN_GLOBAL && ir_note(o->unit->globals[at->index]->notes, "guarded_by"))
            return true;
        if (type_is_synchronised(origin_type(o, at)))
            return true;
    }
    return false;
}

/* --------------------------------------------------------------------------------------- the walk */

static void emit(struct walk *w, struct memory_effect effect)
{
    if (w->flags & IR_FLAG_UNSAFE)
        return;
    const struct origin *root = origin_root(effect.origin);
    if (root->kind == ORIGIN_NULL || root->kind == ORIGIN_UNKNOWN || root->kind == ORIGIN_FUNCTION ||
        root->kind == ORIGIN_THREAD)
        return;
    effect.at = w->at;
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

static void touch_place(struct walk *w, const struct ir_place *place, struct span span, bool writes, bool atomic)
{
    touch_way(w, place, span);
    touch_set(w, origins_place(w->origins, w->state, place),
              (struct memory_effect){.span = span, .writes = writes, .is_atomic = atomic, .place = place,
                                     .strides = place_strides(w, place),
                                     .locks = effect_locks_at(w->f->locks, w->at.block)});
}

static void touch_operand(struct walk *w, const struct ir_operand *operand)
{
    if (operand->kind != IR_OPERAND_CONST)
        touch_place(w, &operand->place, operand->span, operand->kind == IR_OPERAND_MOVE, false);
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
    case IR_ST_ZERO:
    case IR_ST_DROP:
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
    return target->kind != IR_TYPE_FUNCTION && !type_is_synchronised(target);
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
        if (is_library_object(call, i) && (!writes || call->args[i].type->target->kind == IR_TYPE_RECORD))
            continue;
        touch_set(w, origins_value(w->origins, w->state, arg),
                  (struct memory_effect){.writes = writes, .is_guess = true, .span = arg->span, .strides = true,
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
        if (!w->program->analysis->callgraph->address_taken[f] || fn->type != type->target->unqualified)
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
    if (!call->callee)
        indirect_call(w, call, term->span);
    else if (call->callee->has_body && !call->callee->is_broken && !call->callee->in_system_header)
        call_effects(w, call, call->callee, term->span, false);
    else
        unseen_call(w, call, term->span);
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

/* --------------------------------------------------------------------------------------- summaries */

struct summary_of {
    struct function_effects *f;
    struct origins *origins;
    struct arena *arena;
    GHashTable *per_root; /* origin -> count */
};

static bool callers_can_see(const struct summary_of *s, const struct origin *origin)
{
    const struct origin *root = origin_root(origin);
    if (root->kind == ORIGIN_GLOBAL)
        return true;
    return root->kind == ORIGIN_LOCAL && !origin_is_direct(origin) &&
           s->origins->fn->locals[root->index].kind == IR_LOCAL_PARAM;
}

static bool says_no_more(const struct memory_effect *kept, const struct memory_effect *effect)
{
    return kept->origin == effect->origin && kept->writes >= effect->writes && kept->is_atomic == effect->is_atomic &&
           kept->in_thread == effect->in_thread && kept->is_lent == effect->is_lent && kept->after_start >= effect->after_start &&
           kept->locks == effect->locks && kept->strides >= effect->strides && kept->is_guess <= effect->is_guess;
}

static void keep(void *ctx, const struct memory_effect *effect)
{
    struct summary_of *s = ctx;
    if (!callers_can_see(s, effect->origin) || s->f->list->len >= MAX_EFFECTS)
        return;
    for (guint i = 0; i < s->f->list->len; i++)
        if (says_no_more(g_ptr_array_index(s->f->list, i), effect))
            return;
    const struct origin *root = origin_root(effect->origin);
    guint count = GPOINTER_TO_UINT(g_hash_table_lookup(s->per_root, root));
    struct memory_effect *kept = ARENA_NEW(s->arena, struct memory_effect);
    *kept = *effect;
    if (count >= MAX_EFFECTS_PER_ROOT) {
        kept->origin = root->kind == ORIGIN_GLOBAL ? root : origin_deref(s->origins, root, false);
        for (guint i = 0; i < s->f->list->len; i++)
            if (says_no_more(g_ptr_array_index(s->f->list, i), kept))
                return;
    }
    g_hash_table_insert(s->per_root, (gpointer)root, GUINT_TO_POINTER(count + 1));
    g_ptr_array_add(s->f->list, kept);
}

static bool call_starts(const struct effect_program *program, const struct ir_call *call)
{
    if (call->mode == IR_CALL_SPAWN || call->mode == IR_CALL_SPAWN_SCOPED)
        return true;
    if (!call->callee)
        return false;
    for (size_t i = 0; i < call->callee->type->param_count; i++)
        if (ir_note(call->callee->params[i].notes, "sent"))
            return true;
    return program->functions[call->callee->index].may_start;
}

static void mark_after(const struct cfg *cfg, bool *after, uint32_t block)
{
    GArray *todo = g_array_new(FALSE, FALSE, sizeof block);
    g_array_append_val(todo, block);
    while (todo->len > 0) {
        uint32_t b = g_array_index(todo, uint32_t, todo->len - 1);
        g_array_set_size(todo, todo->len - 1);
        for (uint32_t i = 0; i < cfg->successors[b].count; i++) {
            uint32_t to = cfg->successors[b].items[i].to;
            if (after[to])
                continue;
            after[to] = true;
            g_array_append_val(todo, to);
        }
    }
    g_array_free(todo, TRUE);
}

static void find_starts(struct effect_program *program, const struct ir_function *fn, struct function_effects *f)
{
    const struct cfg *cfg = analysis_cfg(program->analysis, fn);
    const struct call_sites *calls = &program->analysis->callgraph->calls[fn->index];
    for (uint32_t b = 0; b < fn->block_count; b++)
        f->after_start[b] = false;
    for (uint32_t i = 0; i < calls->count; i++) {
        if (!cfg_reachable(cfg, calls->items[i].block) || !call_starts(program, calls->items[i].call))
            continue;
        f->may_start = true;
        mark_after(cfg, f->after_start, calls->items[i].block);
    }
}

static void find_counted(const struct ir_function *fn, bool *counted)
{
    for (int round = 0; round < 2; round++) /* a copy of a pointer that was counted on is one, too */
        for (uint32_t b = 0; b < fn->block_count; b++)
            for (uint32_t i = 0; i < fn->blocks[b].statement_count; i++) {
                const struct ir_statement *st = &fn->blocks[b].statements[i];
                if (st->kind != IR_ST_ASSIGN || st->place.base != IR_BASE_LOCAL || st->place.projection_count > 0)
                    continue;
                const struct ir_rvalue *value = &st->value;
                bool counts = value->kind == IR_RV_BINARY &&
                              (value->binary == IR_PTR_ADD || value->binary == IR_PTR_SUB);
                bool copies = (value->kind == IR_RV_USE || value->kind == IR_RV_CAST) &&
                              value->operands[0].kind != IR_OPERAND_CONST &&
                              value->operands[0].place.base == IR_BASE_LOCAL &&
                              value->operands[0].place.projection_count == 0 &&
                              counted[value->operands[0].place.base_index];
                counted[st->place.base_index] |= counts || copies;
            }
}

static void summarise(struct effect_program *program, const struct ir_function *fn)
{
    struct function_effects *f = &program->functions[fn->index];
    struct origins *origins = fn->is_broken ? NULL : origins_of(program->origins, fn);
    if (!origins)
        return;
    if (!f->list) {
        f->list = g_ptr_array_new();
        f->after_start = g_new0(bool, fn->block_count + 1);
        f->is_counted_on = g_new0(bool, fn->local_count + 1);
        find_counted(fn, f->is_counted_on);
    }
    find_starts(program, fn, f);
    struct effect_locks *before = f->locks; /* a recursive call asks for it while the new one is made */
    f->locks = effect_locks_new(program, origins, program->analysis->callgraph);
    effect_locks_free(before);
    struct summary_of s = {f, origins, program->analysis->unit->arena, g_hash_table_new(NULL, NULL)};
    effects_walk(program, fn, keep, &s);
    g_hash_table_destroy(s.per_root);
}

const struct effect_locks *effect_locks_of(const struct effect_program *program, const struct ir_function *fn)
{
    return program->functions[fn->index].locks;
}

static bool starts_threads(const struct analysis *analysis)
{
    for (uint32_t f = 0; f < analysis->unit->function_count; f++) {
        const struct call_sites *calls = &analysis->callgraph->calls[f];
        for (uint32_t i = 0; i < calls->count; i++)
            if (calls->items[i].call->mode == IR_CALL_SPAWN || calls->items[i].call->mode == IR_CALL_SPAWN_SCOPED)
                return true;
    }
    return false;
}

/* Threads of the library, or what Arc and Rc share. */
static bool is_wanted(const struct analysis *analysis)
{
    const struct ir_unit *unit = analysis->unit;
    for (uint32_t f = 0; f < unit->function_count; f++) {
        const struct call_sites *calls = &analysis->callgraph->calls[f];
        for (uint32_t i = 0; !unit->functions[f]->in_system_header && i < calls->count; i++)
            if (calls->items[i].call->mode != IR_CALL_PLAIN ||
                (calls->items[i].call->callee && ir_note(calls->items[i].call->callee->notes, "result.borrows")))
                return true;
    }
    return false;
}

struct effect_program *effect_program_new(struct analysis *analysis, struct origin_program *origins)
{
    if (!is_wanted(analysis))
        return NULL;
    struct effect_program *program = g_new0(struct effect_program, 1);
    program->analysis = analysis;
    program->origins = origins;
    program->has_threads = starts_threads(analysis);
    program->functions = g_new0(struct function_effects, analysis->unit->function_count + 1);
    const struct callgraph *graph = analysis->callgraph;
    for (int pass = 0; pass < PASSES; pass++)
        for (uint32_t c = 0; c < graph->component_count; c++)
            for (uint32_t i = 0; i < graph->components[c].count; i++)
                summarise(program, analysis->unit->functions[graph->components[c].functions[i]]);
    return program;
}

void effect_program_free(struct effect_program *program)
{
    if (!program)
        return;
    for (uint32_t i = 0; i < program->analysis->unit->function_count; i++) {
        struct function_effects *f = &program->functions[i];
        if (f->list)
            g_ptr_array_free(f->list, TRUE);
        effect_locks_free(f->locks);
        g_free(f->after_start);
        g_free(f->is_counted_on);
    }
    g_free(program->functions);
    g_free(program);
}
