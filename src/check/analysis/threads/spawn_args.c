/*
 * fl_spawn and relatives. Each argument's type is proven Send first; where that leaves plain pointers, each
 * pointer that the value holds is judged by where it leads:
 *
 *     literal, static that is Sync, function, NULL    fine
 *     local, or what a local owns                     E0373 (E0716 for a compound literal)
 *     data behind a guard                             E0277: a guard stays on its thread
 *     what a parameter points to                      the callers in view are asked; without any, as the next
 *     heap, foreign memory, a pointer out of a variable   E0277: nothing says who else holds it
 */
#include "analysis/origins/origin_parts.h"
#include "analysis/threads/thread_parts.h"

enum judgement { FINE, OUTLIVES, NOT_SEND, NOT_SYNC, BEHIND_GUARD, ASK_CALLERS };

struct argument {
    struct thread_function *f;
    const struct thread_start *start;
    const struct ir_operand *operand;
    const struct ir_call *call;
    bool needs_static;
    bool reported;
};

static bool is_a_number(const struct thread_function *f, const struct origin *origin)
{
    const struct ir_type *type = origin_type(f->origins, origin->parent);
    return type && type->kind == IR_TYPE_INT; /* a number that came from a variable is no address */
}

static enum judgement judge_local(const struct thread_function *f, const struct origin *origin,
                                  const struct origin *root)
{
    if (origin_is_direct(origin) || origin_is_owned_by_root(origin))
        return OUTLIVES;
    if (f->fn->locals[root->index].kind != IR_LOCAL_PARAM)
        return NOT_SEND;
    if (f->is_main)
        return FINE; /* argv */
    const struct callgraph *graph = f->analysis->graph;
    bool has_callers = graph->callers[f->fn->index].count > 0 && !graph->address_taken[f->fn->index];
    if (!has_callers && ir_note(f->fn->notes, "thread_fn"))
        return FINE; /* it came with the thread, and was judged where that was started */
    return has_callers ? ASK_CALLERS : NOT_SEND;
}

/* What is to be Sync when this is shared: the cell around it, else itself. */
static const struct ir_type *shared_type(const struct thread_function *f, const struct origin *origin)
{
    for (const struct origin *at = origin; at; at = at->kind == ORIGIN_FIELD ? at->parent : NULL) {
        const struct ir_type *type = origin_type(f->origins, at);
        while (type && type->kind == IR_TYPE_ARRAY)
            type = type->target;
        if (type && type->kind == IR_TYPE_RECORD && (type->record->traits & IR_TRAIT_CELL))
            return type;
    }
    const struct ir_type *type = origin_type(f->origins, origin);
    while (type && type->kind == IR_TYPE_ARRAY)
        type = type->target;
    return type;
}

static enum judgement judge_global(const struct thread_function *f, const struct origin *origin,
                                   const struct origin *root)
{
    if (f->analysis->unit->globals[root->index]->is_thread_local && origin_is_direct(origin))
        return OUTLIVES;
    if (!origin_is_direct(origin) && !origin_is_owned_by_root(origin))
        return NOT_SEND;
    const struct ir_type *type = shared_type(f, origin);
    if (type && traits_prove(f->analysis->traits, type, TRAIT_SYNC)->answer == TRAIT_NO)
        return NOT_SYNC;
    return FINE;
}

static enum judgement judge(const struct thread_function *f, const struct origin *origin)
{
    if (origin->kind == ORIGIN_DEREF && is_a_number(f, origin))
        return FINE;
    if (origin->kind == ORIGIN_NULL || origin->kind == ORIGIN_STRING || origin->kind == ORIGIN_FUNCTION ||
        origin->kind == ORIGIN_THREAD)
        return FINE;
    if (origin_guarded_field(origin))
        return BEHIND_GUARD;
    const struct origin *root = origin_root(origin);
    if (root->kind == ORIGIN_LOCAL)
        return judge_local(f, origin, root);
    if (root->kind == ORIGIN_GLOBAL)
        return judge_global(f, origin, root);
    return NOT_SEND;
}

/* Somebody vouches for a struct on the way, by hand. */
static bool is_vouched_for(const struct held_pointer *held)
{
    for (uint32_t i = 0; i < held->step_count; i++)
        if (held->steps[i].kind == TRAIT_STEP_FIELD && (held->steps[i].type->record->traits & IR_TRAIT_SEND))
            return true;
    return false;
}

static void remember_for_callers(struct argument *a, const struct held_pointer *held, const struct origin *origin)
{
    struct thread_function *f = a->f;
    struct thread_sent sent = {
        .origin = origin,
        .param = origin_root(origin)->index - 1,
        .type = held->type,
        .must_be_static = true,
        .by_channel = a->start->by_channel,
        .start = span_is_none(a->start->inner) ? a->start->call : a->start->inner,
        .start_name = a->start->name,
        .entry = a->start->inner_function,
    };
    for (guint i = 0; i < f->summary->sent->len; i++)
        if (g_array_index(f->summary->sent, struct thread_sent, i).origin == origin)
            return;
    g_array_append_val(f->summary->sent, sent);
}

static void report_pointer(struct argument *a, const struct held_pointer *held, enum trait_reason reason,
                           const struct ir_type *culprit, enum trait missing)
{
    struct trait_proof proof = {
        .answer = TRAIT_NO,
        .reason = reason,
        .missing = missing,
        .culprit = culprit,
        .steps = held->steps,
        .step_count = held->step_count,
    };
    report_not_send(a->f, a->start, &proof);
    a->reported = true;
}

static bool operand_names(const struct ir_operand *operand, const struct ir_place *place)
{
    return operand->kind == IR_OPERAND_COPY && ir_place_is_prefix(place, &operand->place);
}

/* The argument's own text reads `place`: `v.s`, `v.s + 1`, `body(&v)`. */
static bool argument_names(const struct argument *a, const struct ir_place *place)
{
    if (operand_names(a->operand, place))
        return true;
    for (uint32_t b = 0; b < a->f->fn->block_count; b++) {
        const struct ir_block *block = &a->f->fn->blocks[b];
        for (uint32_t i = 0; i < block->statement_count; i++) {
            const struct ir_statement *st = &block->statements[i];
            if (st->kind != IR_ST_ASSIGN || st->arm == 0 || !span_is_within(st->span, a->operand->span))
                continue;
            if (st->value.kind == IR_RV_ADDRESS_OF && ir_place_is_prefix(place, &st->value.place))
                return true;
            for (uint32_t k = 0; k < st->value.operand_count; k++)
                if (operand_names(&st->value.operands[k], place))
                    return true;
        }
    }
    return false;
}

/* What another argument of this call moves out of the same local; NULL: nothing. */
static const struct ir_place *moved_beside(const struct argument *a, const struct origin *origin)
{
    const struct origin *root = origin_root(origin);
    for (uint32_t i = 0; root->kind == ORIGIN_LOCAL && i < a->call->arg_count; i++) {
        const struct ir_operand *other = &a->call->args[i];
        if (other->kind == IR_OPERAND_MOVE && other->place.base == IR_BASE_LOCAL &&
            other->place.base_index == root->index)
            return &other->place;
    }
    return NULL;
}

/*
 * fl_spawn(f, fl_move(v), v.s): the second argument uses what the first one moves. That is E0382, and what would
 * be left of the borrow when it is repaired nobody knows. A pointer that was taken before is not told of there.
 */
static void judge_outliving(struct argument *a, const struct origin *origin)
{
    if (!a->needs_static)
        return;
    const struct ir_place *moved = moved_beside(a, origin);
    if (moved && origin_is_owned_by_root(origin) && argument_names(a, moved))
        return;
    struct thread_start start = *a->start;
    start.has_variable_itself = moved && moved->projection_count == 0;
    report_outlives(a->f, &start, origin, a->operand);
    a->reported = true;
}

/* What goes through it is judged where it is sent (channel_sends.c), or returned. */
static bool is_judged_elsewhere(const struct ir_type *type)
{
    return type->kind == IR_TYPE_HANDLE &&
           (type->handle_kind == IR_HANDLE_SENDER || type->handle_kind == IR_HANDLE_RECEIVER ||
            type->handle_kind == IR_HANDLE_SHARED_RECEIVER || type->handle_kind == IR_HANDLE_JOIN_HANDLE);
}

/* It has something in it that several threads may use at once: they are meant to. */
static bool is_made_to_be_shared(const struct ir_type *type, unsigned depth)
{
    while (type && type->kind == IR_TYPE_ARRAY)
        type = type->target;
    if (!type || type->kind == IR_TYPE_ATOMIC || traits_is_libc_shared(type))
        return true;
    if (type->kind != IR_TYPE_RECORD || depth == 0)
        return false;
    for (size_t i = 0; i < type->record->field_count; i++)
        if (type->record->fields[i].guarded_by || is_made_to_be_shared(type->record->fields[i].type, depth - 1))
            return true;
    return (type->record->traits & IR_TRAIT_SYNC) != 0;
}

/*
 * &counter, sent through a channel: what the thread behind it does to the static nobody sees (what a thread is given
 * when it starts is followed by the effects, and told as E0133).
 */
static bool is_static_for_writing(const struct argument *a, const struct held_pointer *held, const struct origin *origin)
{
    if (!a->start->by_channel || origin->kind == ORIGIN_NULL || held->type->kind != IR_TYPE_POINTER ||
        (held->type->target->quals & IR_QUAL_CONST))
        return false;
    const struct origin *root = origin_root(origin);
    if (root->kind != ORIGIN_GLOBAL || !origin_is_direct(origin))
        return false;
    const struct ir_type *type = a->f->analysis->unit->globals[root->index]->type;
    while (type->kind == IR_TYPE_ARRAY)
        type = type->target;
    return !(type->quals & IR_QUAL_CONST) && !is_made_to_be_shared(origin_type(a->f->origins, origin), 3);
}

static enum judgement judge_held_pointer(const struct argument *a, const struct held_pointer *held,
                                         const struct origin *origin)
{
    enum judgement judgement = judge(a->f, origin);
    if (judgement == FINE && is_static_for_writing(a, held, origin))
        return NOT_SEND;
    bool by_owner = judgement == NOT_SEND || judgement == ASK_CALLERS;
    return by_owner && (traits_is_pointer_to_stream(held->type) || is_judged_elsewhere(held->type)) ? FINE : judgement;
}

static void judge_pointer(struct argument *a, const struct held_pointer *held, const struct origin *origin)
{
    enum judgement judgement = judge_held_pointer(a, held, origin);
    if (a->start->may_stay && judgement != OUTLIVES)
        return;
    switch (judgement) {
    case FINE:
        break;
    case OUTLIVES:
        judge_outliving(a, origin);
        break;
    case NOT_SYNC: {
        const struct ir_type *type = shared_type(a->f, origin);
        const struct trait_proof *proof = traits_prove(a->f->analysis->traits, type, TRAIT_SYNC);
        struct thread_start start = *a->start;
        start.shared_by_pointer = held->type;
        report_not_send(a->f, &start, proof);
        a->reported = true;
        break;
    }
    case BEHIND_GUARD:
        report_pointer(a, held, TRAIT_REASON_GUARD, held->type, TRAIT_SEND);
        break;
    case ASK_CALLERS:
        if (a->needs_static)
            remember_for_callers(a, held, origin);
        break;
    case NOT_SEND:
        /* a thread of a scope may be given any pointer: what it reaches is judged where it is used */
        if (a->needs_static && !is_vouched_for(held) && held->type->kind != IR_TYPE_INT)
            report_pointer(a, held, TRAIT_REASON_POINTER, held->type, TRAIT_SEND);
        break;
    }
}

/* One finding for an argument: the gravest first, so that the message does not depend on an order of sets. */
static void judge_held(void *ctx, const struct held_pointer *held)
{
    struct argument *a = ctx;
    static const enum judgement order[] = {BEHIND_GUARD, OUTLIVES, NOT_SYNC, NOT_SEND, ASK_CALLERS};
    for (size_t k = 0; k < G_N_ELEMENTS(order); k++)
        for (uint32_t i = 0; i < held->targets->count && !a->reported; i++)
            if (judge_held_pointer(a, held, held->targets->items[i]) == order[k])
                judge_pointer(a, held, held->targets->items[i]);
}

static const char *start_name(const struct ir_call *call)
{
    switch (call->mode) {
    case IR_CALL_SPAWN_SCOPED:
        return "fl_spawn_in";
    case IR_CALL_BIND:
        return "fl_bind";
    default:
        return "fl_spawn";
    }
}

/*
 * What the thread returns goes to the thread that joins it, by the same rule: a plain pointer must lead to what all
 * may share. What it was given (its parameters) was judged when it was; that a local is gone is E0515's.
 */
struct returned {
    struct thread_function *entry;
    struct thread_function *f;
    const struct thread_start *start;
    struct span value;
    bool reported;
};

static bool is_of_parameter(const struct thread_function *f, const struct origin *origin)
{
    const struct origin *root = origin_root(origin);
    return root->kind == ORIGIN_LOCAL && !origin_is_direct(origin) &&
           f->fn->locals[root->index].kind == IR_LOCAL_PARAM;
}

static void judge_returned(void *ctx, const struct held_pointer *held)
{
    struct returned *r = ctx;
    for (uint32_t i = 0; i < held->targets->count && !r->reported; i++) {
        const struct origin *origin = held->targets->items[i];
        if (is_of_parameter(r->entry, origin) || held->type->kind == IR_TYPE_INT || is_vouched_for(held) ||
            traits_is_pointer_to_stream(held->type) || judge(r->entry, origin) != NOT_SEND)
            continue;
        struct trait_proof proof = {
            .answer = TRAIT_NO,
            .reason = TRAIT_REASON_POINTER,
            .missing = TRAIT_SEND,
            .culprit = held->type,
            .steps = held->steps,
            .step_count = held->step_count,
        };
        report_result_not_send(r->f, r->start, &proof, r->value);
        r->reported = true;
    }
}

/* Where the value that this block returns was written. */
static struct span returned_span(const struct ir_function *fn, uint32_t block)
{
    const struct ir_block *b = &fn->blocks[block];
    for (uint32_t i = b->statement_count; i > 0; i--) {
        const struct ir_statement *st = &b->statements[i - 1];
        if (st->kind == IR_ST_ASSIGN && st->place.base == IR_BASE_LOCAL && st->place.base_index == 0)
            return st->span;
    }
    return NO_SPAN;
}

static void judge_result(struct thread_function *f, const struct thread_start *start, const struct ir_function *fn)
{
    struct origins *origins = origins_of(f->analysis->program, fn);
    if (!origins)
        return;
    struct thread_function entry = {.analysis = f->analysis, .fn = fn, .origins = origins};
    struct returned r = {&entry, f, start, NO_SPAN, false};
    const struct ir_type *type = fn->locals[0].type;
    struct ir_operand result = {
        .kind = IR_OPERAND_COPY, .type = type, .place = {.base = IR_BASE_LOCAL, .type = type}};
    for (uint32_t b = 0; b < fn->block_count && !r.reported; b++) {
        if (fn->blocks[b].terminator.kind != IR_TERM_RETURN || !cfg_reachable(origins->cfg, b))
            continue;
        r.value = returned_span(fn, b);
        struct flow_point at = {b, fn->blocks[b].statement_count};
        origins_held_by(origins, origins_state(origins, at), &result, judge_returned, &r);
    }
}

/* list_push(&l, &rc): the first that a `void *` hides, and that must not be sent. */
struct hidden {
    struct thread_function *f;
    const struct origin *found;
};

static void see_target(struct hidden *hidden, const struct origin *target)
{
    if (target->kind == ORIGIN_OWNED && target->parent->kind == ORIGIN_LOCAL)
        target = target->parent; /* the handle itself, as a pointer */
    const struct ir_type *type = target->kind == ORIGIN_LOCAL ? origin_type(hidden->f->origins, target) : NULL;
    if (!hidden->found && type && traits_prove(hidden->f->analysis->traits, type, TRAIT_SEND)->answer == TRAIT_NO)
        hidden->found = target;
}

static void find_hidden(struct hidden *hidden, const struct origin_state *state, const struct ir_operand *operand)
{
    struct origins *o = hidden->f->origins;
    const struct origin_set *reached = origins_reach(o, state, origins_place(o, state, &operand->place));
    for (uint32_t i = 0; i < reached->count; i++)
        for (const struct origin *cell = reached->items[i]; cell; cell = origin_next_part(cell, reached->items[i])) {
            const struct origin_set *held = origin_state_stored(state, cell);
            const struct ir_type *type = origin_type(o, cell);
            bool is_void = type && type->kind == IR_TYPE_POINTER && type->target->unqualified->kind == IR_TYPE_VOID;
            for (uint32_t k = 0; held && is_void && k < held->count; k++)
                see_target(hidden, held->items[k]);
        }
}

void spawn_check(struct thread_function *f, struct flow_point at, const struct ir_terminator *term)
{
    const struct ir_call *call = term->call;
    const struct origin_state *state = origins_state(f->origins, at);
    struct thread_start start = {
        .name = start_name(call),
        .call = term->span,
        .function = span_is_none(call->callee_span) ? term->span : call->callee_span,
        .inner_function = call->callee,
    };
    for (uint32_t i = 0; i < call->arg_count; i++) {
        const struct ir_operand *operand = &call->args[i];
        start.argument = operand->span;
        const struct trait_proof *proof = traits_prove(f->analysis->traits, operand->type, TRAIT_SEND);
        if (proof->answer == TRAIT_NO) {
            struct hidden hidden = {f, NULL};
            if (proof->reason == TRAIT_REASON_VOID_POINTER && operand->kind != IR_OPERAND_CONST)
                find_hidden(&hidden, state, operand);
            start.hidden = hidden.found;
            report_not_send(f, &start, proof);
            start.hidden = NULL;
            continue;
        }
        if (call->mode == IR_CALL_SPAWN_SCOPED)
            scoped_sharing_check(f, &start, call, i);
        struct argument a = {f, &start, operand, call, call->mode != IR_CALL_SPAWN_SCOPED, false};
        origins_held_by(f->origins, state, operand, judge_held, &a);
    }
    if (!call->callee)
        return;
    const struct trait_proof *result = traits_prove(f->analysis->traits, call->callee->type->target, TRAIT_SEND);
    if (result->answer == TRAIT_NO)
        report_result_not_send(f, &start, result, NO_SPAN);
    else if (result->answer == TRAIT_BY_VALUE && call->mode != IR_CALL_SPAWN_SCOPED)
        judge_result(f, &start, call->callee);
}

void spawn_check_sent(struct thread_function *f, const struct thread_start *start, const struct ir_call *call,
                      const struct ir_operand *operand, const struct origin *cell, const struct ir_type *element,
                      const struct origin_state *state)
{
    struct argument a = {f, start, operand, call, true, false};
    origins_held_in(f->origins, state, cell, element, judge_held, &a);
}

void spawn_check_passed_on(struct thread_function *f, struct flow_point at, const struct ir_terminator *term,
                           const struct thread_sent *sent, const struct origins *callee)
{
    const struct ir_call *call = term->call;
    if (sent->param >= call->arg_count)
        return;
    const struct origin_state *state = origins_state(f->origins, at);
    struct thread_start start = {
        .name = sent->start_name,
        .call = term->span,
        .function = span_is_none(call->callee_span) ? term->span : call->callee_span,
        .argument = call->args[sent->param].span,
        .inner = sent->start,
        .inner_function = sent->entry,
        .by_channel = sent->by_channel,
    };
    struct held_pointer held = {
        .type = sent->type,
        .targets = origins_of_callee(f->origins, state, call, at.block, callee, sent->origin),
    };
    struct argument a = {f, &start, &call->args[sent->param], call, true, false};
    judge_held(&a, &held);
}
