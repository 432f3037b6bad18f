/* Every function once, callees first; then the pairs of all that start threads. */
#include "analysis/races/race_parts.h"

#include <string.h>

struct race_function *race_function_of(struct race_program *program, const struct ir_function *fn)
{
    struct race_function *f = &program->functions[fn->index];
    if (f->is_done)
        return f;
    if (f->is_open || !fn->has_body || fn->is_broken || fn->in_system_header || !origins_of(program->origins, fn))
        return NULL;
    f->is_open = true;
    f->threads = g_ptr_array_new();
    f->live = g_new0(thread_set, fn->block_count + 1);
    f->fresh = g_new0(thread_set, fn->block_count + 1);
    f->depends = race_depends_new(program, fn);
    race_threads_find(program, fn, f);
    f->ops = race_ops_new(program, fn);
    f->when = race_when_new(program, fn);
    race_accesses_find(program, fn, f);
    f->is_open = false;
    f->is_done = true;
    return f;
}

static void function_free(struct race_function *f)
{
    if (!f->threads)
        return;
    g_ptr_array_free(f->threads, TRUE);
    g_free(f->live);
    g_free(f->fresh);
    g_free(f->depends);
    g_free(f->when);
    g_free(f->joined);
    race_ops_free(f->ops);
    if (f->accesses)
        g_ptr_array_free(f->accesses, TRUE);
    if (f->known)
        g_hash_table_destroy(f->known);
    if (f->taken)
        g_ptr_array_free(f->taken, TRUE);
}

/* Most C starts no thread. */
bool races_need_a_look(const struct analysis *analysis)
{
    const struct callgraph *graph = analysis->callgraph;
    for (uint32_t i = 0; i < graph->site_count; i++) {
        const struct ir_function *callee = graph->sites[i].call->callee;
        for (uint32_t k = 0; callee && k < callee->type->param_count; k++)
            if (ir_note(callee->params[k].notes, "thread_entry"))
                return true;
    }
    return false;
}

static bool is_root(const struct analysis *analysis, const struct ir_function *fn)
{
    return strcmp(fn->name, "main") == 0 || analysis->callgraph->callers[fn->index].count == 0;
}

void races_check(struct analysis *analysis, struct origin_program *origins)
{
    if (!races_need_a_look(analysis))
        return;
    const struct ir_unit *unit = analysis->unit;
    const struct callgraph *graph = analysis->callgraph;
    struct race_program program = {
        .analysis = analysis,
        .origins = origins,
        .waits = thread_waits_new(analysis, origins),
        .own = effect_program_of_own(analysis, origins),
        .functions = g_new0(struct race_function, unit->function_count + 1),
        .arena = unit->arena,
        .sink = analysis->sink,
        .told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .tokens = race_tokens_table(),
        .token_sums = race_token_sums_table(),
        .order_of_calls = race_order_table(),
        .permits = g_hash_table_new(NULL, NULL),
        .predicates = g_hash_table_new(NULL, NULL),
    };
    program.matters = race_matters_new(&program);
    race_permits_find(&program);
    race_predicates_find(&program);
    for (uint32_t c = 0; c < graph->component_count; c++)
        for (uint32_t i = 0; i < graph->components[c].count; i++)
            race_function_of(&program, unit->functions[graph->components[c].functions[i]]);
    for (uint32_t i = 0; i < unit->function_count; i++)
        race_pairs_check(&program, unit->functions[i], is_root(analysis, unit->functions[i]));
    for (uint32_t i = 0; i < unit->function_count; i++)
        function_free(&program.functions[i]);
    g_free(program.functions);
    g_hash_table_destroy(program.told);
    g_hash_table_destroy(program.tokens);
    g_hash_table_destroy(program.token_sums);
    g_hash_table_destroy(program.order_of_calls);
    g_hash_table_destroy(program.permits);
    g_hash_table_destroy(program.predicates);
    race_matters_free(program.matters);
    effect_program_free(program.own);
    thread_waits_free(program.waits);
}
