/*
 * What is kept of a function's effects for its callers. docs/design/effects.md says what and why.
 *
 * Callees come before callers; a recursive component and what is called through pointers are settled by a second
 * pass over the unit, so a chain through two such calls may be cut short.
 */
#include "analysis/effects/effect_parts.h"

#include "analysis/origins/origin_parts.h"

enum { MAX_EFFECTS_PER_ROOT = 64, MAX_EFFECTS = 1024, PASSES = 2 };

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

bool effect_type_is_synchronised(const struct ir_type *type)
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
        if (effect_type_is_synchronised(origin_type(o, at)))
            return true;
    }
    return false;
}

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
           kept->locks == effect->locks && kept->strides >= effect->strides && kept->is_guess <= effect->is_guess &&
           kept->end >= effect->end;
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

void effects_prepare(struct effect_program *program, const struct ir_function *fn)
{
    struct function_effects *f = &program->functions[fn->index];
    if (f->after_start)
        return;
    f->after_start = g_new0(bool, fn->block_count + 1);
    f->is_counted_on = g_new0(bool, fn->local_count + 1);
    find_counted(fn, f->is_counted_on);
}

static void summarise(struct effect_program *program, const struct ir_function *fn)
{
    struct function_effects *f = &program->functions[fn->index];
    struct origins *origins = fn->is_broken ? NULL : origins_of(program->origins, fn);
    if (!origins)
        return;
    effects_prepare(program, fn);
    if (!f->list)
        f->list = g_ptr_array_new();
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

struct effect_program *effect_program_of_own(struct analysis *analysis, struct origin_program *origins)
{
    struct effect_program *program = g_new0(struct effect_program, 1);
    program->analysis = analysis;
    program->origins = origins;
    program->functions = g_new0(struct function_effects, analysis->unit->function_count + 1);
    return program;
}

struct effect_program *effect_program_new(struct analysis *analysis, struct origin_program *origins)
{
    if (!is_wanted(analysis))
        return NULL;
    struct effect_program *program = effect_program_of_own(analysis, origins);
    program->has_threads = starts_threads(analysis);
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
