/*
 * Unary and binary operators, assignments, compound assignments, ++ and --.
 */
#include "front/body.h"

bool binary_op(enum CXBinaryOperatorKind kind, enum ir_binary_op *ret_op)
{
    switch (kind) {
    case CXBinaryOperator_Mul:
    case CXBinaryOperator_MulAssign: *ret_op = IR_MUL; return true;
    case CXBinaryOperator_Div:
    case CXBinaryOperator_DivAssign: *ret_op = IR_DIV; return true;
    case CXBinaryOperator_Rem:
    case CXBinaryOperator_RemAssign: *ret_op = IR_REM; return true;
    case CXBinaryOperator_Add:
    case CXBinaryOperator_AddAssign: *ret_op = IR_ADD; return true;
    case CXBinaryOperator_Sub:
    case CXBinaryOperator_SubAssign: *ret_op = IR_SUB; return true;
    case CXBinaryOperator_Shl:
    case CXBinaryOperator_ShlAssign: *ret_op = IR_SHL; return true;
    case CXBinaryOperator_Shr:
    case CXBinaryOperator_ShrAssign: *ret_op = IR_SHR; return true;
    case CXBinaryOperator_And:
    case CXBinaryOperator_AndAssign: *ret_op = IR_AND; return true;
    case CXBinaryOperator_Xor:
    case CXBinaryOperator_XorAssign: *ret_op = IR_XOR; return true;
    case CXBinaryOperator_Or:
    case CXBinaryOperator_OrAssign: *ret_op = IR_OR; return true;
    case CXBinaryOperator_LT: *ret_op = IR_LT; return true;
    case CXBinaryOperator_GT: *ret_op = IR_GT; return true;
    case CXBinaryOperator_LE: *ret_op = IR_LE; return true;
    case CXBinaryOperator_GE: *ret_op = IR_GE; return true;
    case CXBinaryOperator_EQ: *ret_op = IR_EQ; return true;
    case CXBinaryOperator_NE: *ret_op = IR_NE; return true;
    default: return false;
    }
}

/* ------------------------------------------------------------------------------------------- unary */

/* &place; &*p is p. */
static struct ir_rvalue address_of(struct body *body, struct node *expr)
{
    struct ir_place place = lower_place(body, expr->first);

    if (place_ends_in_deref(&place)) {
        place_take_last(body, &place);
        return ir_rvalue_use(body->arena, ir_operand_copy(place, node_span(body, expr)));
    }
    struct ir_rvalue value = ir_rvalue_address(place, node_type(body, expr));

    value.span = node_span(body, node_strip(body, expr->first));
    value.whole = node_span(body, expr);
    return value;
}

static struct ir_rvalue part_of(struct body *body, struct node *expr)
{
    struct ir_place place;
    const struct ir_type *type = node_type(body, expr);

    if (node_type(body, expr->first)->kind != IR_TYPE_COMPLEX) {
        if (clang_getCursorUnaryOperatorKind(expr->cursor) == CXUnaryOperator_Real)
            return lower_rvalue(body, expr->first);
        lower_discard(body, expr->first);
        return value_int(body, 0, type, expr);
    }
    place = lower_place(body, expr->first);
    place = ir_place_part(body->arena, &place, type);
    return ir_rvalue_use(body->arena, ir_operand_copy(place, node_span(body, expr)));
}

static struct ir_rvalue plain_unary(struct body *body, struct node *expr, enum ir_unary_op op)
{
    const struct ir_type *type = node_type(body, expr);
    struct ir_rvalue value = lower_rvalue(body, expr->first);
    int64_t number;

    if (value_as_int(&value, &number) && type->kind == IR_TYPE_INT) {
        struct ir_rvalue folded;

        number = op == IR_NEG ? (int64_t)(0 - (uint64_t)number) : op == IR_COMPLEMENT ? ~number : !number;
        folded = value_int(body, number, value.type, expr);
        return lower_cast_to(body, folded, type, expr);
    }
    return ir_rvalue_unary(body->arena, op, lower_simple(body, value, expr->first), type);
}

struct ir_rvalue lower_unary(struct body *body, struct node *expr)
{
    struct ir_place place;

    switch (clang_getCursorUnaryOperatorKind(expr->cursor)) {
    case CXUnaryOperator_AddrOf:
        return address_of(body, expr);
    case CXUnaryOperator_Plus:
    case CXUnaryOperator_Extension:
        return lower_rvalue(body, expr->first);
    case CXUnaryOperator_Minus:
        return plain_unary(body, expr, IR_NEG);
    case CXUnaryOperator_Not:
        return plain_unary(body, expr, IR_COMPLEMENT);
    case CXUnaryOperator_LNot:
        return lower_truth(body, expr);
    case CXUnaryOperator_Real:
    case CXUnaryOperator_Imag:
        return part_of(body, expr);
    case CXUnaryOperator_PostInc:
    case CXUnaryOperator_PostDec:
    case CXUnaryOperator_PreInc:
    case CXUnaryOperator_PreDec:
        return lower_step(body, expr, true);
    case CXUnaryOperator_Deref: /* only reached when it is a move */
        place = lower_place(body, expr);
        return ir_rvalue_use(body->arena, ir_operand_copy(place, node_span(body, expr)));
    default:
        /* A constant expression's wrapper shows its operand's kind, and has no operator. */
        if (expr->child_count == 1)
            return lower_rvalue(body, expr->first);
        return lower_unknown(body, expr, "unary operator");
    }
}

/* ------------------------------------------------------------------------------------------ binary */

static bool fold(enum ir_binary_op op, int64_t a, int64_t b, bool is_signed, int64_t *ret_value)
{
    uint64_t x = (uint64_t)a, y = (uint64_t)b;

    switch (op) {
    case IR_ADD: *ret_value = (int64_t)(x + y); return true;
    case IR_SUB: *ret_value = (int64_t)(x - y); return true;
    case IR_MUL: *ret_value = (int64_t)(x * y); return true;
    case IR_AND: *ret_value = a & b; return true;
    case IR_OR: *ret_value = a | b; return true;
    case IR_XOR: *ret_value = a ^ b; return true;
    case IR_SHL:
        if (y >= 64)
            return false;
        *ret_value = (int64_t)(x << y);
        return true;
    case IR_SHR:
        if (y >= 64)
            return false;
        *ret_value = is_signed ? a >> y : (int64_t)(x >> y);
        return true;
    case IR_EQ: *ret_value = a == b; return true;
    case IR_NE: *ret_value = a != b; return true;
    case IR_LT: *ret_value = is_signed ? a < b : x < y; return true;
    case IR_LE: *ret_value = is_signed ? a <= b : x <= y; return true;
    case IR_GT: *ret_value = is_signed ? a > b : x > y; return true;
    case IR_GE: *ret_value = is_signed ? a >= b : x >= y; return true;
    default: return false;
    }
}

/* Both sides of an operator, unsequenced; constants and reads stay as they are. */
static void both_sides(struct body *body, struct node *left, struct node *right,
                       struct ir_rvalue *ret_left, struct ir_operand *ret_right)
{
    uint32_t group = ir_build_arm_group(body->b);
    struct ir_arm_mark mark = ir_build_arm_begin(body->b, group);

    *ret_left = lower_rvalue(body, left);
    if (ret_left->kind != IR_RV_USE && ret_left->kind != IR_RV_ADDRESS_OF)
        *ret_left = ir_rvalue_use(body->arena, lower_to_temp(body, *ret_left, left));
    ir_build_arm_end(body->b, mark);
    mark = ir_build_arm_begin(body->b, group);
    *ret_right = lower_operand(body, right);
    ir_build_arm_end(body->b, mark);
}

static bool is_pointer(const struct ir_type *type)
{
    return type->kind == IR_TYPE_POINTER || type->kind == IR_TYPE_BLOCK ||
           type->kind == IR_TYPE_HANDLE;
}

static struct ir_rvalue arithmetic(struct body *body, struct node *expr, enum ir_binary_op op)
{
    struct node *left = expr->first, *right = node_child(expr, 1);
    const struct ir_type *type = node_type(body, expr);
    const struct ir_type *left_type = node_type(body, left), *right_type = node_type(body, right);
    struct ir_rvalue a;
    struct ir_operand b, simple;
    int64_t x, folded;

    if (op == IR_ADD && is_pointer(right_type)) { /* 2 + p */
        struct node *swap = left;

        left = right;
        right = swap;
        left_type = right_type;
        right_type = node_type(body, right);
    }
    both_sides(body, left, right, &a, &b);
    if (is_pointer(left_type) && (op == IR_ADD || (op == IR_SUB && !is_pointer(right_type))))
        return lower_pointer_step(body, a, b, op == IR_ADD ? 1 : -1, expr);
    if (is_pointer(left_type) && op == IR_SUB)
        op = IR_PTR_DIFF;
    if (value_as_int(&a, &x) && b.kind == IR_OPERAND_CONST && b.const_kind == IR_CONST_INT &&
        type->kind == IR_TYPE_INT && left_type->kind == IR_TYPE_INT &&
        fold(op, x, b.value, left_type->is_signed, &folded))
        return lower_cast_to(body, value_int(body, folded, left_type, expr), type, expr);
    simple = lower_simple(body, a, left);
    return ir_rvalue_binary(body->arena, op, simple, b, type);
}

struct ir_rvalue lower_binary(struct body *body, struct node *expr)
{
    enum CXBinaryOperatorKind kind = clang_getCursorBinaryOperatorKind(expr->cursor);
    struct ir_operand stored;
    enum ir_binary_op op;

    switch (kind) {
    case CXBinaryOperator_Assign:
        lower_assignment(body, expr, NULL, &stored);
        return ir_rvalue_use(body->arena, stored);
    case CXBinaryOperator_Comma:
        lower_discard(body, expr->first);
        return lower_rvalue(body, node_last(expr));
    case CXBinaryOperator_LAnd:
    case CXBinaryOperator_LOr:
        return lower_truth(body, expr);
    default:
        if (expr->child_count == 1) /* a constant expression's wrapper */
            return lower_rvalue(body, expr->first);
        if (binary_op(kind, &op) && expr->child_count == 2)
            return arithmetic(body, expr, op);
        return lower_unknown(body, expr, "binary operator");
    }
}

/* ------------------------------------------------------------------------------------- assignments */

void lower_assignment(struct body *body, struct node *expr, struct ir_place *ret_place,
                      struct ir_operand *ret_value)
{
    struct ir_builder *b = body->b;
    struct node *right = node_child(expr, 1);
    uint32_t group = ir_build_arm_group(b);
    struct ir_arm_mark mark = ir_build_arm_begin(b, group);
    struct ir_place place = lower_place(body, expr->first);
    bool left_is_simple = b->emitted == mark.emitted;

    ir_build_arm_end(b, mark);
    if (ret_place)
        *ret_place = place;
    if (ret_value)
        *ret_value = ir_operand_copy(place, node_span(body, expr));
    if (type_is_atomic(place.type)) {
        struct ir_operand value = lower_operand(body, right);

        /* What was stored is the value, without asking the object again: another thread may write. */
        if (ret_value && value.kind != IR_OPERAND_CONST)
            value = lower_to_temp(body, ir_rvalue_use(body->arena, value), right);
        if (ret_value)
            *ret_value = value;
        lower_atomic_store(body, place, value, expr);
        return;
    }
    /* The right side may go straight into its place unless the two sides race for their effects. */
    if (left_is_simple) {
        lower_store(body, place, right, node_span(body, expr), node_flags(body, expr));
    } else {
        struct ir_rvalue value;

        mark = ir_build_arm_begin(b, group);
        value = lower_rvalue(body, right);
        ir_build_arm_end(b, mark);
        body_assign(body, place, value, node_span(body, expr), node_flags(body, expr));
    }
}

static bool is_floating(const struct ir_type *type)
{
    return type->kind == IR_TYPE_FLOAT || type->kind == IR_TYPE_COMPLEX;
}

/* i *= 1.5 computes in double: the conversions are C's, though clang does not show the left one. */
static struct ir_rvalue converted(struct body *body, enum ir_binary_op op, struct ir_place place,
                                  struct ir_operand value, struct node *expr)
{
    struct ir_rvalue left = ir_rvalue_use(body->arena, ir_operand_copy(place, node_span(body, expr)));
    struct ir_operand wide =
        lower_simple(body, lower_cast_to(body, left, value.type, expr), expr);

    return lower_cast_to(
        body, ir_rvalue_binary(body->arena, op, wide, value, value.type), place.type, expr);
}

struct ir_rvalue lower_compound(struct body *body, struct node *expr, bool wanted)
{
    struct ir_builder *b = body->b;
    struct node *right = node_child(expr, 1);
    uint32_t group = ir_build_arm_group(b);
    struct ir_arm_mark mark = ir_build_arm_begin(b, group);
    struct ir_place place = lower_place(body, expr->first);
    struct ir_operand value, old;
    struct ir_rvalue result;
    enum ir_binary_op op;

    ir_build_arm_end(b, mark);
    mark = ir_build_arm_begin(b, group);
    value = lower_operand(body, right);
    ir_build_arm_end(b, mark);
    if (!binary_op(clang_getCursorBinaryOperatorKind(expr->cursor), &op))
        return lower_unknown(body, expr, "compound assignment");
    if (is_pointer(place.type))
        op = op == IR_ADD ? IR_PTR_ADD : IR_PTR_SUB;
    if (type_is_atomic(place.type)) {
        result = lower_atomic_rmw(body, place, value, expr, wanted);
        if (!wanted)
            return result;
        if (result.type->kind == IR_TYPE_POINTER)
            op = op == IR_ADD ? IR_PTR_ADD : IR_PTR_SUB;
        return ir_rvalue_binary(body->arena, op, lower_simple(body, result, expr), value,
                                result.type);
    }
    old = ir_operand_copy(place, node_span(body, expr->first));
    if (op != IR_SHL && op != IR_SHR && is_floating(value.type) &&
        place.type->unqualified != value.type->unqualified &&
        place.type->kind != IR_TYPE_VECTOR)
        result = converted(body, op, place, value, expr);
    else
        result = ir_rvalue_binary(body->arena, op, old, value, place.type->unqualified);
    body_assign(body, place, result, node_span(body, expr), node_flags(body, expr));
    return ir_rvalue_use(body->arena, ir_operand_copy(place, node_span(body, expr)));
}

struct ir_rvalue lower_step(struct body *body, struct node *expr, bool wanted)
{
    enum CXUnaryOperatorKind kind = clang_getCursorUnaryOperatorKind(expr->cursor);
    bool up = kind == CXUnaryOperator_PreInc || kind == CXUnaryOperator_PostInc;
    bool before = kind == CXUnaryOperator_PreInc || kind == CXUnaryOperator_PreDec;
    struct ir_place place = lower_place(body, expr->first);
    struct span span = node_span(body, expr);
    struct ir_operand one = ir_operand_int(1, body->int_type, span);
    struct ir_rvalue old = { 0 };
    const struct ir_type *type =
        type_is_atomic(place.type) ? place.type->target : place.type->unqualified;
    enum ir_binary_op op = is_pointer(type) ? (up ? IR_PTR_ADD : IR_PTR_SUB) : (up ? IR_ADD : IR_SUB);

    if (type_is_atomic(place.type)) {
        old = lower_atomic_rmw(body, place, one, expr, wanted);
        if (!wanted || !before)
            return old;
        return ir_rvalue_binary(body->arena, op, lower_simple(body, old, expr), one, type);
    }
    if (wanted && !before)
        old = ir_rvalue_use(body->arena, lower_saved(body, place, expr));
    body_assign(body, place,
                ir_rvalue_binary(body->arena, op,
                                 ir_operand_copy(place, node_span(body, expr->first)), one, type),
                span, node_flags(body, expr));
    if (wanted && !before)
        return old;
    return ir_rvalue_use(body->arena, ir_operand_copy(place, span));
}
