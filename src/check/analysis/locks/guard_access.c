/*
 * Guarded data and calls that need a lock: F0101, F0102. Where the function's callers can all be seen, the lock may be
 * theirs to hold: then they are asked.
 */
#include <string.h>

#include "analysis/locks/guard_rules.h"

/* What is the same field of the same struct as `lock`, and is held: the lock of another object. */
static const struct origin *other_instance(const struct held_lock *held, const struct origin *lock)
{
    for (uint32_t i = 0; i < held->locks->count; i++) {
        const struct origin *other = held->locks->items[i];
        if (other->kind == ORIGIN_FIELD && other->record == lock->record && other->index == lock->index)
            return other;
    }
    return NULL;
}

static void find_other_instance(const struct guard_function *f, uint32_t block, const struct lock_facts *facts,
                                const struct origin_set *locks, const struct value *instance, struct guard_history *history)
{
    for (uint32_t i = facts->count; i > 0; i--) { /* the one that was taken last is most likely meant */
        const struct held_lock *held = &facts->locks[i - 1];
        for (uint32_t k = 0; held->held && k < locks->count; k++) {
            if (locks->items[k]->kind != ORIGIN_FIELD)
                continue;
            history->other = other_instance(held, locks->items[k]);
            history->other_start = held->start;
            history->other_value = lock_is_of_another(f, block, held, instance) ? held->value : NULL;
            if (history->other)
                return;
        }
    }
}

static struct guard_history history_of(const struct guard_function *f, uint32_t block, struct lock_facts *facts,
                                       const struct origin_set *locks, const struct value *instance)
{
    struct guard_history history = {.guard = UINT32_MAX};
    const struct held_lock *before = lock_facts_find_for(f, block, facts, locks, instance);
    if (before && !before->held && !before->quiet && !before->tried && !before->destroyed) {
        history.was_held = true;
        history.ended_by_scope = before->ended_by_scope;
        history.start = before->start;
        history.end = before->end;
        history.guard = before->guard;
    }
    find_other_instance(f, block, facts, locks, instance, &history);
    return history;
}

bool guard_is_from_outside(const struct guard_function *f, const struct origin *lock)
{
    const struct origin *root = origin_root(lock);
    return root->kind == ORIGIN_GLOBAL ||
           (root->kind == ORIGIN_LOCAL && f->fn->locals[root->index].kind == IR_LOCAL_PARAM && !origin_is_direct(lock));
}

/* Only this function's variable: no thread has been shown it before it says so itself. */
static bool is_private(const struct guard_function *f, const struct guard_access *access)
{
    if (access->is_cell)
        return false;
    const struct origin *root = origin_root(access->data);
    if (root->kind == ORIGIN_CALL) { /* just allocated, here */
        const struct ir_call *call = f->fn->blocks[root->index].terminator.call;
        return call->callee && ir_note(call->callee->notes, "fresh");
    }
    if (root->kind != ORIGIN_LOCAL || !origin_is_direct(access->data))
        return false;
    return !f->fn->locals[root->index].address_taken;
}

/* The function makes the object: it initialises the lock itself. */
static bool is_constructor_of(const struct guard_function *f, const struct guard_access *access)
{
    if (access->is_cell || access->data->kind != ORIGIN_FIELD)
        return false;
    const struct ir_record *record = access->data->record;
    for (uint32_t b = 0; b < f->fn->block_count; b++) {
        const struct ir_block *block = &f->fn->blocks[b];
        for (uint32_t i = 0; i < block->statement_count; i++) {
            const struct ir_statement *st = &block->statements[i];
            if (st->kind != IR_ST_ASSIGN && st->kind != IR_ST_ZERO)
                continue;
            const struct ir_type *type = st->place.type;
            if (type->kind == IR_TYPE_RECORD && type->record == record)
                return true; /* the whole struct is written */
            for (uint32_t k = 0; k < st->place.projection_count; k++) {
                const struct ir_projection *proj = &st->place.projections[k];
                if (proj->kind == IR_PROJ_FIELD && proj->record == record && record->fields[proj->index].name &&
                    strcmp(record->fields[proj->index].name, access->field->guarded_by) == 0)
                    return true;
            }
        }
        if (block->terminator.kind != IR_TERM_CALL || !block->terminator.call->callee)
            continue;
        if (ir_note(block->terminator.call->callee->notes, "initialises_lock"))
            return true;
    }
    return false;
}

bool guard_is_for_callers(const struct guard_function *f, const struct origin_set *locks)
{
    const struct callgraph *graph = f->analysis->graph;
    if (!f->fn->is_static || graph->callers[f->fn->index].count == 0 || graph->address_taken[f->fn->index])
        return false;
    if (f->required->len > 0)
        return false; /* what it asks of them is written down */
    for (guint i = 0; i < f->calls->len; i++) {
        const struct guard_call *call = &g_array_index(f->calls, struct guard_call, i);
        if ((call->acquires || call->releases) && locks_may_be_same(call->locks, locks))
            return false;
    }
    for (uint32_t i = 0; i < locks->count; i++)
        if (!guard_is_from_outside(f, locks->items[i]))
            return false;
    return true;
}

void guard_ask_callers(struct guard_function *f, const struct origin_set *locks, struct guard_need about)
{
    struct guard_need *need = g_new(struct guard_need, 1);
    *need = about;
    need->function = f;
    need->unmet = g_array_new(FALSE, FALSE, sizeof(struct guard_unmet));
    g_ptr_array_add(f->analysis->needs, need);
    struct guard_requirement wanted = {locks, need};
    g_array_append_val(f->analysis->summaries[f->fn->index]->needs, wanted);
}

/* `n++` reads and writes: one mistake, and the write is the one to tell of. */
static guint write_around(const struct guard_function *f, guint read)
{
    const struct guard_access *access = &g_array_index(f->accesses, struct guard_access, read);
    for (guint i = 0; i < f->accesses->len; i++) {
        const struct guard_access *other = &g_array_index(f->accesses, struct guard_access, i);
        if (other->writes && other->data == access->data && span_overlaps(other->span, access->span) &&
            other->span.begin <= access->span.begin && access->span.end <= other->span.end)
            return i;
    }
    return read;
}

static bool is_part_of_reported(const struct guard_simulation *s, const struct guard_access *access)
{
    for (guint i = 0; i < s->f->accesses->len; i++) {
        const struct guard_access *other = &g_array_index(s->f->accesses, struct guard_access, i);
        if (s->reported[i] && other->data == access->data && span_overlaps(other->span, access->span))
            return true;
    }
    return false;
}

/* What the data owned may have been taken out of it under the lock: then it is whoever's took it. */
static bool may_be_taken_out(const struct guard_function *f, const struct guard_access *access)
{
    for (guint i = 0; access->is_behind && i < f->accesses->len; i++) {
        const struct guard_access *other = &g_array_index(f->accesses, struct guard_access, i);
        if (other->data == access->data && other->writes && !other->is_behind)
            return true;
    }
    return access->is_behind && access->pointer == UINT32_MAX;
}

void guard_check_access(struct guard_simulation *s, struct lock_facts *facts, guint index)
{
    struct guard_function *f = s->f;
    const struct guard_access *access = &g_array_index(f->accesses, struct guard_access, index);
    const struct held_lock *lock = lock_facts_find_for(f, access->at.block, facts, access->locks, access->instance);
    if (s->reported[index])
        return;
    if (lock && lock->held) {
        read_lock_check_access(s, facts, index);
        return;
    }
    if (may_be_taken_out(f, access) || is_private(f, access) || is_constructor_of(f, access) || is_part_of_reported(s, access))
        return;
    if (!access->writes)
        access = &g_array_index(f->accesses, struct guard_access, index = write_around(f, index));
    s->reported[index] = true;
    if (lock && try_result_check_null(f, access, lock))
        return;
    struct guard_history history = history_of(f, access->at.block, facts, access->locks, access->instance);
    if (access->is_cell || history.was_held || !guard_is_for_callers(f, access->locks)) {
        report_unguarded(f, access, &history);
        return;
    }
    guard_ask_callers(f, access->locks, (struct guard_need){.access = *access, .history = history});
}

void guard_check_need(struct guard_simulation *s, struct lock_facts *facts, guint index)
{
    struct guard_function *f = s->f;
    const struct guard_call *call = &g_array_index(f->calls, struct guard_call, index);
    if (!call->needs || call->locks->count == 0)
        return;
    const struct held_lock *lock = lock_facts_find_for(f, call->block, facts, call->locks, call->instance);
    if (lock && lock->held) {
        if (call->need)
            call->need->is_met_somewhere = true;
        read_lock_check_call(s, facts, index);
        return;
    }
    if (s->call_reported[index])
        return;
    s->call_reported[index] = true;
    struct guard_history history = history_of(f, call->block, facts, call->locks, call->instance);
    if (!call->need) {
        report_unmet_requirement(f, call, &history);
    } else if (!history.was_held && guard_is_for_callers(f, call->locks)) {
        guard_ask_callers(f, call->locks, (struct guard_need){.parent = call->need, .call = *call, .history = history});
    } else {
        struct guard_unmet unmet = {f, *call, history};
        g_array_append_val(call->need->unmet, unmet);
    }
}

/* The callers are to hold it: one does, or one holds that of another instance. */
static bool is_left_to_callers(const struct guard_need *need)
{
    if (need->is_met_somewhere)
        return true;
    for (guint i = 0; i < need->unmet->len; i++)
        if (g_array_index(need->unmet, struct guard_unmet, i).history.other)
            return true;
    return false;
}

void guard_settle_need(const struct guard_need *need)
{
    if (is_left_to_callers(need)) {
        for (guint i = 0; i < need->unmet->len; i++) {
            const struct guard_unmet *unmet = &g_array_index(need->unmet, struct guard_unmet, i);
            report_unmet_requirement(unmet->caller, &unmet->call, &unmet->history);
        }
        if (need->parent)
            need->parent->is_met_somewhere = true;
    } else if (need->parent) {
        struct guard_unmet unmet = {need->function, need->call, need->history};
        g_array_append_val(need->parent->unmet, unmet);
    } else if (need->is_wait) {
        condvar_settle_need(need);
    } else {
        report_unguarded(need->function, &need->access, &need->history);
    }
}

