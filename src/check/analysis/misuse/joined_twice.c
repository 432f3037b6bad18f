/*
 * F0402: a thread is joined or detached when that has been done before, or when it was started detached. A thread's number
 * is free for another one by then: the second join fails, or waits for a stranger.
 *
 * Property simulation over the handles that were used up. A handle is known by the value that it is (a parameter, what a
 * call returned) or by the address of the place that it is read from; the address is forgotten where something may put
 * another handle there, and where a loop makes it anew. Only a handle that is certainly the same is told of.
 *
 * Order: superset of the used handles. Merge: what both have used. Height: MAX_USED.
 */
#include <string.h>

#include "analysis/misuse/joined_parts.h"
#include "analysis/threads/thread_parts.h"
#include "flow/paths.h"

enum { MAX_USED = 8 };

struct facts {
    struct used_handle used[MAX_USED];
    uint32_t count;
};

static bool same_place(const struct used_handle *a, const struct used_handle *b)
{
    return a->key == b->key && a->in_memory == b->in_memory;
}

static const struct used_handle *find(const struct facts *facts, const struct used_handle *handle)
{
    for (uint32_t i = 0; i < facts->count; i++)
        if (same_place(&facts->used[i], handle))
            return &facts->used[i];
    return NULL;
}

/* Also a copy of the handle: the same thread, which is started once. */
static const struct used_handle *find_thread(const struct facts *facts, const struct used_handle *handle)
{
    const struct used_handle *found = find(facts, handle);
    for (uint32_t i = 0; !found && handle->thread && i < facts->count; i++)
        if (facts->used[i].thread == handle->thread)
            found = &facts->used[i];
    return found;
}

static bool same_facts(void *ctx, const void *a_bytes, const void *b_bytes)
{
    (void)ctx;
    const struct facts *a = a_bytes, *b = b_bytes;
    for (uint32_t i = 0; i < a->count; i++)
        if (!find(b, &a->used[i]))
            return false;
    return a->count == b->count;
}

static bool merge_facts(void *ctx, void *into_bytes, const void *from_bytes)
{
    (void)ctx;
    struct facts *into = into_bytes;
    const struct facts *from = from_bytes;
    uint32_t kept = 0, before = into->count;
    for (uint32_t i = 0; i < into->count; i++)
        if (find(from, &into->used[i]))
            into->used[kept++] = into->used[i];
    into->count = kept;
    return kept != before;
}

static void remember(struct facts *facts, const struct used_handle *used)
{
    if (!find(facts, used) && facts->count < MAX_USED)
        facts->used[facts->count++] = *used;
}

/* ---- what may be another handle from now on ---- */

static void forget_at(struct facts *facts, uint32_t i)
{
    facts->used[i] = facts->used[--facts->count];
}

static bool overlap(const struct origin_set *a, const struct origin_set *b)
{
    for (uint32_t i = 0; i < a->count; i++)
        for (uint32_t k = 0; k < b->count; k++)
            if (a->items[i]->kind == ORIGIN_UNKNOWN || b->items[k]->kind == ORIGIN_UNKNOWN ||
                origin_root(a->items[i]) == origin_root(b->items[k]))
                return true;
    return false;
}

static void forget_cells(struct facts *facts, const struct origin_set *cells)
{
    for (uint32_t i = facts->count; i-- > 0;)
        if (facts->used[i].in_memory && overlap(facts->used[i].cells, cells))
            forget_at(facts, i);
}

/* By somebody who sees more than what he was given: all but local variables that he cannot know. */
static void forget_foreign(struct facts *facts, const struct origin_set *given)
{
    for (uint32_t i = facts->count; i-- > 0;) {
        const struct origin_set *cells = facts->used[i].cells;
        bool is_local = true;
        for (uint32_t k = 0; facts->used[i].in_memory && k < cells->count; k++)
            is_local &= origin_is_direct(cells->items[k]) && origin_root(cells->items[k])->kind == ORIGIN_LOCAL;
        if (facts->used[i].in_memory && (!is_local || overlap(cells, given)))
            forget_at(facts, i);
    }
}

static void forget_made(struct facts *facts, struct flow_point at, bool is_terminator)
{
    for (uint32_t i = facts->count; i-- > 0;)
        if (value_is_made_at(facts->used[i].key, at, is_terminator))
            forget_at(facts, i);
}

static void forget_variable(struct facts *facts, uint32_t local)
{
    for (uint32_t i = facts->count; i-- > 0;) {
        const struct value *root = value_root(facts->used[i].key);
        if (root->kind == VALUE_LOCAL && root->index == local)
            forget_at(facts, i);
    }
}

static void forget_filled(struct joined_function *f, struct facts *facts, struct flow_point at, const struct ir_call *call)
{
    static const char *const fills[] = {"thread_out", "copy_to", "fill"};
    const struct origin_state *state = origins_state(f->origins, at);
    if (call->has_dest)
        forget_cells(facts, origins_place(f->origins, state, &call->dest));
    for (uint32_t i = 0; call->callee && i < call->arg_count && i < call->callee->type->param_count; i++)
        for (size_t k = 0; k < G_N_ELEMENTS(fills); k++)
            if (ir_note(call->callee->params[i].notes, fills[k]))
                forget_cells(facts, origins_value(f->origins, state, &call->args[i]));
    struct origins *callee = call->callee && call->callee->has_body ? origins_of(f->program->origins, call->callee) : NULL;
    for (guint i = 0; callee && !callee->is_open && i < callee->stores->len; i++)
        forget_cells(facts, origins_of_callee(f->origins, state, call, at.block, callee,
                                              g_array_index(callee->stores, struct origin_store, i).cell));
}

static void forget_by_call(struct joined_function *f, struct facts *facts, struct flow_point at, const struct ir_call *call)
{
    if (facts->count == 0)
        return;
    forget_filled(f, facts, at, call);
    if (!joined_is_foreign(f->program, call))
        return;
    const struct origin_state *state = origins_state(f->origins, at);
    const struct origin_set *given = f->origins->empty;
    for (uint32_t i = 0; i < call->arg_count; i++)
        given = origin_set_join(f->origins, given,
                                origins_reach(f->origins, state, origins_value(f->origins, state, &call->args[i])));
    forget_foreign(facts, given);
}

/* ---- the walk ---- */

static void see_statement(void *ctx, struct path *path, struct flow_point at, const struct ir_statement *st)
{
    struct joined_function *f = ctx;
    struct facts *facts = path_facts(path);
    if (facts->count == 0)
        return;
    forget_made(facts, at, false);
    if (st->kind == IR_ST_STORAGE_DEAD || st->kind == IR_ST_STORAGE_LIVE)
        forget_variable(facts, st->local);
    else if ((st->kind == IR_ST_ASSIGN || st->kind == IR_ST_ZERO || st->kind == IR_ST_ATOMIC) &&
             (st->place.base != IR_BASE_LOCAL || st->place.projection_count > 0 ||
              f->fn->locals[st->place.base_index].address_taken))
        forget_cells(facts, origins_place(f->origins, origins_state(f->origins, at), &st->place));
}

static bool is_start(const struct used_handle *handle)
{
    return handle->how == HANDLE_STARTED_DETACHED || handle->how == HANDLE_DETACHES_ITSELF;
}

/* A join that has failed has joined nobody. */
static void use_up(struct path *path, const struct ir_call *call, const struct used_handle *handle)
{
    bool may_fail = span_is_none(handle->inner) || is_start(handle);
    if (may_fail && call->has_dest && call->dest.type->kind == IR_TYPE_INT) {
        struct path *failed = path_fork(path);
        path_assume(failed, &call->dest, IR_NE, 0);
        path_assume(path, &call->dest, IR_EQ, 0);
    }
    remember(path_facts(path), handle);
}

static void see_call(struct joined_function *f, struct path *path, struct flow_point at, const struct ir_call *call)
{
    struct used_handle handles[MAX_HANDLES_OF_CALL];
    uint32_t count = joined_handles_of_call(f, at, handles);
    for (uint32_t i = 0; i < count; i++) {
        const struct used_handle *first = is_start(&handles[i]) ? NULL : find_thread(path_facts(path), &handles[i]);
        if (first && path_reporting(path) && !path_widened(path))
            report_joined_twice(f, first, &handles[i]);
    }
    forget_by_call(f, path_facts(path), at, call);
    for (uint32_t i = 0; i < count; i++)
        if (!find(path_facts(path), &handles[i]))
            use_up(path, call, &handles[i]);
}

static void see_return(struct joined_function *f, const struct facts *facts)
{
    if (!f->for_callers) {
        f->for_callers = g_array_new(FALSE, FALSE, sizeof(struct used_handle));
        g_array_append_vals(f->for_callers, facts->used, facts->count);
        return;
    }
    for (guint i = f->for_callers->len; i-- > 0;)
        if (!find(facts, &g_array_index(f->for_callers, struct used_handle, i)))
            g_array_remove_index_fast(f->for_callers, i);
}

static void see_terminator(void *ctx, struct path *path, struct flow_point at, const struct ir_terminator *term)
{
    struct joined_function *f = ctx;
    forget_made(path_facts(path), at, false);
    if (term->kind == IR_TERM_RETURN && path_reporting(path))
        see_return(f, path_facts(path));
    if (term->kind != IR_TERM_CALL)
        return;
    if (term->call->mode == IR_CALL_PLAIN)
        see_call(f, path, at, term->call);
    forget_made(path_facts(path), at, true);
}

static void simulate(struct joined_function *f)
{
    struct path_problem problem = {
        .facts_size = sizeof(struct facts),
        .stable_memory = true,
        .same = same_facts,
        .merge = merge_facts,
        .statement = see_statement,
        .terminator = see_terminator,
    };
    struct paths *paths = paths_run(f->cfg, &problem, f);
    paths_report(paths);
    paths_free(paths);
}

/* ---- the unit ---- */

static bool uses_handles(const struct joined_program *program, const struct ir_call *call)
{
    return call->callee && (program->summaries[call->callee->index] || ir_noted_argument(call, "joined") != UINT32_MAX ||
                            ir_noted_argument(call, "detached") != UINT32_MAX);
}

static void check_function(struct joined_program *program, const struct ir_function *fn)
{
    const struct call_sites *calls = &program->analysis->callgraph->calls[fn->index];
    bool any = false;
    for (uint32_t i = 0; i < calls->count && !any; i++)
        any = uses_handles(program, calls->items[i].call);
    if (!any || fn->is_broken || fn->in_system_header)
        return;
    struct joined_function f = {
        .program = program,
        .fn = fn,
        .origins = origins_of(program->origins, fn),
        .values = analysis_values(program->analysis, fn),
        .cfg = analysis_cfg(program->analysis, fn),
    };
    if (!f.origins)
        return;
    simulate(&f);
    joined_loops_check(&f);
    joined_summarise(&f);
    if (f.for_callers)
        g_array_free(f.for_callers, TRUE);
}

void joined_twice_check(struct analysis *analysis, struct origin_program *origins)
{
    uint32_t count = analysis->unit->function_count;
    struct joined_program program = {analysis, origins, g_new0(GArray *, count + 1), g_new0(signed char, count + 1)};
    const struct callgraph *graph = analysis->callgraph;
    for (uint32_t c = 0; c < graph->component_count; c++)
        for (uint32_t i = 0; i < graph->components[c].count; i++)
            check_function(&program, analysis->unit->functions[graph->components[c].functions[i]]);
    for (uint32_t f = 0; f < count; f++)
        if (program.summaries[f])
            g_array_free(program.summaries[f], TRUE);
    g_free(program.summaries);
    g_free(program.foreign);
}
