/*
 * What a call does to what it is given: an argument by value is lent or taken over, what a pointer argument points to
 * is read, filled, emptied or lent, by the callee's summary.
 */
#include "analysis/moves/moves_collect.h"

static bool is_pointer(const struct ir_operand *operand)
{
    return operand->type && operand->type->unqualified->kind == IR_TYPE_POINTER;
}

/* By the parameter's type: `f(&t)` adds the const of `const text *` without a conversion that the IR would show. */
static bool points_to_const(const struct ir_call *call, uint32_t index)
{
    const struct ir_type *type = call->args[index].type;
    if (call->callee && index < call->callee->type->param_count)
        type = call->callee->type->params[index];
    const struct ir_type *target = type->unqualified->target;
    return target && (target->quals & IR_QUAL_CONST);
}

/* `while (next(&c)) serve(fl_move(c));`: only a function out of view, that takes a pointer to the very type. */
static bool may_refill(const struct collector *c, const struct ir_call *call, uint32_t index, struct move_ref ref)
{
    const struct ir_function *callee = call->callee;
    if (callee && (callee->has_body || index >= callee->type->param_count || ir_note(callee->params[index].notes, "lent")))
        return false;
    const struct ir_type *type = callee ? callee->type->params[index] : call->args[index].type;
    const struct ir_type *filled = move_node(c->paths, ref.root, ref.node)->type;
    return type && type->unqualified->target && filled && type->unqualified->target->unqualified == filled->unqualified;
}

static void pointer_argument(struct collector *c, const struct ir_call *call, uint32_t index)
{
    const struct ir_operand *operand = &call->args[index];
    const struct value *pointer = value_of_operand(c->paths->values, c->at, operand);
    struct move_ref ref;
    if (!move_paths_find_address(c->paths, pointer, &ref))
        return;
    struct param_summary ps = summary_argument_at(c->paths->analysis, c->paths->values, c->at, call, index);
    struct move_event *event;
    const struct ir_type *type = move_node(c->paths, ref.root, ref.node)->type;
    if (collect_zeroes(call, index))
        return;
    if (ref.is_exact && type && call->callee && type->unqualified->drop == call->callee) {
        event = collect_event(c, MOVE_EVENT_DROP, ref, operand->span);
        event->is_raw = true;
        event->is_take = false;
        event->call = call;
        return;
    }
    if (ps.keeps)
        move_root(c->paths, ref.root)->is_escaped = true;
    if (ps.moved.when != EFFECT_NEVER) {
        event = collect_event(c, MOVE_EVENT_CONSUME, ref, operand->span);
        event->effect = ps.moved;
    } else if (ps.initialised.when != EFFECT_NEVER) {
        if (ps.reads)
            collect_event(c, MOVE_EVENT_LEND, ref, operand->span);
        event = collect_event(c, MOVE_EVENT_INIT, ref, operand->span);
        event->effect = ps.initialised;
        event->fills_empty = ps.fills_empty;
        event->overwrites = ps.overwrites && !ps.releases;
    } else {
        event = collect_event(c, points_to_const(call, index) ? MOVE_EVENT_BORROW : MOVE_EVENT_LEND, ref, operand->span);
        event->releases = ps.releases;
        event->fills = event->kind == MOVE_EVENT_LEND && ps.fills && ref.is_exact;
        event->may_refill = event->kind == MOVE_EVENT_LEND && ref.is_exact && may_refill(c, call, index, ref);
    }
    event->call = call;
    event->argument = index;
}

/* fl_spawn_in(s, show, &t): what is lent to the thread must be there. */
static void lent_to_thread(struct collector *c, const struct ir_call *call, uint32_t index)
{
    struct move_ref ref;
    const struct value *pointer = value_of_operand(c->paths->values, c->at, &call->args[index]);
    if (move_paths_find_address(c->paths, pointer, &ref))
        collect_event(c, points_to_const(call, index) ? MOVE_EVENT_BORROW : MOVE_EVENT_LEND, ref, call->args[index].span);
}

/* The function is in view and only looks at what it is given: a value that has no other owner is lost with it. */
static void lost_when_lent(struct collector *c, const struct ir_call *call, uint32_t index, const struct param_summary *ps)
{
    const struct ir_operand *operand = &call->args[index];
    bool is_moved = operand->kind == IR_OPERAND_MOVE;
    if (call->mode != IR_CALL_PLAIN || ps->consumed.when != EFFECT_NEVER || !call->callee || !call->callee->has_body ||
        call->callee->is_broken || !ir_type_is_owned(operand->type) || (is_moved && ps->passed_on))
        return;
    collect_orphan(c, (struct move_orphan){
                      .kind = MOVE_ORPHAN_LENT,
                      .span = operand->span,
                      .place = operand->place,
                      .type = operand->type,
                      .call = call,
                      .argument = index,
                      .is_moved = is_moved,
                  });
}

static void value_argument(struct collector *c, const struct ir_call *call, uint32_t index)
{
    const struct ir_operand *operand = &call->args[index];
    struct param_summary ps = summary_argument_at(c->paths->analysis, c->paths->values, c->at, call, index);
    if (operand->kind == IR_OPERAND_CONST)
        return;
    if (operand->kind == IR_OPERAND_MOVE) {
        struct move_event *event = collect_move(c, operand);
        if (event) {
            event->call = call;
            event->argument = index;
        }
        lost_when_lent(c, call, index, &ps);
        return;
    }
    bool taken = ps.consumed.when != EFFECT_NEVER || call->mode != IR_CALL_PLAIN;
    if (!collect_owns(operand->type)) {
        collect_read(c, operand);
        return;
    }
    /* a compound literal is a new value, too; whether it owns depends on what was put into it */
    if (taken && operand->place.base == IR_BASE_LOCAL && operand->place.projection_count == 0 &&
        collect_is_literal(c, operand->place.base_index))
        return;
    /* `show(v->items[i])` looks through a temporary pointer: that value has an owner */
    if (collect_is_temp(c, &operand->place) && !ir_place_has_deref(&operand->place)) {
        lost_when_lent(c, call, index, &ps);
        return;
    }
    collect_way(c, &operand->place, operand->span);
    bool in_memory = operand->place.base == IR_BASE_GLOBAL || ir_place_has_deref(&operand->place);
    struct move_event *event = collect_place(c, taken && !in_memory ? MOVE_EVENT_COPY : MOVE_EVENT_BORROW, &operand->place,
                                             operand->span);
    if (event && !(taken && in_memory)) {
        event->copy = MOVE_COPY_ARGUMENT;
        event->call = call;
        event->argument = index;
    } else if (taken) {
        collect_orphan(c, (struct move_orphan){
                          .kind = operand->place.base == IR_BASE_GLOBAL && !ir_place_has_deref(&operand->place)
                                      ? MOVE_ORPHAN_FROM_GLOBAL
                                      : MOVE_ORPHAN_FROM_POINTER,
                          .span = operand->span,
                          .place = operand->place,
                          .type = operand->type,
                          .call = call,
                          .argument = index,
                      });
    }
}

static bool borrows_result(const struct collector *c, const struct ir_call *call)
{
    return call->callee && c->paths->analysis->summaries[call->callee->index].result_borrows;
}

void collect_call(struct collector *c, const struct ir_terminator *term)
{
    const struct ir_call *call = term->call;
    if (!call->callee)
        collect_read(c, &call->pointer);
    if (call->mode == IR_CALL_SPAWN_SCOPED)
        collect_read(c, &call->scope);
    c->in_operand = true;
    c->call = call;
    /* reads come before moves: a call with both is found by their being unsequenced */
    for (uint32_t pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < call->arg_count; i++) {
            bool moves = call->args[i].kind == IR_OPERAND_MOVE;
            if (moves != (pass == 1) && !is_pointer(&call->args[i]))
                continue;
            if (is_pointer(&call->args[i])) {
                if (pass == 0) {
                    if (moves)
                        value_argument(c, call, i);
                    else
                        collect_read(c, &call->args[i]);
                    if (call->mode == IR_CALL_PLAIN)
                        pointer_argument(c, call, i);
                    else if (call->mode == IR_CALL_SPAWN_SCOPED)
                        lent_to_thread(c, call, i);
                }
            } else {
                value_argument(c, call, i);
            }
        }
    c->in_operand = false;
    c->call = NULL;
    collect_copied_bytes(c, call);
    collect_zeroed_bytes(c, call);

    const struct ir_type *result = call->has_dest ? call->dest.type : NULL;
    if (call->has_dest) {
        enum move_source source = MOVE_SOURCE_OWNED;
        /* the thread of a scope is the scope's to join: its handle may be joined before, and may be left alone */
        if (borrows_result(c, call) || call->mode == IR_CALL_SPAWN_SCOPED)
            source = MOVE_SOURCE_UNKNOWN;
        collect_assigned(c, &call->dest, term->span, source);
        if (source == MOVE_SOURCE_OWNED)
            collect_discarded(c, &call->dest, term->span, call);
    } else if (call->result_unused && !borrows_result(c, call)) {
        if (!result && call->callee)
            result = call->callee->type->target;
        if (collect_owns(result))
            collect_orphan(c, (struct move_orphan){
                              .kind = MOVE_ORPHAN_UNUSED,
                              .span = term->span,
                              .type = result,
                              .call = call,
                          });
    }
}
