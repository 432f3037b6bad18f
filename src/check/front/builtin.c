/*
 * What looks like a call or a cast and is part of the language: __builtin_*, sizeof, va_arg, offsetof,
 * _Generic.
 */
#include <string.h>

#include "front/body.h"

/* ------------------------------------------------------------------------------ sizeof and constants */

/* The size of an array that is only known at run time: its size expressions are evaluated. */
struct ir_rvalue lower_sizeof(struct body *body, struct node *expr)
{
    const struct ir_type *type = node_type(body, expr);
    struct ir_operand sizes[8];
    uint32_t count = 0, listed = expr->child_count;
    struct node *child = expr->first;
    int64_t value;

    if (node_evaluate(expr, &value))
        return value_int(body, value, type, expr);
    /* sizeof(int[n][m]) lists its sizes twice; sizeof v has one child, the object. */
    if (listed == 1 && clang_isExpression(child->kind) &&
        node_type(body, child)->kind == IR_TYPE_ARRAY) {
        lower_place(body, child);
        return ir_rvalue_builtin(body->arena, "sizeof", NULL, 0, type);
    }
    for (uint32_t i = 0; i < (listed + 1) / 2 && count < G_N_ELEMENTS(sizes); i++) {
        if (clang_isExpression(child->kind) && ir_type_is_scalar(node_type(body, child)))
            sizes[count++] = lower_operand(body, child);
        child = child->next;
    }
    return ir_rvalue_builtin(body->arena, "sizeof", sizes, count, type);
}

static struct ir_rvalue constant_or_builtin(struct body *body, struct node *expr, const char *what)
{
    struct ir_operand operands[16];
    uint32_t count = 0;
    int64_t value;

    if (node_evaluate(expr, &value))
        return value_int(body, value, node_type(body, expr), expr);
    for (struct node *child = expr->first; child; child = child->next)
        if (clang_isExpression(child->kind) && count < G_N_ELEMENTS(operands))
            operands[count++] = lower_operand(body, child);
    return ir_rvalue_builtin(body->arena, what, operands, count, node_type(body, expr));
}

/* -------------------------------------------------------------------------- _Generic, choose_expr */

bool node_is_choose_expr(struct body *body, struct node *expr)
{
    return expr->kind == CXCursor_UnexposedExpr && expr->child_count == 3 &&
           strcmp(front_first_token(body->front, expr->cursor), "__builtin_choose_expr") == 0;
}

struct node *node_chosen(struct body *body, struct node *expr)
{
    struct node *found = NULL;
    const struct ir_type *type;
    int64_t value = 0, of_child;

    if (expr->kind != CXCursor_GenericSelectionExpr) {
        node_evaluate(expr->first, &value);
        return node_child(expr, value ? 1 : 2);
    }
    /* libclang shows all associations and not which was chosen: the result's type tells. */
    type = node_type(body, expr);
    for (struct node *child = expr->first->next; child; child = child->next) {
        if (!clang_isExpression(child->kind) || node_type(body, child) != type)
            continue;
        if (!found) {
            found = child;
            continue;
        }
        /* Several of that type: when all is constant, the whole is worth what was chosen. */
        if (!node_evaluate(expr, &value))
            break;
        if (node_evaluate(found, &of_child) && of_child == value)
            break;
        found = child;
    }
    return found ? found : node_last(expr);
}

/* ----------------------------------------------------------------------- what libclang does not name */

static struct node *first_operand(struct node *expr)
{
    struct node *child = expr->first;

    while (child->next && !clang_isExpression(child->kind))
        child = child->next;
    return child;
}

struct ir_rvalue lower_special(struct body *body, struct node *expr)
{
    const char *token = front_first_token(body->front, expr->cursor);
    int64_t value;

    if (name_is_atomic_builtin(token))
        return lower_atomic_builtin(body, expr, token, expr->first, true);
    if (strcmp(token, "__builtin_va_arg") == 0) /* its type may be listed, too */
        return ir_rvalue_builtin(body->arena, "va_arg",
                                 (struct ir_operand[]){ lower_operand(body, first_operand(expr)) }, 1,
                                 node_type(body, expr));
    if (node_is_choose_expr(body, expr))
        return lower_rvalue(body, node_chosen(body, expr));
    if (strcmp(token, "__builtin_offsetof") == 0)
        return constant_or_builtin(body, expr, "offsetof");
    if (strcmp(token, "__builtin_shufflevector") == 0)
        return constant_or_builtin(body, expr, "vector shuffle");
    if (strcmp(token, "__builtin_convertvector") == 0)
        return constant_or_builtin(body, expr, "vector conversion");
    if (node_evaluate(expr, &value))
        return value_int(body, value, node_type(body, expr), expr);
    if (expr->child_count == 0) /* an implicit zero, __builtin_FUNCTION() */
        return ir_rvalue_use(body->arena,
                             ir_operand_other(node_type(body, expr), node_span(body, expr)));
    return lower_unknown(body, expr, token[0] ? arena_strdup(body->arena, token) : "expression");
}

/* ------------------------------------------------------------------------------------- __builtin_ */

static bool touches_memory(struct body *body, struct node *expr)
{
    const struct ir_type *type = node_type(body, expr);

    if (type->kind == IR_TYPE_VOID || ir_type_is_pointer_like(type))
        return true;
    for (struct node *argument = expr->first->next; argument; argument = argument->next)
        if (ir_type_is_pointer_like(node_type(body, argument)))
            return true;
    return false;
}

static void lower_va_list(struct body *body, struct node *expr, const char *what)
{
    struct node *list = node_child(expr, 1), *from = node_child(expr, 2);
    struct ir_place place;
    struct ir_operand operand;
    uint32_t count = 0;

    if (!list)
        return;
    place = lower_pointee(body, list);
    if (place.projection_count == 0 && place.type->kind == IR_TYPE_POINTER)
        place = lower_place(body, list);
    if (from && strcmp(what, "va_copy") == 0) {
        struct ir_place source = lower_pointee(body, from);

        operand = ir_operand_copy(source, node_span(body, from));
        count = 1;
    }
    body_assign(body, place, ir_rvalue_builtin(body->arena, what, &operand, count, place.type),
                node_span(body, expr), node_flags(body, expr));
}

/* The result in *ret_value: the value of an operand, converted as the builtin says. */
static bool is_identity(const char *what)
{
    return g_str_has_prefix(what, "expect") || strcmp(what, "assume_aligned") == 0 ||
           strcmp(what, "launder") == 0;
}

static bool is_unevaluated(const char *what)
{
    return strcmp(what, "object_size") == 0 || strcmp(what, "dynamic_object_size") == 0 ||
           strcmp(what, "constant_p") == 0 || strcmp(what, "classify_type") == 0 ||
           strcmp(what, "assume") == 0;
}

static bool is_end(const char *what)
{
    return strcmp(what, "trap") == 0 || strcmp(what, "abort") == 0 || strcmp(what, "exit") == 0 ||
           strcmp(what, "_exit") == 0 || strcmp(what, "longjmp") == 0 ||
           strcmp(what, "eh_return") == 0;
}

/* __builtin_add_overflow(a, b, &r): r = a + b; did it fit? */
static struct ir_rvalue lower_overflow(struct body *body, struct node *expr, const char *what)
{
    struct node *a = node_child(expr, 1), *b = node_child(expr, 2), *to = node_child(expr, 3);
    struct ir_operand operands[2];
    struct ir_place place;
    struct span span = node_span(body, expr);

    operands[0] = lower_operand(body, a);
    operands[1] = lower_operand(body, b);
    place = lower_pointed_argument(body, to);
    body_assign(body, place, ir_rvalue_builtin(body->arena, what, operands, 2, place.type), span,
                node_flags(body, expr));
    return ir_rvalue_use(body->arena, ir_operand_other(node_type(body, expr), span));
}

bool lower_builtin_call(struct body *body, struct node *expr, const char *name,
                        struct ir_rvalue *ret_value)
{
    const struct ir_type *type = node_type(body, expr);
    struct ir_call call = { 0 };
    const char *what;
    int64_t value;

    if (name_is_atomic_builtin(name)) {
        *ret_value = lower_atomic_builtin(body, expr, name, node_child(expr, 1), true);
        return true;
    }
    if (!g_str_has_prefix(name, "__builtin_"))
        return false;
    what = name + strlen("__builtin_");
    *ret_value = value_none(body);
    if (is_identity(what)) {
        uint32_t i = 2;
        struct node *argument = node_child(expr, 1);

        *ret_value = lower_cast_to(body, lower_rvalue(body, argument), type, expr);
        for (struct node *rest = node_child(expr, i); rest; rest = rest->next)
            lower_discard(body, rest);
        return true;
    }
    if (strcmp(what, "unreachable") == 0) {
        ir_build_terminator(body->b, IR_TERM_UNREACHABLE, node_span(body, expr),
                            node_flags(body, expr));
        return true;
    }
    if (is_end(what)) {
        call_fill(body, expr, &call);
        ir_build_call(body->b, &call, false, node_span(body, expr), node_flags(body, expr));
        return true;
    }
    if (is_unevaluated(what)) {
        if (type->kind != IR_TYPE_VOID)
            *ret_value = node_evaluate(expr, &value)
                             ? value_int(body, value, type, expr)
                             : ir_rvalue_use(body->arena,
                                             ir_operand_other(type, node_span(body, expr)));
        return true;
    }
    if (strcmp(what, "prefetch") == 0) {
        for (struct node *argument = node_child(expr, 1); argument; argument = argument->next)
            lower_discard(body, argument);
        return true;
    }
    if (g_str_has_prefix(what, "va_start") || strcmp(what, "va_copy") == 0) {
        lower_va_list(body, expr, strcmp(what, "va_copy") == 0 ? "va_copy" : "va_start");
        return true;
    }
    if (strcmp(what, "va_end") == 0)
        return true;
    if (g_str_has_suffix(what, "_overflow") && expr->child_count == 4) {
        *ret_value = lower_overflow(body, expr, arena_strdup(body->arena, what));
        return true;
    }
    if (touches_memory(body, expr))
        return false;
    if (node_evaluate(expr, &value) && type->kind == IR_TYPE_INT) {
        *ret_value = value_int(body, value, type, expr);
        return true;
    }
    {
        uint32_t count = expr->child_count - 1;
        struct ir_operand *operands =
            count ? ARENA_ARRAY(body->arena, struct ir_operand, count) : NULL;

        lower_arms(body, node_child(expr, 1), operands, count);
        *ret_value =
            ir_rvalue_builtin(body->arena, arena_strdup(body->arena, what), operands, count, type);
    }
    return true;
}
