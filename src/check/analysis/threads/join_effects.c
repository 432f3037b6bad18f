/* What calls do to the threads of a function: join, detach, take a handle over, wait until a thread says that it is done. */
#include "analysis/threads/join_parts.h"

enum { MAX_WAIT_DEPTH = 4 };

/* The sites whose threads are among these identities. */
static uint64_t threads_among(const struct joins *j, const struct origin_set *set)
{
    uint64_t mask = 0;
    for (uint32_t k = 0; k < set->count; k++)
        for (guint i = 0; i < j->sites->len; i++)
            if (set->items[k]->kind == ORIGIN_THREAD && set->items[k]->index == site_at(j, i)->block)
                mask |= UINT64_C(1) << i;
    return mask;
}

/* A thread that a caller knows by one of our parameters, or that a global names. */
static void note_joined(struct joins *j, const struct origin_set *set)
{
    for (uint32_t i = 0; i < set->count; i++) {
        const struct origin *root = origin_root(set->items[i]);
        bool from_outside = root->kind == ORIGIN_GLOBAL ||
                            (root->kind == ORIGIN_LOCAL && j->f->fn->locals[root->index].kind == IR_LOCAL_PARAM);
        if (from_outside && !g_ptr_array_find(j->f->summary->joined, set->items[i], NULL))
            g_ptr_array_add(j->f->summary->joined, (gpointer)set->items[i]);
    }
}

/* Does a function make such a call, in itself or further down? */
typedef bool function_test(const struct ir_function *fn);

static bool does(const struct joins *j, const struct ir_function *fn, function_test *unseen, unsigned depth)
{
    if (!fn->has_body)
        return unseen(fn);
    if (depth >= MAX_WAIT_DEPTH)
        return false;
    const struct call_sites *calls = &j->f->analysis->graph->calls[fn->index];
    for (uint32_t i = 0; i < calls->count; i++)
        if (calls->items[i].call->callee && does(j, calls->items[i].call->callee, unseen, depth + 1))
            return true;
    return false;
}

static bool waits(const struct ir_function *fn)
{
    return ir_note(fn->notes, "waits") != NULL;
}

/* It may keep, join or detach what it is given. */
static bool is_foreign(const struct ir_function *fn)
{
    return !fn->in_system_header;
}

static bool settles(const struct ir_function *fn)
{
    for (size_t i = 0; i < fn->type->param_count; i++)
        if (ir_note(fn->params[i].notes, "joined") || ir_note(fn->params[i].notes, "detached"))
            return true;
    return false;
}

/* Waiting on something inside what a thread was lent: it will say when it is done. */
static uint64_t threads_waited_for(const struct joins *j, const struct origin_set *targets)
{
    uint64_t mask = 0;
    for (guint i = 0; i < j->sites->len; i++)
        for (guint k = 0; k < site_at(j, i)->borrowed->len; k++)
            for (uint32_t t = 0; t < targets->count; t++)
                if (origin_root(targets->items[t]) == origin_root(g_ptr_array_index(site_at(j, i)->borrowed, k)))
                    mask |= UINT64_C(1) << i;
    return mask;
}

/* A function that nobody sees, and no model describes, may join what it is given. */
static bool is_unknown(const struct ir_call *call)
{
    return !call->callee || (!call->callee->has_body && !call->callee->in_system_header &&
                             ir_noted_argument(call, "lent") == UINT32_MAX &&
                             ir_noted_argument(call, "detached") == UINT32_MAX);
}

static void note_detached(struct joins *j, const struct origin_set *set, struct call_effects *effects)
{
    uint64_t mask = threads_among(j, set);
    effects->detaches |= mask;
    for (guint i = 0; i < j->sites->len; i++)
        if (mask >> i & 1)
            site_at(j, i)->detached = true;
}

/*
 * A helper in view that passes the handle on to somebody who is not, or joins and detaches threads in a way that its
 * summary does not tell, may have taken care of it; and so may a thread that gets to see it.
 */
static bool may_take_over(const struct joins *j, const struct ir_call *call, uint32_t block)
{
    uint32_t entry = ir_noted_argument(call, "thread_entry");
    if (entry != UINT32_MAX)
        return thread_settles_others(j, join_entry(j, block, &call->args[entry], NULL));
    return call->callee && call->callee->has_body &&
           (does(j, call->callee, is_foreign, 0) || does(j, call->callee, settles, 0));
}

void join_effects_find(struct joins *j, uint32_t block)
{
    struct call_effects *effects = &j->blocks[block];
    const struct ir_call *call = j->f->fn->blocks[block].terminator.call;
    struct flow_point at = {block, j->f->fn->blocks[block].statement_count};
    const struct origin_state *state = origins_state(j->f->origins, at);
    uint32_t joined = ir_noted_argument(call, "joined");
    uint32_t detached = ir_noted_argument(call, "detached");
    if (joined != UINT32_MAX) {
        const struct origin_set *set = origins_value(j->f->origins, state, &call->args[joined]);
        note_joined(j, set);
        effects->joins |= threads_among(j, set);
        return;
    }
    if (detached != UINT32_MAX)
        note_detached(j, origins_value(j->f->origins, state, &call->args[detached]), effects);
    const struct thread_summary *summary = thread_summary_of(j->f->analysis, call->callee);
    for (guint i = 0; summary && i < summary->joined->len; i++) {
        const struct origins *callee = origins_of(j->f->analysis->program, call->callee);
        const struct origin_set *set = origins_of_callee(j->f->origins, state, call, block, callee,
                                                         g_ptr_array_index(summary->joined, i));
        note_joined(j, set);
        effects->joins |= threads_among(j, set);
    }
    bool unknown = is_unknown(call);
    bool waiting = call->callee && does(j, call->callee, waits, 0);
    bool taking = j->sites->len > 0 && may_take_over(j, call, block);
    for (uint32_t i = 0; (unknown || waiting || taking) && i < call->arg_count; i++) {
        const struct origin_set *targets = origins_value(j->f->origins, state, &call->args[i]);
        if (unknown)
            effects->waits |= threads_among(j, origins_reach(j->f->origins, state, targets));
        if (waiting)
            effects->waits |= threads_waited_for(j, targets);
        if (unknown || taking)
            effects->takes |= threads_among(j, origins_reach(j->f->origins, state, targets));
    }
}
