/*
 * Conditions and choices: && || ! ?: are control flow, never values of their own.
 */
#include "front/body.h"

/* A conversion that keeps zero zero and everything else something else. */
static bool keeps_truth(const struct ir_type *from, const struct ir_type *to)
{
    if (!ir_type_is_scalar(from) || !ir_type_is_scalar(to))
        return false;
    if (to->kind == IR_TYPE_BOOL)
        return true;
    return (from->kind == IR_TYPE_INT || from->kind == IR_TYPE_BOOL || from->kind == IR_TYPE_ENUM) &&
           (to->kind == IR_TYPE_INT || to->kind == IR_TYPE_ENUM) && from->size && to->size >= from->size;
}

static bool is_expect(struct body *body, struct node *expr)
{
    return expr->kind == CXCursor_CallExpr &&
           g_str_has_prefix(node_callee_name(body, expr), "__builtin_expect");
}

/* What decides: parentheses, conversions and hints off; !x turns *ret_negated over. */
static struct node *deciding(struct body *body, struct node *expr, bool *ret_negated)
{
    for (;;) {
        expr = node_strip(body, expr);
        if (expr->kind == CXCursor_UnaryOperator) {
            enum CXUnaryOperatorKind kind = clang_getCursorUnaryOperatorKind(expr->cursor);

            if (kind == CXUnaryOperator_LNot)
                *ret_negated = !*ret_negated;
            else if (kind != CXUnaryOperator_Extension)
                return expr;
            expr = expr->first;
        } else if (expr->kind == CXCursor_UnexposedExpr) {
            if (node_conversion(body, expr) != CONVERSION_CAST ||
                !keeps_truth(node_type(body, expr->first), node_type(body, expr)))
                return expr;
            expr = expr->first;
        } else if (expr->kind == CXCursor_CStyleCastExpr) {
            struct node *operand = node_last(expr);

            if (!clang_isExpression(operand->kind) ||
                !keeps_truth(node_type(body, operand), node_type(body, expr)))
                return expr;
            expr = operand;
        } else if (is_expect(body, expr) && expr->child_count >= 2) {
            expr = node_child(expr, 1);
        } else {
            return expr;
        }
    }
}

static void lower_logic(struct body *body, struct node *expr, bool is_and, uint32_t if_true,
                        uint32_t if_false)
{
    uint32_t right = ir_build_block(body->b);

    if (is_and)
        lower_condition(body, expr->first, right, if_false);
    else
        lower_condition(body, expr->first, if_true, right);
    ir_build_enter(body->b, right);
    lower_condition(body, node_last(expr), if_true, if_false);
}

void lower_condition(struct body *body, struct node *expr, uint32_t if_true, uint32_t if_false)
{
    struct ir_builder *b = body->b;
    struct ir_operand operand;
    bool negated = false;

    expr = deciding(body, expr, &negated);
    if (negated) {
        uint32_t swap = if_true;

        if_true = if_false;
        if_false = swap;
    }
    if (expr->kind == CXCursor_BinaryOperator && expr->child_count == 2) {
        enum CXBinaryOperatorKind kind = clang_getCursorBinaryOperatorKind(expr->cursor);

        if (kind == CXBinaryOperator_LAnd || kind == CXBinaryOperator_LOr) {
            lower_logic(body, expr, kind == CXBinaryOperator_LAnd, if_true, if_false);
            return;
        }
        if (kind == CXBinaryOperator_Comma) {
            lower_discard(body, expr->first);
            lower_condition(body, node_last(expr), if_true, if_false);
            return;
        }
    }
    if (expr->kind == CXCursor_ConditionalOperator && expr->child_count == 3) {
        uint32_t yes = ir_build_block(b), no = ir_build_block(b);

        lower_condition(body, expr->first, yes, no);
        ir_build_enter(b, yes);
        lower_condition(body, node_child(expr, 1), if_true, if_false);
        ir_build_enter(b, no);
        lower_condition(body, node_child(expr, 2), if_true, if_false);
        return;
    }
    operand = lower_operand(body, expr);
    if (operand.kind == IR_OPERAND_CONST && operand.const_kind == IR_CONST_INT) {
        ir_build_here(b);
        ir_build_goto(b, operand.value ? if_true : if_false, node_span(body, expr));
        return;
    }
    ir_build_branch(b, operand, if_true, if_false, node_span(body, expr), node_flags(body, expr));
}

/* ---------------------------------------------------------------------------------- as a value */

/* Is it decided by control flow? Else !x is an operation like any other. */
static bool is_logic(struct body *body, struct node *expr)
{
    bool negated = false;

    expr = deciding(body, expr, &negated);
    if (expr->kind != CXCursor_BinaryOperator)
        return false;
    switch (clang_getCursorBinaryOperatorKind(expr->cursor)) {
    case CXBinaryOperator_LAnd:
    case CXBinaryOperator_LOr:
        return true;
    default:
        return false;
    }
}

struct ir_rvalue lower_truth(struct body *body, struct node *expr)
{
    struct ir_builder *b = body->b;
    const struct ir_type *type = node_type(body, expr);
    struct span span = node_span(body, expr);
    unsigned flags = node_flags(body, expr);
    uint32_t yes, no, join;
    struct ir_place place;
    int64_t number;

    if (type->kind == IR_TYPE_VECTOR || !is_logic(body, expr)) {
        struct node *operand = expr->first;
        struct ir_rvalue value;

        if (type->kind == IR_TYPE_VECTOR && expr->child_count != 1)
            return ir_rvalue_builtin(
                body->arena, "vector logic",
                (struct ir_operand[]){ lower_operand(body, operand),
                                       lower_operand(body, node_last(expr)) },
                2, type);
        value = lower_rvalue(body, operand);
        if (value_as_int(&value, &number))
            return value_int(body, !number, type, expr);
        return ir_rvalue_unary(body->arena, IR_NOT, lower_simple(body, value, operand), type);
    }
    yes = ir_build_block(b);
    no = ir_build_block(b);
    join = ir_build_block(b);
    place = ir_place_local(b, ir_build_temp(b, type->unqualified, span));
    lower_condition(body, expr, yes, no);
    ir_build_enter(b, yes);
    body_assign(body, place, value_int(body, 1, type, expr), span, flags);
    ir_build_goto(b, join, span);
    ir_build_enter(b, no);
    body_assign(body, place, value_int(body, 0, type, expr), span, flags);
    ir_build_goto(b, join, span);
    ir_build_enter(b, join);
    return ir_rvalue_use(body->arena, ir_operand_copy(place, span));
}

/* a ?: b has four children, of which the first three are a. */
static bool is_elvis(struct node *expr)
{
    struct node *a, *b, *c;

    if (expr->kind != CXCursor_UnexposedExpr || expr->child_count != 4)
        return false;
    a = expr->first;
    b = a->next;
    c = b->next;
    return clang_equalLocations(clang_getCursorLocation(a->cursor),
                                clang_getCursorLocation(b->cursor)) &&
           clang_equalLocations(clang_getCursorLocation(a->cursor),
                                clang_getCursorLocation(c->cursor));
}

bool node_is_choice(struct body *body, struct node *expr)
{
    (void)body;
    return expr->kind == CXCursor_ConditionalOperator || is_elvis(expr);
}

/* a && f(); as a statement */
static void logic_for_effects(struct body *body, struct node *expr)
{
    struct ir_builder *b = body->b;
    uint32_t right = ir_build_block(b), join = ir_build_block(b);

    if (clang_getCursorBinaryOperatorKind(expr->cursor) == CXBinaryOperator_LAnd)
        lower_condition(body, expr->first, right, join);
    else
        lower_condition(body, expr->first, join, right);
    ir_build_enter(b, right);
    lower_discard(body, node_last(expr));
    ir_build_goto(b, join, node_span(body, expr));
    ir_build_enter(b, join);
}

/* Where the arms of a choice leave its value: in dest, or, when it is wanted, in a temporary. */
struct choice {
    const struct ir_place *dest;
    struct ir_place place;
    struct span span;
    unsigned flags;
    bool wanted;
    uint32_t join; /* where the arms meet */
};

static struct choice choice_begin(struct body *body, const struct ir_type *type,
                                  const struct ir_place *dest, struct span span, unsigned flags,
                                  bool wanted)
{
    struct choice choice = { .dest = dest, .span = span, .flags = flags };

    choice.wanted = wanted && type->kind != IR_TYPE_VOID;
    choice.join = ir_build_block(body->b);
    if (dest)
        choice.place = *dest;
    else if (choice.wanted)
        choice.place = ir_place_local(body->b, ir_build_temp(body->b, type->unqualified, span));
    return choice;
}

static void choice_arm(struct body *body, const struct choice *choice, uint32_t block,
                       struct node *arm)
{
    ir_build_enter(body->b, block);
    if (choice->wanted)
        lower_store(body, choice->place, arm, node_span(body, arm), choice->flags);
    else
        lower_discard(body, arm);
    ir_build_goto(body->b, choice->join, choice->span);
}

static struct ir_rvalue choice_end(struct body *body, const struct choice *choice)
{
    ir_build_enter(body->b, choice->join);
    if (choice->dest || !choice->wanted)
        return value_none(body);
    return ir_rvalue_use(body->arena, ir_operand_copy(choice->place, choice->span));
}

/* a ?: b: a is evaluated once, into a temporary that decides and is the value. */
static struct ir_rvalue lower_elvis(struct body *body, struct node *expr,
                                    const struct ir_place *dest, struct span span, unsigned flags,
                                    bool wanted)
{
    struct ir_builder *b = body->b;
    const struct ir_type *type = node_type(body, expr);
    struct node *first = expr->first;
    uint32_t yes = ir_build_block(b), no = ir_build_block(b);
    struct ir_operand value = lower_operand(body, first);
    struct choice choice;

    if (value.kind != IR_OPERAND_COPY || value.place.base != IR_BASE_LOCAL ||
        b->locals[value.place.base_index].kind != IR_LOCAL_TEMP)
        value = lower_to_temp(body, ir_rvalue_use(body->arena, value), first);
    choice = choice_begin(body, type, dest, span, flags, wanted);
    ir_build_branch(b, value, yes, no, node_span(body, first), node_flags(body, first));
    ir_build_enter(b, yes);
    if (choice.wanted)
        body_assign(body, choice.place,
                    lower_cast_to(body, ir_rvalue_use(body->arena, value), type, first), span,
                    flags);
    ir_build_goto(b, choice.join, span);
    choice_arm(body, &choice, no, node_last(expr));
    return choice_end(body, &choice);
}

struct ir_rvalue lower_choice(struct body *body, struct node *expr, const struct ir_place *dest,
                              struct span span, unsigned flags, bool wanted)
{
    struct ir_builder *b = body->b;
    struct node *condition = expr->first;
    uint32_t yes, no;
    struct choice choice;

    if (expr->kind == CXCursor_BinaryOperator) {
        logic_for_effects(body, expr);
        return value_none(body);
    }
    if (is_elvis(expr))
        return lower_elvis(body, expr, dest, span, flags, wanted);
    yes = ir_build_block(b);
    no = ir_build_block(b);
    choice = choice_begin(body, node_type(body, expr), dest, span, flags, wanted);
    if (node_type(body, condition)->kind == IR_TYPE_VECTOR)
        ir_build_branch(b, lower_operand(body, condition), yes, no, node_span(body, condition),
                        node_flags(body, condition));
    else
        lower_condition(body, condition, yes, no);
    choice_arm(body, &choice, yes, condition->next);
    choice_arm(body, &choice, no, condition->next->next);
    return choice_end(body, &choice);
}
