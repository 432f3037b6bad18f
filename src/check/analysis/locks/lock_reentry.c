/*
 * A lock that is taken twice in ways that callees-first does not see: by recursion, and by a function that is called
 * through a pointer while the lock is held. All functions have been simulated; what each of them takes is in its summary,
 * what is held at each call in the moments.
 *
 *     static void walk(struct node *n) { lock(&m); if (n->left) walk(n->left); unlock(&m); }
 *     static void each(void (*visit)(int)) { lock(&m); visit(1); unlock(&m); }        each(adds_under_the_lock)
 */
#include "analysis/context.h"
#include "analysis/locks/guard_rules.h"

enum { MAX_TARGETS = 16, MAX_ROUNDS = 8 };

/* It waits for the lock whenever it is called. */
static bool takes_it(const struct guard_effect *effect)
{
    return (effect->takes || (effect->acquires && !effect->unsure)) && !effect->is_try && effect->condition == GUARD_ALWAYS;
}

static const struct origin_set *seen_from(struct guard_function *f, uint32_t block, const struct ir_function *callee,
                                          const struct origin *lock)
{
    struct flow_point at = {block, f->fn->blocks[block].statement_count};
    const struct origin_state *state = origins_state(f->origins, at);
    struct origins *inner = origins_of(f->analysis->program, callee);
    if (!state->reached || !inner)
        return f->origins->empty;
    return origins_of_callee(f->origins, state, f->fn->blocks[block].terminator.call, block, inner, lock);
}

static void check_effect(struct guard_function *f, uint32_t block, const struct ir_function *callee,
                         const struct guard_effect *effect)
{
    const struct origin_set *locks = seen_from(f, block, callee, effect->lock);
    if (locks->count != 1 || locks->items[0]->kind <= ORIGIN_FUNCTION || origin_has_array(f->origins, locks->items[0]) ||
        origin_root(locks->items[0])->kind == ORIGIN_CALL)
        return;
    struct guard_call again = {.block = block, .acquires = true, .callee = callee, .locks = locks, .exact = true,
                               .shared = effect->shared, .inside = effect->where, .guard = UINT32_MAX,
                               .span = f->fn->blocks[block].terminator.span};
    if (lock_may_be_taken_again(f, &again))
        return;
    for (guint i = 0; i < f->moments->len; i++) {
        const struct guard_moment *moment = &g_array_index(f->moments, struct guard_moment, i);
        for (uint32_t k = 0; moment->block == block && k < moment->count; k++) {
            const struct held_lock *held = &moment->held[k];
            if (held->quiet || (held->shared && effect->shared) || !lock_is_that_of(held, &again))
                continue;
            if (!findings_mention(f->analysis->sink, "F0104", again.span))
                report_taken_twice(f, held, &again);
            return;
        }
    }
}

static void check_call(struct guard_function *f, uint32_t block, const struct ir_function *callee)
{
    const struct guard_summary *summary = f->analysis->summaries[callee->index];
    for (guint i = 0; summary && i < summary->effects->len; i++) {
        const struct guard_effect *effect = &g_array_index(summary->effects, struct guard_effect, i);
        if (takes_it(effect))
            check_effect(f, block, callee, effect);
    }
}

static bool holds_something(const struct guard_function *f, uint32_t block)
{
    for (guint i = 0; i < f->moments->len; i++) {
        const struct guard_moment *moment = &g_array_index(f->moments, struct guard_moment, i);
        if (moment->block == block && moment->count > 0)
            return true;
    }
    return false;
}

/* A parameter is whatever callers in view give; anything else must be one function. */
static void check_pointer(struct guard_function *f, uint32_t block, const struct ir_call *call)
{
    const struct ir_unit *unit = f->analysis->unit;
    const struct ir_function *targets[MAX_TARGETS];
    unsigned count = 0;
    for (uint32_t i = 0; i < unit->function_count && count < MAX_TARGETS; i++)
        if (callgraph_may_call(f->analysis->graph, f->fn, call, i))
            targets[count++] = unit->functions[i];
    struct flow_point at = {block, f->fn->blocks[block].statement_count};
    const struct value *pointer = value_without_casts(value_of_operand(f->values, at, &call->pointer));
    bool is_given = pointer && pointer->kind == VALUE_PARAM && f->fn->is_static;
    for (unsigned i = 0; i < count && (count == 1 || (is_given && count < MAX_TARGETS)); i++)
        check_call(f, block, targets[i]);
}

static void check_function(struct guard_function *f)
{
    const struct callgraph *graph = f->analysis->graph;
    const struct call_sites *calls = &graph->calls[f->fn->index];
    for (uint32_t i = 0; i < calls->count; i++) {
        const struct ir_call *call = calls->items[i].call;
        uint32_t block = calls->items[i].block;
        if (call->mode != IR_CALL_PLAIN || (f->fn->blocks[block].terminator.flags & IR_FLAG_UNSAFE) ||
            !holds_something(f, block))
            continue;
        if (!call->callee)
            check_pointer(f, block, call);
        else if (call->callee->has_body && graph->component_of[call->callee->index] == graph->component_of[f->fn->index])
            check_call(f, block, call->callee);
    }
}

/* ------------------------------------------------------------------------------------------ recursion */

static bool has_effect_on(const struct guard_summary *summary, const struct origin *lock)
{
    for (guint i = 0; i < summary->effects->len; i++)
        if (g_array_index(summary->effects, struct guard_effect, i).lock == lock)
            return true;
    return false;
}

/* What a function of the same cycle takes, this one takes, when it goes on to call it with nothing held. */
static bool hand_up(struct guard_function *f, uint32_t block, const struct ir_function *callee)
{
    const struct guard_summary *inner = f->analysis->summaries[callee->index];
    struct guard_summary *summary = f->analysis->summaries[f->fn->index];
    bool any = false;
    for (guint i = 0; inner && inner != summary && i < inner->effects->len; i++) {
        const struct guard_effect *effect = &g_array_index(inner->effects, struct guard_effect, i);
        if (!takes_it(effect) || origin_root(effect->lock)->kind != ORIGIN_GLOBAL || holds_something(f, block))
            continue;
        const struct origin_set *locks = seen_from(f, block, callee, effect->lock);
        if (locks->count != 1 || has_effect_on(summary, locks->items[0]))
            continue;
        struct guard_effect here = {.lock = locks->items[0], .takes = true, .shared = effect->shared, .where = effect->where};
        g_array_append_val(summary->effects, here);
        any = true;
    }
    return any;
}

static void close_cycles(struct guard_analysis *analysis)
{
    const struct callgraph *graph = analysis->graph;
    for (uint32_t c = 0; c < graph->component_count; c++) {
        const struct callgraph_component *component = &graph->components[c];
        bool again = component->is_recursive && component->count > 1;
        for (int round = 0; again && round < MAX_ROUNDS; round++) {
            again = false;
            for (uint32_t i = 0; i < component->count; i++) {
                struct guard_function *f = analysis->by_index[component->functions[i]];
                const struct call_sites *calls = &graph->calls[component->functions[i]];
                for (uint32_t k = 0; f && k < calls->count; k++)
                    if (calls->items[k].call->callee && calls->items[k].call->callee->has_body &&
                        graph->component_of[calls->items[k].call->callee->index] == c)
                        again |= hand_up(f, calls->items[k].block, calls->items[k].call->callee);
            }
        }
    }
}

void lock_reentry_check(struct guard_analysis *analysis)
{
    close_cycles(analysis);
    for (guint i = 0; i < analysis->functions->len; i++)
        check_function(g_ptr_array_index(analysis->functions, i));
}
