/*
 * The first function of a thread: main, and what is started as a thread and never called. Nobody holds a lock when it
 * begins, and nobody is left to let one go when it ends. So there, and nowhere else, a lock that is let go without having
 * been taken is a mistake of its own, and so is one that is kept on every path.
 */
#include <string.h>

#include "analysis/context.h"
#include "analysis/locks/guard_rules.h"

enum { CALLS_UNSEEN = 1, CALLS_POINTER = 2 };

struct lock_roots {
    bool *is_root;           /* by function */
    unsigned char *may_take; /* by function: it, or what it calls, may take locks that no summary speaks of */
};

static void find_entries(struct lock_roots *roots, const struct analysis *context, bool *started)
{
    const struct callgraph *graph = context->callgraph;
    for (uint32_t i = 0; i < graph->site_count; i++) {
        const struct call_site *site = &graph->sites[i];
        const struct ir_function *callee = site->call->callee;
        if (callee && site->call->mode != IR_CALL_PLAIN)
            started[callee->index] = true;
        uint32_t entry = callee ? ir_noted_argument(site->call, "thread_entry") : UINT32_MAX;
        if (entry >= site->call->arg_count)
            continue;
        struct flow_point at = {site->block, site->caller->blocks[site->block].statement_count};
        struct values *values = analysis_values((struct analysis *)context, site->caller);
        const struct ir_function *fn = value_function_named(values, at, &site->call->args[entry]);
        if (fn)
            started[fn->index] = true;
    }
    for (uint32_t i = 0; i < context->unit->function_count; i++) {
        const struct ir_function *fn = context->unit->functions[i];
        bool is_called = false;
        for (uint32_t k = 0; k < graph->callers[i].count; k++)
            is_called |= graph->callers[i].items[k].call->mode == IR_CALL_PLAIN;
        roots->is_root[i] = fn->has_body && !is_called && (started[i] || strcmp(fn->name, "main") == 0);
    }
}

static bool is_seen(const struct ir_function *callee)
{
    return callee->has_body || callee->in_system_header || callee->notes[0];
}

static void find_takers(struct lock_roots *roots, const struct callgraph *graph)
{
    for (uint32_t c = 0; c < graph->component_count; c++) {
        const struct callgraph_component *component = &graph->components[c];
        unsigned char all = 0;
        for (uint32_t i = 0; i < component->count; i++) {
            const struct call_sites *calls = &graph->calls[component->functions[i]];
            for (uint32_t k = 0; k < calls->count; k++) {
                const struct ir_function *callee = calls->items[k].call->callee;
                if (!callee)
                    all |= CALLS_POINTER;
                else
                    all |= is_seen(callee) ? roots->may_take[callee->index] : CALLS_UNSEEN;
            }
        }
        for (uint32_t i = 0; i < component->count; i++)
            roots->may_take[component->functions[i]] = all;
    }
}

struct lock_roots *lock_roots_new(const struct analysis *context)
{
    uint32_t count = context->unit->function_count;
    struct lock_roots *roots = g_new0(struct lock_roots, 1);
    roots->is_root = g_new0(bool, count + 1);
    roots->may_take = g_new0(unsigned char, count + 1);
    bool *started = g_new0(bool, count + 1);
    find_entries(roots, context, started);
    find_takers(roots, context->callgraph);
    g_free(started);
    return roots;
}

void lock_roots_free(struct lock_roots *roots)
{
    g_free(roots->is_root);
    g_free(roots->may_take);
    g_free(roots);
}

bool lock_root_is(const struct guard_function *f)
{
    return f->analysis->roots->is_root[f->fn->index];
}

/* What is called through a pointer may keep a lock, which no summary of the caller says. */
static bool pointers_may_take(const struct guard_analysis *analysis)
{
    for (guint i = 0; i < analysis->functions->len; i++) {
        const struct guard_function *f = g_ptr_array_index(analysis->functions, i);
        const GArray *effects = analysis->summaries[f->fn->index]->effects;
        for (guint k = 0; analysis->graph->address_taken[f->fn->index] && k < effects->len; k++)
            if (g_array_index(effects, struct guard_effect, k).acquires)
                return true;
    }
    return false;
}

bool lock_root_sees_all(const struct guard_function *f, const struct origin_set *locks)
{
    unsigned char may_take = f->analysis->roots->may_take[f->fn->index];
    if (locks->count == 0 || ((may_take & CALLS_POINTER) && pointers_may_take(f->analysis)))
        return false;
    for (uint32_t i = 0; i < locks->count; i++) {
        const struct origin *lock = locks->items[i], *root = origin_root(lock);
        if (lock->kind == ORIGIN_UNKNOWN || lock->kind == ORIGIN_NULL)
            return false;
        bool is_hidden = root->kind == ORIGIN_GLOBAL && origin_is_direct(lock) &&
                         f->analysis->unit->globals[root->index]->is_static;
        if (!is_hidden && (may_take & CALLS_UNSEEN))
            return false;
    }
    return true;
}

/* ------------------------------------------------------------------------------ locks that nobody lets go */

/* Functions have origins of their own; what they share are globals. */
static bool may_be_of(const struct origin *lock, uint32_t global, const struct guard_function *f)
{
    const struct origin *root = origin_root(lock);
    if (root->kind == ORIGIN_GLOBAL)
        return root->index == global || !origin_is_direct(lock);
    return root->kind != ORIGIN_LOCAL || f->fn->locals[root->index].kind != IR_LOCAL_PARAM ||
           f->analysis->graph->callers[f->fn->index].count == 0;
}

static bool is_released_anywhere(const struct guard_analysis *analysis, uint32_t global)
{
    for (guint i = 0; i < analysis->functions->len; i++) {
        const struct guard_function *f = g_ptr_array_index(analysis->functions, i);
        for (guint k = 0; k < f->calls->len; k++) {
            const struct guard_call *call = &g_array_index(f->calls, struct guard_call, k);
            for (uint32_t n = 0; (call->releases || call->unsure) && call->happens && n < call->locks->count; n++)
                if (may_be_of(call->locks->items[n], global, f))
                    return true;
        }
    }
    return false;
}

bool lock_is_never_released(const struct kept_lock *kept)
{
    const struct guard_function *f = kept->function;
    if (lock_root_is(f))
        return true;
    const struct origin *lock = kept->locks->items[0], *root = origin_root(lock);
    return root->kind == ORIGIN_GLOBAL && origin_is_direct(lock) &&
           f->analysis->unit->globals[root->index]->is_static && lock_root_sees_all(f, kept->locks) &&
           !is_released_anywhere(f->analysis, root->index);
}
