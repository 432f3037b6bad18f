#include "analysis/effects/effect_locks.h"

#include <string.h>

#include "analysis/locks/guard_parts.h"
#include "analysis/origins/origin_parts.h"

/* What the call that ends a block does to locks. */
struct lock_change {
    const struct origin_set *taken, *given_back;
};

struct effect_locks {
    struct origins *origins;
    const struct origin_set **at;  /* by block: held at its start; NULL: not reached */
    const struct origin_set *left_held, *given_back; /* for callers: at every return; released without having been taken */
};

static const struct origin_set *without(struct origins *o, const struct origin_set *set, const struct origin_set *gone)
{
    const struct origin_set *left = o->empty;
    for (uint32_t i = 0; i < set->count; i++)
        if (!gone || !origin_set_has(gone, set->items[i]))
            left = origin_set_add(o, left, set->items[i]);
    return left;
}

static const struct origin_set *in_both(struct origins *o, const struct origin_set *a, const struct origin_set *b)
{
    const struct origin_set *both = o->empty;
    for (uint32_t i = 0; i < a->count; i++)
        if (origin_set_has(b, a->items[i]))
            both = origin_set_add(o, both, a->items[i]);
    return both;
}

/* One lock for certain, or none. */
static const struct origin_set *only(struct origins *o, const struct origin_set *set)
{
    return set->count == 1 && set->items[0]->kind > ORIGIN_FUNCTION ? set : o->empty;
}

static const struct origin_set *noted(struct origins *o, const struct origin_state *state, const struct ir_call *call,
                                      const char *text)
{
    if (*text && *text != '!' && *text != '0' && g_ascii_isalpha(*text) && !g_str_has_prefix(text, "nonnull"))
        return lock_of_parameters(o, state, call->callee, call, text);
    return call->arg_count > 0 ? origins_value(o, state, &call->args[0]) : o->empty;
}

static const struct origin_set *of_callee(struct origins *o, const struct origin_state *state,
                                          const struct ir_call *call, uint32_t block, const struct effect_locks *callee,
                                          const struct origin_set *locks)
{
    const struct origin_set *set = o->empty;
    for (uint32_t i = 0; i < locks->count; i++)
        set = origin_set_join(o, set,
                              origins_of_callee(o, state, call, block, callee->origins, locks->items[i]));
    return set;
}

/* guards: by local, what the guard in it holds */
static struct lock_change change_of(const struct effect_program *program, struct origins *o, uint32_t block,
                                    const struct origin_set **guards)
{
    static const char *const takes[] = {"acquires", "acquires.shared", "acquires_if", "acquires_if.shared"};
    struct lock_change change = {o->empty, o->empty};
    const struct ir_call *call = o->fn->blocks[block].terminator.call;
    if (call->mode != IR_CALL_PLAIN || !call->callee)
        return change;
    struct flow_point at = {block, o->fn->blocks[block].statement_count};
    const struct origin_state *state = origins_state(o, at);
    for (size_t i = 0; i < G_N_ELEMENTS(takes); i++) {
        const char *text = ir_note(call->callee->notes, takes[i]);
        if (!text)
            continue;
        change.taken = only(o, noted(o, state, call, text));
        if (call->has_dest && call->dest.type->kind == IR_TYPE_RECORD && call->dest.base == IR_BASE_LOCAL)
            guards[call->dest.base_index] = origin_set_join(o, change.taken, guards[call->dest.base_index]
                                                                                 ? guards[call->dest.base_index]
                                                                                 : o->empty);
    }
    const char *text = ir_note(call->callee->notes, "releases");
    if (text)
        change.given_back = noted(o, state, call, text);
    const struct effect_locks *callee = effect_locks_of(program, call->callee);
    if (callee) {
        change.taken = origin_set_join(o, change.taken, of_callee(o, state, call, block, callee, callee->left_held));
        change.given_back =
            origin_set_join(o, change.given_back, of_callee(o, state, call, block, callee, callee->given_back));
    }
    return change;
}

static bool function_touches_locks(const struct effect_program *program, const struct ir_function *fn,
                                   const struct callgraph *graph)
{
    static const char *const notes[] = {"acquires", "acquires.shared", "acquires_if", "acquires_if.shared", "releases"};
    const struct call_sites *calls = &graph->calls[fn->index];
    for (uint32_t i = 0; i < calls->count; i++) {
        const struct ir_function *callee = calls->items[i].call->callee;
        const struct effect_locks *known = callee ? effect_locks_of(program, callee) : NULL;
        if (known && (known->left_held->count > 0 || known->given_back->count > 0))
            return true;
        for (size_t k = 0; callee && k < G_N_ELEMENTS(notes); k++)
            if (ir_note(callee->notes, notes[k]))
                return true;
    }
    return false;
}

static const struct origin_set *required_at_entry(struct origins *o)
{
    const struct origin_set *set = o->empty;
    struct origin_state entry = {.reached = true};
    for (const char *const *note = o->fn->notes; *note; note++) {
        if (!g_str_has_prefix(*note, "requires:") && !g_str_has_prefix(*note, "releases:"))
            continue;
        const char *text = strchr(*note, ':') + 1;
        set = origin_set_join(o, set, only(o, lock_of_parameters(o, &entry, o->fn, NULL, text)));
    }
    return set;
}

/* A guard that is given back stands for the lock that it holds. */
static const struct origin_set *unlocked(struct origins *o, const struct origin_set *given_back,
                                         const struct origin_set **guards)
{
    const struct origin_set *set = given_back;
    for (uint32_t i = 0; i < given_back->count; i++)
        if (given_back->items[i]->kind == ORIGIN_LOCAL && guards[given_back->items[i]->index])
            set = origin_set_join(o, set, guards[given_back->items[i]->index]);
    return set;
}

static void run(struct effect_locks *locks, const struct lock_change *changes, const struct origin_set **guards)
{
    struct origins *o = locks->origins;
    const struct cfg *cfg = o->cfg;
    bool again = true;
    while (again) {
        again = false;
        for (uint32_t k = 0; k < cfg->order_count; k++) {
            uint32_t b = cfg->order[k];
            const struct origin_set *held = locks->at[b];
            if (!held)
                continue;
            if (changes[b].taken) {
                held = without(o, held, unlocked(o, changes[b].given_back, guards));
                held = origin_set_join(o, held, changes[b].taken);
            }
            for (uint32_t i = 0; i < cfg->successors[b].count; i++) {
                const struct origin_set **next = &locks->at[cfg->successors[b].items[i].to];
                const struct origin_set *both = *next ? in_both(o, *next, held) : held;
                again |= both != *next;
                *next = both;
            }
        }
    }
}

static void summarise(struct effect_locks *locks, const struct lock_change *changes, const struct origin_set **guards)
{
    struct origins *o = locks->origins;
    const struct origin_set *left = NULL;
    const struct origin_set *at_entry = locks->at[0];
    for (uint32_t k = 0; k < o->cfg->order_count; k++) {
        uint32_t b = o->cfg->order[k];
        const struct origin_set *held = locks->at[b];
        if (!held)
            continue;
        if (o->fn->blocks[b].terminator.kind == IR_TERM_RETURN)
            left = left ? in_both(o, left, held) : held;
        if (changes[b].taken) {
            const struct origin_set *back = without(o, unlocked(o, changes[b].given_back, guards), held);
            for (uint32_t i = 0; i < back->count; i++)
                if (!origin_is_direct(back->items[i]) || origin_root(back->items[i])->kind == ORIGIN_GLOBAL)
                    locks->given_back = origin_set_add(o, locks->given_back, back->items[i]);
        }
    }
    locks->left_held = left ? without(o, left, at_entry) : o->empty;
}

struct effect_locks *effect_locks_new(const struct effect_program *program, struct origins *o,
                                      const struct callgraph *graph)
{
    struct effect_locks *locks = g_new0(struct effect_locks, 1);
    locks->origins = o;
    locks->left_held = locks->given_back = o->empty;
    const struct origin_set *at_entry = required_at_entry(o);
    if (at_entry->count == 0 && !function_touches_locks(program, o->fn, graph))
        return locks;
    struct lock_change *changes = g_new0(struct lock_change, o->fn->block_count + 1);
    const struct origin_set **guards = g_new0(const struct origin_set *, o->fn->local_count + 1);
    locks->at = g_new0(const struct origin_set *, o->fn->block_count + 1);
    for (uint32_t k = 0; k < o->cfg->order_count; k++)
        if (o->fn->blocks[o->cfg->order[k]].terminator.kind == IR_TERM_CALL)
            changes[o->cfg->order[k]] = change_of(program, o, o->cfg->order[k], guards);
    locks->at[0] = at_entry;
    run(locks, changes, guards);
    summarise(locks, changes, guards);
    g_free(changes);
    g_free(guards);
    return locks;
}

void effect_locks_free(struct effect_locks *locks)
{
    if (!locks)
        return;
    g_free(locks->at);
    g_free(locks);
}

const struct origin_set *effect_locks_at(const struct effect_locks *locks, uint32_t block)
{
    if (!locks)
        return NULL;
    const struct origin_set *set = locks->at ? locks->at[block] : NULL;
    return set ? set : locks->origins->empty;
}

/* In different functions the same global has another origin of the same shape. */
static bool same_lock(const struct origin *a, const struct origin *b)
{
    if (a == b)
        return true;
    bool a_global = origin_root(a)->kind == ORIGIN_GLOBAL && origin_is_direct(a);
    bool b_global = origin_root(b)->kind == ORIGIN_GLOBAL && origin_is_direct(b);
    if (!a_global && !b_global)
        return a->kind != ORIGIN_FIELD || b->kind != ORIGIN_FIELD || (a->record == b->record && a->index == b->index);
    for (; a && b && a_global && b_global; a = a->parent, b = b->parent) {
        if (a->kind != b->kind || a->index != b->index)
            return false;
        if (a->kind == ORIGIN_GLOBAL)
            return true;
    }
    return false;
}

bool effect_locks_in_common(const struct origin_set *a, const struct origin_set *b)
{
    for (uint32_t i = 0; a && b && i < a->count; i++)
        for (uint32_t k = 0; k < b->count; k++)
            if (same_lock(a->items[i], b->items[k]))
                return true;
    return false;
}
