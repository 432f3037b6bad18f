/*
 * A release in a helper of a lock that the helper has not taken: its callers may hold it. When all functions have been
 * simulated, they are asked; if none of them does, the helper is wrong and not its callers. If it has taken another lock
 * meanwhile, which it keeps, then that is the one that was meant.
 */
#include "analysis/context.h"
#include "analysis/locks/guard_rules.h"

enum { MAX_DEPTH = 6 };
enum answer { NOBODY_HOLDS, NOT_KNOWN, SOMEBODY_HOLDS };

/* A release of what is not held, until all functions are known. */
struct open_release {
    struct guard_function *f;
    struct guard_call call;
    struct held_lock instead; /* no locks: nothing else is held */
};

void lock_mixup_note(struct guard_function *f, const struct guard_call *call, const struct held_lock *instead)
{
    struct guard_analysis *analysis = f->analysis;
    struct open_release open = {.f = f, .call = *call};
    if (instead)
        open.instead = *instead;
    if (!analysis->open_releases)
        analysis->open_releases = g_array_new(FALSE, FALSE, sizeof open);
    g_array_append_val(analysis->open_releases, open);
}

static bool is_held_at(const struct guard_function *f, uint32_t block, const struct origin_set *locks)
{
    for (guint i = 0; i < f->moments->len; i++) {
        const struct guard_moment *moment = &g_array_index(f->moments, struct guard_moment, i);
        for (uint32_t k = 0; moment->block == block && k < moment->count; k++)
            if (locks_may_be_same(moment->held[k].locks, locks))
                return true;
    }
    return false;
}

static enum answer ask_callers(struct guard_function *f, const struct origin_set *locks, unsigned depth)
{
    const struct guard_analysis *analysis = f->analysis;
    const struct callgraph *graph = analysis->graph;
    const struct call_sites *callers = &graph->callers[f->fn->index];
    if (lock_root_is(f))
        return lock_root_sees_all(f, locks) ? NOBODY_HOLDS : NOT_KNOWN;
    if (graph->address_taken[f->fn->index] || callers->count == 0 || depth == 0)
        return NOT_KNOWN;
    enum answer all = NOBODY_HOLDS;
    for (uint32_t i = 0; i < callers->count; i++) {
        const struct call_site *site = &callers->items[i];
        struct guard_function *caller = analysis->by_index[site->caller->index];
        struct flow_point at = {site->block, site->caller->blocks[site->block].statement_count};
        const struct origin_state *state = caller ? origins_state(caller->origins, at) : NULL;
        if (site->caller == f->fn || (state && !state->reached))
            continue;
        if (!caller || locks->count != 1)
            return NOT_KNOWN;
        const struct origin_set *seen =
            origins_of_callee(caller->origins, state, site->call, site->block, f->origins, locks->items[0]);
        enum answer one = NOT_KNOWN;
        if (seen->count > 0)
            one = is_held_at(caller, site->block, seen) ? SOMEBODY_HOLDS : ask_callers(caller, seen, depth - 1);
        all = MAX(all, one);
    }
    return all;
}

/* `pause()` takes such a lock for its callers: there is a `resume()` for it, whoever calls that. */
static bool is_left_to_callers(const struct guard_analysis *analysis, const struct origin_set *locks)
{
    for (uint32_t f = 0; f < analysis->unit->function_count; f++) {
        const struct guard_summary *summary = analysis->summaries[f];
        for (guint i = 0; summary && i < summary->effects->len; i++) {
            const struct guard_effect *effect = &g_array_index(summary->effects, struct guard_effect, i);
            if (effect->acquires && lock_class_is_among(effect->lock, locks))
                return true;
        }
    }
    for (guint i = 0; i < analysis->kept->len; i++) {
        const struct kept_lock *kept = g_ptr_array_index(analysis->kept, i);
        for (uint32_t k = 0; !kept->is_total && k < kept->locks->count; k++)
            if (lock_class_is_among(kept->locks->items[k], locks))
                return true;
    }
    return false;
}

/* No exit lets it go. */
static bool is_kept(const struct open_release *open)
{
    const struct guard_function *f = open->f;
    for (guint i = 0; open->instead.locks && i < f->calls->len; i++) {
        const struct guard_call *call = &g_array_index(f->calls, struct guard_call, i);
        if (call->releases && call->happens && locks_may_be_same(call->locks, open->instead.locks))
            return false;
    }
    return open->instead.locks != NULL;
}

/* Two locks of its own that have names: that one of them is left to callers, and the other one theirs, is not to be thought. */
static bool are_both_global(const struct open_release *open)
{
    const struct origin_set *sets[] = {open->call.locks, open->instead.locks};
    for (int i = 0; i < 2; i++)
        if (!sets[i] || sets[i]->count != 1 || origin_root(sets[i]->items[0])->kind != ORIGIN_GLOBAL ||
            !origin_is_direct(sets[i]->items[0]))
            return false;
    return true;
}

void lock_mixups_settle(struct guard_analysis *analysis)
{
    GArray *all = analysis->open_releases;
    for (guint i = 0; all && i < all->len; i++) {
        struct open_release *open = &g_array_index(all, struct open_release, i);
        const struct callgraph *graph = analysis->graph;
        uint32_t index = open->f->fn->index;
        if (open->call.callee && findings_mention(analysis->sink, "F0105", open->call.inside))
            continue; /* told of where it is */
        bool kept = is_kept(open);
        bool is_alone = kept && are_both_global(open) && graph->callers[index].count == 0 && !graph->address_taken[index];
        if (!is_alone && ask_callers(open->f, open->call.locks, MAX_DEPTH) != NOBODY_HOLDS)
            continue;
        if (!kept && !lock_root_is(open->f) && is_left_to_callers(analysis, open->call.locks))
            continue;
        if (kept)
            report_release_of_another(open->f, &open->call, &open->instead);
        else
            report_release_of_untaken(open->f, &open->call);
    }
    if (all)
        g_array_free(all, TRUE);
}
