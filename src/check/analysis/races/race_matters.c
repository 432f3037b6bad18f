/*
 * Which memory can matter: what some function touches that a thread may run. All else is left out of the lists from the
 * start, or main would carry every access of the program.
 *
 * Memory is told apart by what stays the same in every function's words: the global, the field, or else the type.
 */
#include "analysis/races/race_parts.h"

struct race_matters {
    struct race_program *program;
    bool *in_thread;   /* by function: a thread may run it */
    GHashTable *keys;  /* globals, fields, types */
    GPtrArray *todo;   /* struct ir_function */
};

static void reach(struct race_matters *m, const struct ir_function *fn)
{
    if (!fn->has_body || fn->in_system_header || m->in_thread[fn->index])
        return;
    m->in_thread[fn->index] = true;
    g_ptr_array_add(m->todo, (gpointer)fn);
}

static void reach_all_of_type(struct race_matters *m, const struct ir_type *pointer)
{
    const struct ir_unit *unit = m->program->analysis->unit;
    for (uint32_t f = 0; pointer && pointer->kind == IR_TYPE_POINTER && f < unit->function_count; f++)
        if (m->program->analysis->callgraph->address_taken[f] &&
            unit->functions[f]->type == pointer->target->unqualified)
            reach(m, unit->functions[f]);
}

/* Whoever starts a thread by a pointer may start any function of that type. */
static void reach_entries(struct race_matters *m)
{
    const struct callgraph *graph = m->program->analysis->callgraph;
    for (uint32_t i = 0; i < graph->site_count; i++) {
        const struct ir_call *call = graph->sites[i].call;
        for (uint32_t k = 0; call->callee && k < call->arg_count && k < call->callee->type->param_count; k++)
            if (ir_note(call->callee->params[k].notes, "thread_entry")) {
                const struct ir_function *caller = graph->sites[i].caller;
                struct flow_point at = {graph->sites[i].block, caller->blocks[graph->sites[i].block].statement_count};
                const struct ir_function *entry =
                    value_function_named(analysis_values(m->program->analysis, caller), at, &call->args[k]);
                if (entry)
                    reach(m, entry); /* whatever type it was cast to */
                else
                    reach_all_of_type(m, call->args[k].type);
            }
    }
}

static void reach_callees(struct race_matters *m, const struct ir_function *fn)
{
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_terminator *term = &fn->blocks[b].terminator;
        if (term->kind != IR_TERM_CALL)
            continue;
        const struct ir_call *call = term->call;
        if (call->callee)
            reach(m, call->callee);
        else
            reach_all_of_type(m, call->pointer.type);
        for (uint32_t i = 0; call->callee && !call->callee->has_body && i < call->arg_count; i++)
            if (call->args[i].type && call->args[i].type->kind == IR_TYPE_POINTER &&
                call->args[i].type->target->kind == IR_TYPE_FUNCTION)
                reach_all_of_type(m, call->args[i].type);
    }
}

/* Bit-fields beside each other are one memory location: the first stands for all. */
static const struct ir_field *first_in_unit(const struct ir_record *record, uint32_t index)
{
    while (index > 0 && record->fields[index].bit_width > 0 && record->fields[index - 1].bit_width > 0)
        index--;
    return &record->fields[index];
}

/* Fields are kept in one array for each record, so the address of one is as good as a name. */
static const void *key_of(const struct origins *o, const struct origin *origin)
{
    if (origin->kind == ORIGIN_FIELD)
        return first_in_unit(origin->record, origin->index);
    if (origin->kind == ORIGIN_GLOBAL)
        return o->unit->globals[origin->index];
    const struct ir_type *type = origin_type(o, origin);
    while (type && type->kind == IR_TYPE_ARRAY)
        type = type->target;
    return type ? type->unqualified : NULL;
}

static void note_own(void *ctx, const struct origin_state *state, const struct memory_effect *effect)
{
    struct race_matters *m = ctx;
    struct origins *o = m->program->open;
    (void)state;
    if (effect->place && origin_root(effect->origin)->kind != ORIGIN_GLOBAL && effect->origin->kind != ORIGIN_FIELD)
        g_hash_table_add(m->keys, (gpointer)effect->place->type->unqualified); /* `*p`: whatever has that type */
    for (const struct origin *at = effect->origin; at; at = at->parent) {
        const void *key = key_of(o, at);
        if (key)
            g_hash_table_add(m->keys, (gpointer)key);
        if (at->kind != ORIGIN_FIELD)
            break;
    }
}

struct race_matters *race_matters_new(struct race_program *program)
{
    struct race_matters *m = g_new0(struct race_matters, 1);
    m->program = program;
    m->in_thread = g_new0(bool, program->analysis->unit->function_count + 1);
    m->keys = g_hash_table_new(NULL, NULL);
    m->todo = g_ptr_array_new();
    reach_entries(m);
    for (guint i = 0; i < m->todo->len; i++) {
        const struct ir_function *fn = g_ptr_array_index(m->todo, i);
        reach_callees(m, fn);
        program->open = origins_of(program->origins, fn);
        if (program->open)
            effects_walk_own(program->own, fn, note_own, m);
    }
    program->open = NULL;
    g_ptr_array_free(m->todo, TRUE);
    return m;
}

void race_matters_free(struct race_matters *m)
{
    g_hash_table_destroy(m->keys);
    g_free(m->in_thread);
    g_free(m);
}

/* What has no type may be anything; a struct as a whole is each of its fields. */
bool race_memory_matters(const struct race_matters *m, const struct origins *o, const struct origin *origin)
{
    const struct ir_type *type = origin_type(o, origin);
    const void *key = key_of(o, origin);
    if (!key || !type || type->kind == IR_TYPE_VOID || g_hash_table_contains(m->keys, key) ||
        g_hash_table_contains(m->keys, type->unqualified))
        return true;
    while (type->kind == IR_TYPE_ARRAY)
        type = type->target;
    if (type->kind != IR_TYPE_RECORD)
        return false;
    for (size_t i = 0; i < type->record->field_count; i++)
        if (g_hash_table_contains(m->keys, &type->record->fields[i]))
            return true;
    return g_hash_table_contains(m->keys, type->unqualified);
}
