/*
 * F0110: a lock that is used before it is made, after it was destroyed, or that dies while it is held.
 *
 * Made is a lock whose memory has a value: all zero (static, calloc, `= {0}`), an initialiser, pthread_mutex_init, or
 * whatever a function may have done that was given its address. So what is left are variables and fresh memory that
 * nothing has touched before the first use on any way to it.
 */
#include <string.h>

#include "analysis/locks/guard_rules.h"

/* --------------------------------------------------------------------------------------------- its death */

static bool is_in(const struct origin *lock, const struct origin *memory)
{
    for (; lock; lock = lock->parent)
        if (lock == memory)
            return true;
    return false;
}

/* Behind a pointer that is kept in the memory is something else, unless the memory owns it. */
static bool dies_with(const struct origin *lock, const struct origin *memory)
{
    while (lock && lock != memory)
        lock = lock->kind == ORIGIN_DEREF ? NULL : lock->parent;
    return lock != NULL;
}

static void report_death(struct guard_function *f, const struct held_lock *lock, struct span place, const char *how)
{
    const char *name = lock_name(f, lock->locks, lock->value);
    struct finding *finding = finding_new(f->analysis->sink, "F0110", "%s is %s while it is held", name, how);
    finding_primary(finding, place, "%s here", how);
    finding_step(finding, 2);
    if (lock->given)
        finding_label(finding, lock->start, "%s is held in here: `%s` requires it", name, f->fn->name);
    else
        finding_label(finding, lock->start, "%s is locked here", name);
    finding_step(finding, 1);
    finding_help(finding, "release it before");
}

/* A guard borrows from the handle that led to its lock: that is rustc's error of the same name. */
static void report_dropped_under_guard(struct guard_function *f, const struct held_lock *lock,
                                       const struct origin *handle, struct span place)
{
    const char *name = origin_describe(f->origins, handle);
    const char *what = name ? arena_printf(f->origins->arena, "`%s`", name) : "the handle";
    struct finding *finding = finding_new(f->analysis->sink, "E0505", "cannot drop %s because it is borrowed", what);
    finding_primary(finding, place, "%s is dropped here", what);
    finding_step(finding, 2);
    finding_label(finding, lock->start, "borrow of %s occurs here", what);
    finding_step(finding, 1);
    finding_label(finding, f->fn->locals[lock->guard].scope_end, "borrow later used here, when the guard lets the lock go");
    finding_step(finding, 3);
    finding_help(finding, "end the guard before: `fl_unlock(...)`, or a scope of its own");
}

/* Held locks that lie in `memory`: one is told of, if `tell`, and from then on nothing is said of any. */
static void die(struct guard_simulation *s, struct lock_facts *facts, const struct origin *memory, struct span place,
                const char *how, bool tell)
{
    for (uint32_t i = 0; i < facts->count; i++) {
        struct held_lock *lock = &facts->locks[i];
        if (!lock->held || lock->quiet || lock->failed || lock->locks->count != 1 || !dies_with(lock->locks->items[0], memory))
            continue;
        if (tell && strcmp(how, "dropped") == 0 && lock->guard != UINT32_MAX)
            report_dropped_under_guard(s->f, lock, memory, place);
        else if (tell)
            report_death(s->f, lock, place, how);
        tell = false;
        lock->quiet = true;
    }
}

void lock_life_step(struct guard_simulation *s, struct lock_facts *facts, guint index, bool reporting)
{
    const struct guard_call *call = &g_array_index(s->f->calls, struct guard_call, index);
    if (call->exact)
        die(s, facts, call->locks->items[0], call->span, call->frees ? "freed" : "destroyed", reporting);
    struct held_lock *before = lock_facts_find(facts, call->locks);
    if (call->makes && before && !before->held)
        before->destroyed = false;
    if (call->destroys && call->exact && !(before && before->held))
        lock_facts_add(facts, (struct held_lock){.locks = call->locks, .value = call->value, .exact = call->exact,
                                                 .guard = UINT32_MAX, .destroyed = true, .start = NO_SPAN,
                                                 .end = call->span});
}

static bool is_released_somewhere(const struct guard_function *f, const struct held_lock *lock)
{
    for (guint i = 0; i < f->calls->len; i++) {
        const struct guard_call *call = &g_array_index(f->calls, struct guard_call, i);
        if (call->releases && locks_may_be_same(call->locks, lock->locks))
            return true;
    }
    return false;
}

void lock_life_check_statement(struct guard_simulation *s, struct lock_facts *facts, struct flow_point at,
                               const struct ir_statement *st, bool reporting)
{
    if (st->kind == IR_ST_STORAGE_DEAD) {
        for (uint32_t i = 0; i < facts->count; i++) {
            struct held_lock *lock = &facts->locks[i];
            const struct origin *one = lock->locks->count == 1 ? lock->locks->items[0] : NULL;
            bool is_its = lock->held && !lock->quiet && !lock->failed && lock->guard == UINT32_MAX && one &&
                          origin_is_direct(one) && origin_root(one)->kind == ORIGIN_LOCAL &&
                          origin_root(one)->index == st->local && s->f->fn->locals[st->local].type->kind != IR_TYPE_POINTER;
            if (!is_its || is_released_somewhere(s->f, lock)) /* the path that forgets it is F0103's */
                continue;
            if (reporting)
                report_death(s->f, lock, st->span, "gone");
            lock->quiet = true;
        }
    } else if (st->kind == IR_ST_DROP && !(st->flags & IR_FLAG_SCOPE_END) && st->place.type->kind == IR_TYPE_HANDLE) {
        const struct origin_set *dropped = origins_place(s->f->origins, origins_state(s->f->origins, at), &st->place);
        if (dropped->count == 1)
            die(s, facts, dropped->items[0], st->span, "dropped", reporting);
    }
}

bool lock_life_check_taking(struct guard_simulation *s, const struct lock_facts *facts, guint index)
{
    struct guard_function *f = s->f;
    const struct guard_call *call = &g_array_index(f->calls, struct guard_call, index);
    for (uint32_t i = 0; i < facts->count; i++) {
        const struct held_lock *lock = &facts->locks[i];
        if (!lock->destroyed || lock->quiet || call->unsure || !lock_is_that_of(lock, call))
            continue;
        if (!s->rule_reported[index]) {
            const char *name = lock_name(f, call->locks, call->value);
            struct finding *finding = finding_new(f->analysis->sink, "F0110", "%s is used after it was destroyed", name);
            finding_primary(finding, call->span, "locked here");
            finding_step(finding, 2);
            finding_label(finding, lock->end, "%s is destroyed here", name);
            finding_step(finding, 1);
            finding_help(finding, "destroy a lock when nobody will use it any more");
        }
        return s->rule_reported[index] = true;
    }
    return false;
}

/* --------------------------------------------------------------------------------------------- its birth */

struct birth {
    struct guard_function *f;
    const struct origin *memory; /* a local; what a call has allocated */
    bool *touched;               /* by block: something in it may make the lock */
};

static bool is_lock_call(const struct guard_function *f, uint32_t block)
{
    bool is_use = false;
    for (guint i = 0; i < f->calls->len; i++) {
        const struct guard_call *call = &g_array_index(f->calls, struct guard_call, i);
        if (call->block != block)
            continue;
        if (call->makes)
            return false;
        is_use |= !call->callee && (call->acquires || call->releases || call->waits || call->destroys || call->frees);
    }
    return is_use;
}

static bool any_touches(const struct origin_set *set, const struct origin *memory)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (is_in(set->items[i], memory) || set->items[i]->kind == ORIGIN_UNKNOWN)
            return true;
    return false;
}

static void touch(void *ctx, const void *state, struct flow_point at, const struct ir_statement *st,
                  const struct ir_terminator *term)
{
    struct birth *b = ctx;
    struct origins *o = b->f->origins;
    if (!((const struct origin_state *)state)->reached)
        return;
    bool touches = false;
    if (st && (st->kind == IR_ST_ASSIGN || st->kind == IR_ST_ZERO)) {
        const struct origin_set *to = origins_place(o, state, &st->place);
        bool whole = traits_contains_lock(st->place.type) || st->place.type->kind == IR_TYPE_ARRAY;
        for (uint32_t i = 0; i < st->place.projection_count; i++)
            whole |= st->place.projections[i].kind == IR_PROJ_FIELD && traits_is_lock(st->place.projections[i].type);
        touches = any_touches(to, b->memory) && (whole || st->place.type->kind != IR_TYPE_POINTER);
        touches &= whole || (st->flags & IR_FLAG_INITIALIZER);
        /* its address is kept somewhere: others may make it */
        for (uint32_t i = 0; i < st->value.operand_count && st->kind == IR_ST_ASSIGN; i++)
            if (st->value.operands[i].kind != IR_OPERAND_CONST && ir_place_has_deref(&st->place))
                touches |= any_touches(origins_value(o, state, &st->value.operands[i]), b->memory);
    } else if (st) {
        touches = st->kind == IR_ST_ASM || st->kind == IR_ST_OPAQUE;
    } else if (term->kind == IR_TERM_CALL && !is_lock_call(b->f, at.block)) {
        for (uint32_t i = 0; i < term->call->arg_count; i++)
            if (term->call->args[i].kind != IR_OPERAND_CONST)
                touches |= any_touches(origins_value(o, state, &term->call->args[i]), b->memory);
        if (term->call->has_dest)
            touches |= any_touches(origins_place(o, state, &term->call->dest), b->memory) &&
                       traits_contains_lock(term->call->dest.type);
    }
    b->touched[at.block] |= touches;
}

/* The memory that is as it came: an automatic variable, what malloc gave. */
static const struct origin *raw_memory(const struct guard_function *f, const struct origin *lock)
{
    const struct origin *root = origin_root(lock);
    for (const struct origin *at = lock; at; at = at->parent)
        if (at->kind != ORIGIN_FIELD && at != root)
            return NULL;
    if (root->kind == ORIGIN_LOCAL) {
        const struct ir_local *local = &f->fn->locals[root->index];
        return local->kind == IR_LOCAL_VARIABLE && local->name && traits_contains_lock(local->type) ? root : NULL;
    }
    const struct ir_call *call = root->kind == ORIGIN_CALL ? f->fn->blocks[root->index].terminator.call : NULL;
    if (!call || !call->callee || !ir_note(call->callee->notes, "fresh") || ir_note(call->callee->notes, "zeroed"))
        return NULL;
    for (uint32_t i = 0; i < call->arg_count && i < call->callee->type->param_count; i++)
        if (ir_note(call->callee->params[i].notes, "free"))
            return NULL; /* realloc keeps what was there */
    return root;
}

static void report_raw(struct guard_function *f, const struct guard_call *call, const struct origin *memory)
{
    const char *name = lock_name(f, call->locks, call->value);
    struct finding *finding = finding_new(f->analysis->sink, "F0110", "%s is used before it is initialised", name);
    finding_primary(finding, call->span, "%s has no value here", name);
    finding_step(finding, 2);
    bool is_local = memory->kind == ORIGIN_LOCAL;
    if (is_local)
        finding_label(finding, f->fn->locals[memory->index].span, "declared here without an initialiser");
    else
        finding_label(finding, f->fn->blocks[memory->index].terminator.span, "its memory is allocated here, with any contents");
    finding_step(finding, 1);
    finding_help(finding, is_local ? "initialise it: all zero is an unlocked lock of the library"
                                   : "initialise it, or allocate with `calloc`: all zero is an unlocked lock of the library");
}

static void check_made(struct guard_function *f, const struct guard_call *call)
{
    const struct origin *memory = raw_memory(f, call->locks->items[0]);
    if (!memory)
        return;
    struct birth b = {.f = f, .memory = memory, .touched = g_new0(bool, f->fn->block_count)};
    dataflow_visit(f->origins->flow, touch, &b);
    bool may_be_made = b.touched[call->block];
    for (uint32_t block = 0; block < f->fn->block_count && !may_be_made; block++)
        may_be_made = b.touched[block] && cfg_can_reach(f->origins->cfg, block, call->block);
    if (!may_be_made)
        report_raw(f, call, memory);
    g_free(b.touched);
}

void lock_life_check_made(struct guard_function *f)
{
    GPtrArray *done = g_ptr_array_new(); /* one lock is told of once */
    for (guint i = 0; i < f->calls->len; i++) {
        const struct guard_call *call = &g_array_index(f->calls, struct guard_call, i);
        bool uses = !call->callee && (call->acquires || call->releases || call->destroys) && !call->frees;
        if (!uses || call->locks->count != 1 || !cfg_reachable(f->origins->cfg, call->block) ||
            (f->fn->blocks[call->block].terminator.flags & IR_FLAG_UNSAFE) ||
            g_ptr_array_find(done, call->locks->items[0], NULL))
            continue;
        g_ptr_array_add(done, (gpointer)call->locks->items[0]);
        check_made(f, call);
    }
    g_ptr_array_free(done, TRUE);
}
