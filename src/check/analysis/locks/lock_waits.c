/*
 * A lock is held while a call waits for what another thread does: F0107. That is a deadlock when the other thread needs
 * the lock first; else it is told of as a warning, but for waits that the lock is there for (the condition's own mutex, the
 * receiver that the lock guards) and those that end with time. docs/design/locks.md
 */
#include <string.h>

#include "analysis/context.h"
#include "analysis/locks/guard_facts.h"
#include "analysis/locks/lock_order.h"

enum { MAX_WAITS = 32 };

static const struct origin_set *pointed_to(struct origins *o, uint32_t block, const struct ir_operand *arg)
{
    struct flow_point at = {block, o->fn->blocks[block].statement_count};
    const struct origin_state *state = origins_state(o, at);
    return state->reached && arg->kind != IR_OPERAND_CONST ? origins_value(o, state, arg) : o->empty;
}

/* ---- which threads, which object ---- */

/* What the threads that end here take, as this function sees it. */
static void find_needs(struct lock_order *order, struct origins *o, uint32_t block, struct order_wait *wait)
{
    struct values *values = analysis_values(order->guards->context, o->fn);
    const struct call_sites *calls = &order->guards->graph->calls[o->fn->index];
    for (uint32_t i = 0; i < calls->count; i++) {
        uint32_t start = calls->items[i].block;
        struct flow_point at = {start, o->fn->blocks[start].statement_count};
        const struct ir_function *entry;
        struct ir_call inner;
        if (!cfg_reachable(o->cfg, start) || !call_starts_thread(calls->items[i].call, at, values, &entry, &inner))
            continue;
        const struct order_function *thread = &order->functions[entry->index];
        if (!thread->taken || thread->taken->len == 0 || !call_waits_for_thread(order->waits, o, block, start))
            continue;
        for (guint k = 0; k < thread->taken->len && wait->need_count < MAX_NEEDS; k++) {
            const struct order_taken *taken = g_ptr_array_index(thread->taken, k);
            struct order_lock need = lock_from_callee(order, o, start, &inner, origins_of(order->guards->program, entry),
                                                      taken->lock);
            if (need.origin || (need.node && need.node->is_instance))
                wait->needs[wait->need_count++] = need;
        }
    }
}

/* The place that an argument was copied and cast from, in the same block, and the point at which it was read. */
static const struct ir_place *copied_from(const struct origins *o, uint32_t block, const struct ir_operand *arg,
                                          struct flow_point *ret_at)
{
    const struct ir_block *b = &o->fn->blocks[block];
    const struct ir_place *place = &arg->place;
    *ret_at = (struct flow_point){block, b->statement_count};
    for (uint32_t i = b->statement_count; i > 0; i--) {
        const struct ir_statement *st = &b->statements[i - 1];
        if (place->base != IR_BASE_LOCAL || place->projection_count > 0)
            break;
        if (st->kind != IR_ST_ASSIGN || !ir_place_equal(&st->place, place) || st->value.operand_count != 1 ||
            st->value.operands[0].kind == IR_OPERAND_CONST)
            continue;
        if (o->fn->locals[place->base_index].kind == IR_LOCAL_VARIABLE && !o->fn->locals[place->base_index].hidden &&
            o->fn->locals[place->base_index].name)
            break;
        place = &st->value.operands[0].place;
        *ret_at = (struct flow_point){block, i - 1};
    }
    return place;
}

/* What the channel carries. */
static const struct ir_type *carried(const struct origins *o, uint32_t block, const struct ir_operand *arg)
{
    struct flow_point at;
    if (arg->kind == IR_OPERAND_CONST)
        return NULL;
    const struct ir_type *type = copied_from(o, block, arg, &at)->type;
    return type->kind == IR_TYPE_HANDLE ? type->target : NULL;
}

/* The channel's end is reached through data that a lock guards: it is what the lock is there for. */
static bool is_guarded_itself(struct origins *o, uint32_t block, const struct ir_operand *arg)
{
    struct flow_point at;
    if (arg->kind == IR_OPERAND_CONST)
        return false;
    const struct ir_place *place = copied_from(o, block, arg, &at);
    const struct origin_state *state = origins_state(o, at);
    const struct origin_set *cells = state->reached ? origins_place(o, state, place) : o->empty;
    for (uint32_t i = 0; i < cells->count; i++)
        if (origin_guarded_field(cells->items[i]))
            return true;
    return false;
}

static void set_object(struct lock_order *order, struct origins *o, uint32_t block, const struct origin_set *set,
                       struct order_lock *object)
{
    struct flow_point at = {block, o->fn->blocks[block].statement_count};
    if (set->count == 1 && set->items[0]->kind > ORIGIN_FUNCTION)
        *object = (struct order_lock){.origin = lock_normalised(order, o, at, set->items[0])};
}

/* ---- what is held ---- */

static bool is_same(const struct order_lock *a, const struct order_lock *b)
{
    bool known = a->origin || a->node;
    return known && a->origin == b->origin && a->node == b->node &&
           (!a->has_element || !b->has_element || a->element == b->element);
}

static bool lets_go(const struct order_wait *wait, const struct order_lock *lock)
{
    for (uint32_t i = 0; i < wait->let_go_count; i++)
        if (is_same(&wait->let_go[i], lock))
            return true;
    return false;
}

/* The condition's mutex: given as the lock itself, or as the guard that holds it. */
static bool is_given(struct origins *o, uint32_t block, const struct ir_call *call, const struct held_lock *held)
{
    for (uint32_t i = 0; i < call->arg_count; i++) {
        if (call->args[i].type->kind != IR_TYPE_POINTER)
            continue;
        const struct origin_set *set = pointed_to(o, block, &call->args[i]);
        if (set->count == 0)
            continue;
        if (set == held->locks || locks_may_be_same(set, held->locks))
            return true;
        if (set->count == 1 && set->items[0]->kind == ORIGIN_LOCAL && set->items[0]->index == held->guard)
            return true;
    }
    return false;
}

static void add_held(struct lock_order *order, GPtrArray *list, struct guard_function *f, uint32_t block,
                     const struct order_wait *wait, const struct order_lock *held)
{
    for (guint i = 0; i < list->len; i++) {
        const struct held_wait *old = g_ptr_array_index(list, i);
        if (old->f == f && old->block == block && is_same(&old->held, held) && old->wait.kind == wait->kind)
            return;
    }
    struct held_wait *fresh = ARENA_NEW(order->arena, struct held_wait);
    *fresh = (struct held_wait){*wait, *held, f, block};
    g_ptr_array_add(list, fresh);
}

/* True when something is held here, on some path. */
static bool note_held(struct lock_order *order, GPtrArray *list, struct guard_function *f, uint32_t block,
                      struct order_wait *wait, const struct ir_call *releasing)
{
    bool any = false;
    for (guint i = 0; f && i < f->moments->len; i++) {
        const struct guard_moment *moment = &g_array_index(f->moments, struct guard_moment, i);
        for (uint32_t k = 0; moment->block == block && k < moment->count; k++) {
            struct order_lock held;
            if (!order_lock_of_held(order, f, block, &moment->held[k], &held))
                continue;
            bool own = releasing && is_given(f->origins, block, releasing, &moment->held[k]);
            if (own && wait->let_go_count < MAX_LET_GO && !lets_go(wait, &held))
                wait->let_go[wait->let_go_count++] = held;
            if (own || lets_go(wait, &held))
                continue;
            any = true;
            add_held(order, list, f, block, wait, &held);
        }
    }
    return any;
}

/* ---- calls ---- */

static void for_callers(struct lock_order *order, const struct ir_function *fn, const struct order_wait *wait)
{
    GPtrArray *waits = order->functions[fn->index].waits;
    for (guint i = 0; i < waits->len; i++)
        if (span_equal(((struct order_wait *)g_ptr_array_index(waits, i))->span, wait->span))
            return;
    if (waits->len < MAX_WAITS)
        g_ptr_array_add(waits, arena_copy(order->arena, wait, sizeof *wait));
}

void lock_waits_of_call(struct lock_order *order, struct guard_function *f, struct origins *o, uint32_t block)
{
    const struct ir_terminator *term = &o->fn->blocks[block].terminator;
    const struct ir_call *call = term->call;
    if (!call->callee || call->callee->has_body || call->mode != IR_CALL_PLAIN)
        return;
    const char *kind = ir_note(call->callee->notes, "awaits"), *wakes = ir_note(call->callee->notes, "wakes");
    if (ir_note(call->callee->notes, "runs.job"))
        kind = "job";
    const char *mutex_at = ir_note(call->callee->notes, "waits_holding");
    if (mutex_at)
        kind = "notice";
    if (!kind && !wakes)
        return;
    struct order_wait wait = {.kind = kind ? kind : wakes, .span = term->span, .fn = o->fn};
    wait.steps = order_step_to(order, o->fn, block, false, NULL);
    if (call->arg_count > 0) {
        set_object(order, o, block, pointed_to(o, block, &call->args[0]), &wait.object);
        wait.type = carried(o, block, &call->args[0]);
    }
    if (!kind) {
        if (!note_held(order, order->wakes, f, block, &wait, NULL))
            add_held(order, order->wakes, f, block, &wait, &(struct order_lock){0});
        return;
    }
    if (strcmp(kind, "thread") == 0)
        find_needs(order, o, block, &wait);
    if (strcmp(kind, "message") == 0)
        wait.is_guarded_itself = is_guarded_itself(o, block, &call->args[0]);
    uint32_t number = mutex_at ? (uint32_t)g_ascii_strtoull(mutex_at, NULL, 10) : UINT32_MAX;
    if (number < call->arg_count) {
        struct order_lock mutex = {0};
        set_object(order, o, block, pointed_to(o, block, &call->args[number]), &mutex);
        if (mutex.origin)
            wait.let_go[wait.let_go_count++] = mutex;
    }
    if (!note_held(order, order->held_waits, f, block, &wait, mutex_at ? call : NULL))
        for_callers(order, o->fn, &wait);
}

void lock_waits_of_callee(struct lock_order *order, struct guard_function *f, struct origins *o, uint32_t block,
                          const struct ir_call *call, const struct ir_function *callee)
{
    const GPtrArray *waits = order->functions[callee->index].waits;
    struct origins *inner = origins_of(order->guards->program, callee);
    for (guint i = 0; callee != o->fn && i < waits->len; i++) {
        const struct order_wait *below = g_ptr_array_index(waits, i);
        struct order_wait wait = *below;
        wait.steps = order_step_to(order, o->fn, block, false, below->steps);
        wait.need_count = wait.let_go_count = 0;
        for (uint32_t k = 0; k < below->need_count; k++)
            wait.needs[wait.need_count++] = lock_from_callee(order, o, block, call, inner, below->needs[k]);
        for (uint32_t k = 0; k < below->let_go_count; k++)
            wait.let_go[wait.let_go_count++] = lock_from_callee(order, o, block, call, inner, below->let_go[k]);
        if (strcmp(wait.kind, "thread") == 0)
            find_needs(order, o, block, &wait);
        if (below->object.origin || below->object.node)
            wait.object = lock_from_callee(order, o, block, call, inner, below->object);
        if (!note_held(order, order->held_waits, f, block, &wait, NULL))
            for_callers(order, o->fn, &wait);
    }
}

/* ---- verdicts ---- */

static bool may_be_woken_by(struct lock_order *order, const struct held_wait *wait, const struct held_wait *wake)
{
    if (strcmp(wait->wait.kind, wake->wait.kind) != 0)
        return false;
    struct order_lock a = wait->wait.object, b = wake->wait.object;
    if (strcmp(wait->wait.kind, "message") == 0)
        return wait->wait.type && wake->wait.type && wait->wait.type->unqualified == wake->wait.type->unqualified;
    a.node = a.origin ? lock_settled(order, wait->f->origins, &a) : a.node;
    b.node = b.origin ? lock_settled(order, origins_of(order->guards->program, wake->wait.fn), &b) : b.node;
    return a.node && a.node == b.node;
}

static bool is_held_at(struct lock_order *order, const struct order_lock *held, const struct held_wait *wake)
{
    struct order_lock other = wake->held;
    if (wake->f && other.origin)
        other.node = lock_settled(order, wake->f->origins, &other);
    return other.node && lock_nodes_match(held, &other);
}

static bool is_same_call(const struct held_wait *a, const struct held_wait *b)
{
    return a->wait.fn == b->wait.fn && a->block == b->block;
}

/* Whoever would end the wait needs the lock that is held: one of them, if it is all of them. */
static const struct held_wait *who_cannot(struct lock_order *order, const struct held_wait *wait)
{
    struct order_lock held = wait->held;
    held.node = held.origin ? lock_settled(order, wait->f->origins, &held) : held.node;
    const struct held_wait *cannot = NULL;
    for (guint i = 0; held.node && i < order->wakes->len; i++) {
        const struct held_wait *wake = g_ptr_array_index(order->wakes, i);
        if (wake->wait.fn == wait->wait.fn || !may_be_woken_by(order, wait, wake))
            continue;
        bool needs_it = false;
        for (guint k = 0; k < order->wakes->len && !needs_it; k++) {
            const struct held_wait *other = g_ptr_array_index(order->wakes, k);
            needs_it = is_same_call(wake, other) && is_held_at(order, &held, other);
            if (needs_it && !cannot)
                cannot = other;
        }
        if (!needs_it)
            return NULL;
    }
    return cannot;
}

static const struct order_lock *needed(const struct held_wait *wait)
{
    for (uint32_t i = 0; i < wait->wait.need_count; i++)
        if (is_same(&wait->wait.needs[i], &wait->held) && !(wait->wait.needs[i].shared && wait->held.shared))
            return &wait->wait.needs[i];
    return NULL;
}

static int in_order_of_text(gconstpointer a, gconstpointer b)
{
    const struct held_wait *v = *(const struct held_wait *const *)a, *w = *(const struct held_wait *const *)b;
    return v->wait.span.begin < w->wait.span.begin ? -1 : v->wait.span.begin > w->wait.span.begin;
}

/* An earlier one of the list, with another lock, stands at the same call. */
static bool is_call_told(const struct lock_order *order, guint index)
{
    const struct held_wait *wait = g_ptr_array_index(order->held_waits, index);
    for (guint i = 0; i < index; i++) {
        const struct held_wait *other = g_ptr_array_index(order->held_waits, i);
        if (other->f == wait->f && other->block == wait->block)
            return true;
    }
    return false;
}

void lock_waits_report(struct lock_order *order)
{
    g_ptr_array_sort(order->held_waits, in_order_of_text);
    for (guint i = 0; i < order->held_waits->len; i++) {
        const struct held_wait *wait = g_ptr_array_index(order->held_waits, i);
        if (findings_mention(order->guards->sink, "F0502", wait->wait.span))
            continue; /* it waits with another lock than it holds */
        const struct order_lock *need = needed(wait);
        const struct held_wait *other = need ? NULL : who_cannot(order, wait);
        if (!need && !other && wait->wait.is_guarded_itself)
            continue;
        /* a thread that ends all the same, of which nobody knows that it needs the lock */
        if (!need && !other && strcmp(wait->wait.kind, "thread") == 0)
            continue;
        /* one warning for a call, however many locks are held there */
        if (!need && !other && is_call_told(order, i) &&
            findings_mention(order->guards->sink, "F0107", wait->wait.steps->span))
            continue;
        report_held_wait(order, wait, need, other);
    }
}
