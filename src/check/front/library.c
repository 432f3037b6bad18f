/*
 * What annotated functions mean (docs/design/check-mode.md): moving, dropping, forgetting, spawning,
 * binding. Only annotations count, never a name.
 */
#include "front/body.h"

static const char *const no_notes[] = { NULL };

const char *const *node_call_notes(struct body *body, struct node *expr)
{
    const struct ir_function *fn = node_callee(body, expr);

    return fn && fn->notes ? fn->notes : no_notes;
}

static struct node *through_casts(struct node *expr)
{
    while (expr) {
        if (expr->kind == CXCursor_CStyleCastExpr)
            expr = node_last(expr);
        else if (expr->kind == CXCursor_ParenExpr ||
                 (expr->kind == CXCursor_UnexposedExpr && expr->child_count == 1))
            expr = expr->first;
        else
            break;
    }
    return expr;
}

bool node_is_move(struct body *body, struct node *deref, struct node **ret_argument)
{
    struct node *call = through_casts(deref->first);

    if (!call || call->kind != CXCursor_CallExpr || call->child_count < 2 ||
        !ir_note(node_call_notes(body, call), "op.move"))
        return false;
    *ret_argument = node_child(call, 1);
    return true;
}

/* x of &x, &(x), (void *)&x; NULL when the argument is any other pointer */
static struct node *pointed(struct node *argument)
{
    argument = through_casts(argument);
    if (argument->kind == CXCursor_UnaryOperator &&
        clang_getCursorUnaryOperatorKind(argument->cursor) == CXUnaryOperator_AddrOf)
        return argument->first;
    return NULL;
}

struct span lower_argument_span(struct body *body, struct node *argument)
{
    struct node *place = pointed(argument);

    return node_span(body, place ? node_strip(body, place) : argument);
}

struct ir_place lower_pointed_argument(struct body *body, struct node *argument)
{
    struct node *place = pointed(argument);
    struct node *pointer = argument;

    if (place)
        return lower_place(body, place);
    /* f(p) consumes *p; a conversion to void * would hide what p points to. */
    for (;;) {
        pointer = node_strip(body, pointer);
        if (pointer->kind == CXCursor_UnexposedExpr &&
            node_conversion(body, pointer) == CONVERSION_CAST &&
            node_type(body, pointer->first)->kind == IR_TYPE_POINTER)
            pointer = pointer->first;
        else
            break;
    }
    return lower_pointee(body, pointer);
}

bool lower_library_call(struct body *body, struct node *expr, struct ir_rvalue *ret_value)
{
    const char *const *notes = node_call_notes(body, expr);
    struct ir_place place;
    struct node *spawn;

    if (!notes[0])
        return false;
    if (expr->child_count >= 2 && ir_note(notes, "op.drop")) {
        place = lower_pointed_argument(body, node_child(expr, 1));
        ir_build_drop(body->b, place, lower_argument_span(body, node_child(expr, 1)), node_flags(body, expr));
        *ret_value = value_none(body);
        return true;
    }
    if (expr->child_count >= 2 && ir_note(notes, "op.forget")) {
        place = lower_pointed_argument(body, node_child(expr, 1));
        ir_build_forget(body->b, place, node_span(body, expr), node_flags(body, expr));
        *ret_value = value_none(body);
        return true;
    }
    spawn = node_spawn(body, expr);
    if (spawn) {
        *ret_value = lower_spawn(body, spawn, node_type(body, expr), NULL, 0, expr);
        return true;
    }
    return false;
}

/* --------------------------------------------------------------------------------------- threads */

static bool spawn_mode(const char *const *notes, enum ir_call_mode *ret_mode)
{
    if (ir_note(notes, "op.spawn"))
        *ret_mode = IR_CALL_SPAWN;
    else if (ir_note(notes, "op.spawn_scoped"))
        *ret_mode = IR_CALL_SPAWN_SCOPED;
    else if (ir_note(notes, "op.bind"))
        *ret_mode = IR_CALL_BIND;
    else
        return false;
    return true;
}

/* The call in f((call, 0)) */
static struct node *spawned_call(struct node *spawn, enum ir_call_mode mode)
{
    struct node *argument = node_child(spawn, mode == IR_CALL_SPAWN_SCOPED ? 2 : 1);
    struct node *comma = argument ? through_casts(argument) : NULL, *call;

    if (!comma || comma->kind != CXCursor_BinaryOperator ||
        clang_getCursorBinaryOperatorKind(comma->cursor) != CXBinaryOperator_Comma)
        return NULL;
    call = through_casts(comma->first);
    return call && call->kind == CXCursor_CallExpr ? call : NULL;
}

struct node *node_spawn(struct body *body, struct node *expr)
{
    struct node *call = through_casts(expr);
    enum ir_call_mode mode;

    if (!call || call->kind != CXCursor_CallExpr || !spawn_mode(node_call_notes(body, call), &mode) ||
        !spawned_call(call, mode))
        return NULL;
    return call;
}

struct ir_rvalue lower_spawn(struct body *body, struct node *spawn, const struct ir_type *type,
                             const struct ir_place *dest, unsigned flags, struct node *expr)
{
    struct ir_call call = { 0 };
    struct span span = node_span(body, spawn);

    spawn_mode(node_call_notes(body, spawn), &call.mode);
    if (call.mode == IR_CALL_SPAWN_SCOPED)
        call.scope = lower_operand(body, node_child(spawn, 1));
    call_fill(body, spawned_call(spawn, call.mode), &call);
    call.result_unused = !dest && type->kind == IR_TYPE_VOID;
    if (dest) {
        call.dest = *dest;
        call.has_dest = true;
    } else if (type->kind != IR_TYPE_VOID) {
        call.dest = ir_place_local(body->b, ir_build_temp(body->b, type->unqualified, span));
        call.has_dest = true;
    }
    ir_build_call(body->b, &call, true, span, flags | node_flags(body, expr));
    if (dest || type->kind == IR_TYPE_VOID)
        return value_none(body);
    return ir_rvalue_use(body->arena, ir_operand_copy(call.dest, span));
}

/* ------------------------------------------------------------------------------------ fl_unsafe */

/* In check mode `if (f()) ; else { ... }`: an `else` behind the block belongs to the `if` before it, as it does without. */
bool lower_unsafe_block(struct body *body, struct node *stmt)
{
    struct node *block = node_child(stmt, 2);
    unsigned outer = body->b->flags;

    if (!block || stmt->first->kind != CXCursor_CallExpr ||
        !ir_note(node_call_notes(body, stmt->first), "op.unsafe"))
        return false;
    struct span keyword = node_span(body, stmt->first);
    struct ir_unsafe here = { body->b->fn, keyword, span_to(keyword, node_span(body, block)) };
    body->b->flags |= IR_FLAG_UNSAFE;
    lower_statement(body, block);
    body->b->flags = outer;
    g_array_append_val(body->front->unsafe_list, here);
    return true;
}
