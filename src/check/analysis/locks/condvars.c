/*
 * F0501 and F0502: waits on condition variables.
 *
 * A wait returns although nobody notified, and when another thread has been faster; so its condition is looked at again
 * with the lock held all the while. In the graph: a way leads from the wait back to it that does not let the lock go,
 * and a branch on it looks at memory. In a loop that lets the lock go between two waits, or after a wait that may time
 * out, a branch that looks at memory behind the wait is as good.
 */
#include <string.h>

#include "analysis/context.h"
#include "analysis/locks/guard_rules.h"

/* ------------------------------------------------------------------------------------ what a branch looks at */

static bool is_wait(const struct ir_call *call)
{
    return call->callee && (ir_note(call->callee->notes, "waits_holding") ||
                            ir_note(call->callee->notes, "waits_holding.timed"));
}

/* Other threads, or time, may change what the place holds. looks: by local, what it was computed from. */
static bool place_looks(const struct ir_function *fn, const struct ir_place *place, const bool *looks)
{
    if (place->base != IR_BASE_LOCAL)
        return true;
    const struct ir_local *local = &fn->locals[place->base_index];
    return ir_place_has_deref(place) || looks[place->base_index] || (local->address_taken && local->kind != IR_LOCAL_TEMP);
}

static bool rvalue_looks(const struct ir_function *fn, const struct ir_rvalue *value, const bool *looks)
{
    for (uint32_t i = 0; i < value->operand_count; i++)
        if (value->operands[i].kind != IR_OPERAND_CONST && place_looks(fn, &value->operands[i].place, looks))
            return true;
    return false;
}

/* By local: some value that it gets is from memory, or from a function that is no wait. */
static bool *find_looks(const struct ir_function *fn)
{
    bool *looks = g_new0(bool, fn->local_count + 1);
    bool again = true;
    while (again) {
        again = false;
        for (uint32_t b = 0; b < fn->block_count; b++) {
            const struct ir_block *block = &fn->blocks[b];
            for (uint32_t i = 0; i < block->statement_count; i++) {
                const struct ir_statement *st = &block->statements[i];
                const struct ir_place *to = st->kind == IR_ST_ATOMIC ? &st->atomic->result : &st->place;
                bool gets = st->kind == IR_ST_ATOMIC ? st->atomic->has_result
                                                     : st->kind == IR_ST_ASSIGN && rvalue_looks(fn, &st->value, looks);
                if (gets && to->base == IR_BASE_LOCAL && !looks[to->base_index])
                    again = looks[to->base_index] = true;
            }
            const struct ir_call *call = block->terminator.kind == IR_TERM_CALL ? block->terminator.call : NULL;
            if (call && call->has_dest && call->dest.base == IR_BASE_LOCAL && !is_wait(call) && !looks[call->dest.base_index])
                again = looks[call->dest.base_index] = true;
        }
    }
    return looks;
}

static bool branch_looks(const struct ir_function *fn, uint32_t block, const bool *looks)
{
    const struct ir_terminator *term = &fn->blocks[block].terminator;
    return (term->kind == IR_TERM_BRANCH || term->kind == IR_TERM_SWITCH) &&
           term->condition.kind != IR_OPERAND_CONST && place_looks(fn, &term->condition.place, looks);
}

/* ------------------------------------------------------------------------------------------- one wait */

struct wait_walk {
    const struct guard_function *f;
    const struct guard_call *wait;
    const bool *looks;
    bool *lets_go;          /* by block: it ends with a call that lets the lock go */
    bool *behind, *before;  /* by block: reached from the wait, or leads to it, with the lock held */
};

static void find_releases(struct wait_walk *w)
{
    for (guint i = 0; i < w->f->calls->len; i++) {
        const struct guard_call *call = &g_array_index(w->f->calls, struct guard_call, i);
        bool is_its = w->wait->guard != UINT32_MAX ? call->guard == w->wait->guard
                                                   : locks_may_be_same(call->locks, w->wait->locks);
        w->lets_go[call->block] |= call->releases && !call->unsure && is_its;
    }
}

static void spread(const struct wait_walk *w, bool *reached, bool forward)
{
    const struct cfg *cfg = w->f->origins->cfg;
    GArray *todo = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t block = w->wait->block;
    do {
        const struct cfg_edges *edges = forward ? &cfg->successors[block] : &cfg->predecessors[block];
        for (uint32_t i = 0; i < edges->count; i++) {
            uint32_t next = forward ? edges->items[i].to : edges->items[i].from;
            if (reached[next] || (!forward && w->lets_go[next]))
                continue;
            reached[next] = true;
            if (next != w->wait->block && !(forward && w->lets_go[next]))
                g_array_append_val(todo, next);
        }
        block = todo->len > 0 ? g_array_index(todo, uint32_t, todo->len - 1) : CFG_NONE;
        if (todo->len > 0)
            g_array_set_size(todo, todo->len - 1);
    } while (block != CFG_NONE);
    g_array_free(todo, TRUE);
}

/* The `if` that the wait stands in: the nearest branch on the way to it that looks at memory. */
static struct span looked_at_once(const struct wait_walk *w)
{
    const struct cfg *cfg = w->f->origins->cfg;
    for (uint32_t b = w->wait->block; b != 0;) {
        b = cfg->idom[b];
        if (w->lets_go[b])
            break;
        if (branch_looks(w->f->fn, b, w->looks))
            return w->f->fn->blocks[b].terminator.condition.span;
    }
    return NO_SPAN;
}

/* The lock is the caller's, and was not taken here. */
static bool is_under_callers_lock(const struct wait_walk *w)
{
    if (w->wait->guard != UINT32_MAX)
        return false;
    for (guint i = 0; i < w->f->calls->len; i++) {
        const struct guard_call *call = &g_array_index(w->f->calls, struct guard_call, i);
        if ((call->acquires || call->releases) && locks_may_be_same(call->locks, w->wait->locks))
            return false;
    }
    for (uint32_t i = 0; i < w->wait->locks->count; i++)
        if (!guard_is_from_outside(w->f, w->wait->locks->items[i]))
            return false;
    return w->wait->locks->count > 0;
}

static bool is_left_to_callers(const struct wait_walk *w)
{
    const struct guard_function *f = w->f;
    const struct callgraph *graph = f->analysis->graph;
    if (!is_under_callers_lock(w))
        return false;
    if (f->fn->is_static && graph->callers[f->fn->index].count > 0 && !graph->address_taken[f->fn->index]) {
        struct guard_wait wait = {w->wait->locks, w->wait->condvar, w->wait->is_timed,
                                  w->wait->callee ? w->wait->inside : w->wait->span};
        g_array_append_val(f->analysis->summaries[f->fn->index]->waits, wait);
        return true;
    }
    return span_is_none(looked_at_once(w));
}

static void check_wait(struct wait_walk *w)
{
    struct guard_function *f = (struct guard_function *)w->f;
    const struct cfg *cfg = f->origins->cfg;
    find_releases(w);
    spread(w, w->behind, true);
    spread(w, w->before, false);
    bool looks_again = false, looks_behind = false;
    for (uint32_t b = 0; b < f->fn->block_count; b++) {
        if (!w->behind[b] || w->lets_go[b] || !branch_looks(f->fn, b, w->looks))
            continue;
        looks_behind = true;
        looks_again |= w->before[b];
    }
    bool is_in_loop = w->behind[w->wait->block];
    if (looks_again)
        return;
    if (looks_behind && (w->wait->is_timed || cfg_can_reach(cfg, w->wait->block, w->wait->block)))
        return;
    if (is_in_loop || !is_left_to_callers(w))
        report_wait_without_loop(f, w->wait, looked_at_once(w), is_in_loop);
}

/* ---------------------------------------------------------------------------------------- held, and which */

/* A use of a condition variable with a mutex, named in the same way in every function. */
struct condvar_use {
    struct guard_function *function;
    guint call;
    const struct ir_record *record; /* NULL: a global of its own; else both are fields of this */
    uint32_t condition, mutex;
};

static bool names_use(const struct origin *condition, const struct origin *mutex, struct condvar_use *use)
{
    bool both_fields = condition->kind == ORIGIN_FIELD && mutex->kind == ORIGIN_FIELD &&
                       condition->record == mutex->record && condition->parent == mutex->parent;
    if (!both_fields && (condition->kind != ORIGIN_GLOBAL || mutex->kind != ORIGIN_GLOBAL))
        return false;
    use->record = both_fields ? condition->record : NULL;
    use->condition = condition->index;
    use->mutex = mutex->index;
    return true;
}

/* Only of a mutex: the guards of the library may be of different locks (<fearless/condvar.h>). */
static void note_use(struct guard_function *f, guint index)
{
    const struct guard_call *call = &g_array_index(f->calls, struct guard_call, index);
    struct condvar_use use = {.function = f, .call = index};
    GArray **uses = &f->analysis->condvar_uses;
    if (call->callee || call->locks->count != 1 || call->condvar->count != 1 ||
        !names_use(call->condvar->items[0], call->locks->items[0], &use))
        return;
    if (!*uses)
        *uses = g_array_new(FALSE, FALSE, sizeof use);
    g_array_append_val(*uses, use);
}

void condvar_check_loops(struct guard_function *f)
{
    bool *looks = NULL;
    for (guint i = 0; i < f->calls->len; i++) {
        const struct guard_call *call = &g_array_index(f->calls, struct guard_call, i);
        if (!call->waits || !cfg_reachable(f->origins->cfg, call->block) || (f->fn->blocks[call->block].terminator.flags & IR_FLAG_UNSAFE))
            continue;
        if (call->guard == UINT32_MAX)
            note_use(f, i);
        if (!looks)
            looks = find_looks(f->fn);
        struct wait_walk w = {.f = f, .wait = call, .looks = looks};
        w.lets_go = g_new0(bool, f->fn->block_count);
        w.behind = g_new0(bool, f->fn->block_count);
        w.before = g_new0(bool, f->fn->block_count);
        check_wait(&w);
        g_free(w.lets_go);
        g_free(w.behind);
        g_free(w.before);
    }
    g_free(looks);
}

void condvars_settle(struct guard_analysis *analysis)
{
    GArray *uses = analysis->condvar_uses;
    for (guint i = 0; uses && i < uses->len; i++) {
        const struct condvar_use *later = &g_array_index(uses, struct condvar_use, i);
        for (guint k = 0; k < i; k++) {
            const struct condvar_use *first = &g_array_index(uses, struct condvar_use, k);
            if (first->record != later->record || first->condition != later->condition)
                continue;
            if (first->mutex != later->mutex)
                report_other_mutex(later->function,
                                   &g_array_index(later->function->calls, struct guard_call, later->call), first->function,
                                   &g_array_index(first->function->calls, struct guard_call, first->call));
            break;
        }
    }
    if (uses)
        g_array_free(uses, TRUE);
}

static bool is_thread_entry(const struct guard_function *f)
{
    const struct callgraph *graph = f->analysis->graph;
    if (strcmp(f->fn->name, "main") == 0 || ir_note(f->fn->notes, "thread_fn"))
        return true;
    for (uint32_t i = 0; graph->address_taken[f->fn->index] && i < graph->site_count; i++) {
        const struct ir_function *callee = graph->sites[i].call->callee;
        for (size_t k = 0; callee && k < callee->type->param_count; k++)
            if (ir_note(callee->params[k].notes, "thread_entry"))
                return true;
    }
    return false;
}

/* Is it a mistake of this function that the lock is not held, and not of some caller out of view? */
static bool is_certainly_missing(const struct guard_function *f, const struct origin_set *locks)
{
    for (guint i = 0; i < f->calls->len; i++) {
        const struct guard_call *call = &g_array_index(f->calls, struct guard_call, i);
        if ((call->acquires || call->releases) && locks_may_be_same(call->locks, locks))
            return true;
    }
    for (uint32_t i = 0; i < locks->count; i++)
        if (locks->items[i]->kind == ORIGIN_UNKNOWN || (locks->items[i]->kind == ORIGIN_CALL))
            return false;
    if (is_thread_entry(f))
        return true;
    for (uint32_t i = 0; i < locks->count; i++)
        if (origin_root(locks->items[i])->kind == ORIGIN_LOCAL && guard_is_from_outside(f, locks->items[i]))
            return false;
    return true;
}

void condvar_check_held(struct guard_simulation *s, struct lock_facts *facts, guint index)
{
    struct guard_function *f = s->f;
    const struct guard_call *call = &g_array_index(f->calls, struct guard_call, index);
    if (call->callee || s->call_reported[index])
        return;
    bool by_guard = call->guard != UINT32_MAX;
    struct held_lock *lock = by_guard ? lock_facts_of_guard(facts, call->guard) : lock_facts_find(facts, call->locks);
    bool is_held = lock && lock->held && !lock->shared;
    if (is_held || (lock && lock->quiet) || (!by_guard && call->locks->count == 0))
        return;
    s->call_reported[index] = true;
    if (by_guard) {
        for (uint32_t i = 0; i < facts->count && !lock; i++)
            if (facts->locks[i].guard == call->guard)
                lock = &facts->locks[i];
        report_wait_without_lock(f, call, lock);
    } else if (!lock && guard_is_for_callers(f, call->locks)) {
        guard_ask_callers(f, call->locks, (struct guard_need){.is_wait = true, .call = *call});
    } else if (is_certainly_missing(f, call->locks)) {
        report_wait_without_lock(f, call, lock);
    }
}

void condvar_settle_need(const struct guard_need *need)
{
    report_wait_without_lock(need->function, &need->call, NULL);
}
