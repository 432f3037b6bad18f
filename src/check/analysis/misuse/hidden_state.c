/*
 * F0403: two threads can be in a function at once that keeps its state in one place for the whole process.
 *
 * Each function is looked at once, callees first: for each thread that it starts (or that a callee leaves running), what
 * that thread may call is compared with what the function calls while it may be running, with what the other threads
 * call that are started meanwhile, and with itself when a loop starts several.
 */
#include "analysis/misuse/hidden_parts.h"

#include <string.h>

static bool have_lock_in_common(const struct hidden_way *a, const struct hidden_way *b)
{
    for (uint32_t i = 0; i < a->lock_count; i++)
        for (uint32_t k = 0; k < b->lock_count; k++)
            if (a->locks[i] == b->locks[k])
                return true;
    return false;
}

static const struct hidden_use *use_of(const struct hidden_program *program, const struct hidden_way *way)
{
    return &g_array_index(program->uses, struct hidden_use, way->use);
}

static bool clash(const struct hidden_program *program, const struct hidden_way *a, const struct hidden_way *b)
{
    const struct hidden_use *one = use_of(program, a), *other = use_of(program, b);
    return one->state == other->state && (one->writes || other->writes) && !have_lock_in_common(a, b);
}

/* All that the entry may call, against one call that can happen at the same time. */
static void compare(struct hidden_program *program, const struct hidden_start *start, const struct ir_function *beside_fn,
                    const struct hidden_way *beside, const struct hidden_start *other)
{
    const GArray *ways = program->ways[start->entry->index];
    if (use_of(program, beside)->state == HIDDEN_FORK)
        fork_children_check(program, start, use_of(program, beside));
    for (guint i = 0; ways && i < ways->len; i++)
        if (clash(program, &g_array_index(ways, struct hidden_way, i), beside))
            hidden_report(program, start, &g_array_index(ways, struct hidden_way, i), beside_fn, beside, other);
}

/* What the call that ends the block does, itself and in what it runs. */
static void compare_with_call(struct hidden_program *program, const struct hidden_start *start, const struct ir_function *fn,
                              uint32_t block)
{
    for (int use = hidden_use_at(program, fn, block, 0); use >= 0; use = hidden_use_at(program, fn, block, (guint)use + 1)) {
        struct hidden_way here = {.use = (uint32_t)use};
        here = hidden_way_from(program, fn, block, NULL, &here);
        compare(program, start, fn, &here, NULL);
    }
    struct hidden_run runs[MAX_RUNS_OF_CALL];
    uint32_t count = hidden_runs_of_call(program, fn, block, runs);
    for (uint32_t r = 0; r < count; r++) {
        const GArray *ways = program->ways[runs[r].callee->index];
        bool *chosen = ways ? hidden_blocks_chosen(program, fn, block, runs[r].callee) : NULL;
        for (guint i = 0; ways && i < ways->len; i++) {
            if (hidden_is_ruled_out(program, runs[r].callee, chosen, g_array_index(ways, struct hidden_way, i).use))
                continue;
            struct hidden_way way = hidden_way_from(program, fn, block, &runs[r], &g_array_index(ways, struct hidden_way, i));
            compare(program, start, fn, &way, NULL);
        }
        g_free(chosen);
    }
}

static void compare_with_itself(struct hidden_program *program, const struct hidden_start *start)
{
    const GArray *ways = program->ways[start->entry->index];
    for (guint i = 0; ways && i < ways->len; i++)
        compare(program, start, start->entry, &g_array_index(ways, struct hidden_way, i), start);
}

/* The thread forks itself. */
static void check_forks_in(struct hidden_program *program, const struct hidden_start *start)
{
    const GArray *ways = program->ways[start->entry->index];
    for (guint i = 0; ways && i < ways->len; i++) {
        const struct hidden_use *use = use_of(program, &g_array_index(ways, struct hidden_way, i));
        if (use->state == HIDDEN_FORK)
            fork_children_check(program, start, use);
    }
}

/* True when it may still run when the function returns. */
static bool check_start(struct hidden_program *program, const struct hidden_start *start)
{
    struct origins *o = origins_of(program->origins, start->fn);
    const struct cfg *cfg = o->cfg;
    struct thread_run run = thread_run_from(program->waits, o, start->block, start->cells ? start->cells : o->empty);
    bool runs_on = false;
    if (run.reached[start->block])
        compare_with_itself(program, start);
    check_forks_in(program, start);
    for (uint32_t k = 0; k < cfg->order_count; k++) {
        uint32_t block = cfg->order[k];
        const struct ir_terminator *term = &start->fn->blocks[block].terminator;
        if (!run.reached[block])
            continue;
        runs_on |= term->kind == IR_TERM_RETURN && !run.ends[block];
        if (term->kind == IR_TERM_CALL && block != start->block)
            compare_with_call(program, start, start->fn, block);
    }
    thread_run_clear(&run);
    return runs_on;
}

static void check_function(struct hidden_program *program, const struct ir_function *fn)
{
    const struct call_sites *calls = &program->analysis->callgraph->calls[fn->index];
    for (uint32_t i = 0; i < calls->count; i++) {
        GPtrArray *starts = hidden_starts_of_call(program, fn, calls->items[i].block);
        struct origins *o = starts->len > 0 ? origins_of(program->origins, fn) : NULL;
        for (guint k = 0; o && k < starts->len; k++) {
            if (!cfg_reachable(o->cfg, calls->items[i].block) || !check_start(program, g_ptr_array_index(starts, k)))
                continue;
            if (!program->starts[fn->index])
                program->starts[fn->index] = g_ptr_array_new();
            g_ptr_array_add(program->starts[fn->index], g_ptr_array_index(starts, k));
        }
        g_ptr_array_free(starts, TRUE);
    }
}

void hidden_state_check(struct analysis *analysis, struct origin_program *origins)
{
    uint32_t count = analysis->unit->function_count;
    struct hidden_program program = {
        .analysis = analysis,
        .origins = origins,
        .arena = analysis->unit->arena,
        .uses = g_array_new(FALSE, FALSE, sizeof(struct hidden_use)),
        .ways = g_new0(GArray *, count + 1),
        .starts = g_new0(GPtrArray *, count + 1),
        .entry_param = g_new0(uint32_t, count + 1),
        .told = g_hash_table_new(NULL, NULL),
    };
    const struct callgraph *graph = analysis->callgraph;
    if (hidden_uses_find(&program)) {
        program.waits = thread_waits_new(analysis, origins);
        for (uint32_t c = 0; c < graph->component_count; c++)
            for (uint32_t i = 0; i < graph->components[c].count; i++) {
                const struct ir_function *fn = analysis->unit->functions[graph->components[c].functions[i]];
                if (fn->has_body && !fn->is_broken && !fn->in_system_header)
                    check_function(&program, fn);
            }
        thread_waits_free(program.waits);
    }
    for (uint32_t f = 0; f < count; f++) {
        if (program.ways[f])
            g_array_free(program.ways[f], TRUE);
        if (program.starts[f])
            g_ptr_array_free(program.starts[f], TRUE);
    }
    g_array_free(program.uses, TRUE);
    g_free(program.ways);
    g_free(program.starts);
    g_free(program.entry_param);
    g_hash_table_destroy(program.told);
}
