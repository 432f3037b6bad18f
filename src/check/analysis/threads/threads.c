/* The walk: which functions have to do with threads, callees first. */
#include "analysis/threads/threads.h"

#include <string.h>

#include "analysis/threads/thread_parts.h"

const struct thread_summary *thread_summary_of(const struct thread_analysis *analysis, const struct ir_function *fn)
{
    return fn ? analysis->summaries[fn->index] : NULL;
}

static bool is_about_threads(const struct thread_analysis *analysis, const struct ir_call *call)
{
    return call->mode != IR_CALL_PLAIN || is_maybe_send(call) || thread_summary_of(analysis, call->callee) ||
           ir_noted_argument(call, "sent") != UINT32_MAX || ir_noted_argument(call, "joined") != UINT32_MAX;
}

static bool has_to_do_with_threads(const struct thread_analysis *analysis, const struct ir_function *fn)
{
    const struct call_sites *calls = &analysis->graph->calls[fn->index];
    for (uint32_t i = 0; i < calls->count; i++)
        if (is_about_threads(analysis, calls->items[i].call))
            return true;
    return false;
}

static void check_call(struct thread_function *f, uint32_t block)
{
    const struct ir_terminator *term = &f->fn->blocks[block].terminator;
    struct flow_point at = {block, f->fn->blocks[block].statement_count};
    if (term->call->mode != IR_CALL_PLAIN) {
        spawn_check(f, at, term);
        return;
    }
    if (is_maybe_send(term->call))
        channel_send_check(f, at, term);
    const struct thread_summary *callee = thread_summary_of(f->analysis, term->call->callee);
    if (!callee)
        return;
    struct origins *callee_origins = origins_of(f->analysis->program, term->call->callee);
    for (guint i = 0; i < callee->sent->len; i++) {
        const struct thread_sent *sent = &g_array_index(callee->sent, struct thread_sent, i);
        if (sent->must_be_static)
            spawn_check_passed_on(f, at, term, sent, callee_origins);
    }
}

static void check_function(struct thread_analysis *analysis, const struct ir_function *fn)
{
    if (fn->in_system_header || fn->is_broken || !has_to_do_with_threads(analysis, fn))
        return;
    struct origins *origins = origins_of(analysis->program, fn);
    if (!origins)
        return;
    struct thread_summary *summary = ARENA_NEW(analysis->unit->arena, struct thread_summary);
    summary->sent = g_array_new(FALSE, FALSE, sizeof(struct thread_sent));
    summary->started = g_array_new(FALSE, TRUE, sizeof(struct thread_started));
    summary->joined = g_ptr_array_new();
    struct thread_function f = {
        .analysis = analysis,
        .fn = fn,
        .origins = origins,
        .summary = summary,
        .is_main = strcmp(fn->name, "main") == 0,
    };
    const struct call_sites *calls = &analysis->graph->calls[fn->index];
    for (uint32_t i = 0; i < calls->count; i++)
        if (is_about_threads(analysis, calls->items[i].call))
            check_call(&f, calls->items[i].block);
    joins_check(&f);
    analysis->summaries[fn->index] = summary;
}

void threads_check(struct analysis *context, struct traits *traits, struct origin_program *origins)
{
    const struct ir_unit *unit = context->unit;
    const struct callgraph *graph = context->callgraph;
    struct thread_analysis analysis = {
        .context = context,
        .unit = unit,
        .graph = graph,
        .traits = traits,
        .program = origins,
        .sink = context->sink,
        .summaries = g_new0(struct thread_summary *, unit->function_count + 1),
        .crossing = g_hash_table_new(NULL, NULL),
    };
    for (uint32_t c = 0; c < graph->component_count; c++)
        for (uint32_t i = 0; i < graph->components[c].count; i++)
            check_function(&analysis, unit->functions[graph->components[c].functions[i]]);
    shared_statics_check(&analysis);
    for (uint32_t i = 0; i < unit->function_count; i++) {
        if (!analysis.summaries[i])
            continue;
        g_array_free(analysis.summaries[i]->sent, TRUE);
        g_array_free(analysis.summaries[i]->started, TRUE);
        g_ptr_array_free(analysis.summaries[i]->joined, TRUE);
    }
    g_free(analysis.summaries);
    g_hash_table_destroy(analysis.crossing);
}
