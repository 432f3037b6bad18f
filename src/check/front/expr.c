/*
 * Expressions: which file lowers which, and the ways in which a value can be wanted. An expression that
 * is *simple* (a constant, the read of a place, a move) becomes an operand without any statement; every
 * other one becomes an rvalue, and through a temporary an operand.
 */
#include <string.h>

#include "front/body.h"

/* ------------------------------------------------------------------------------- what a node says */

const struct ir_type *node_type(struct body *body, struct node *node)
{
    struct front *front = body->front;
    const struct ir_type *type;

    if (node->type)
        return node->type;
    switch (node->kind) {
    case CXCursor_DeclRefExpr: {
        /* libclang shows a parameter that is an array or a function as it was written. */
        CXCursor decl = clang_getCursorReferenced(node->cursor);

        if (decl.kind == CXCursor_ParmDecl)
            type = front_variable_type(front, decl);
        else
            type = front_type(front, clang_getCursorType(node->cursor));
        break;
    }
    case CXCursor_ParenExpr:
    case CXCursor_UnexposedExpr:
        type = front_type(front, clang_getCursorType(node->cursor));
        if ((type->kind == IR_TYPE_ARRAY || type->kind == IR_TYPE_FUNCTION) && node->child_count == 1 &&
            clang_isExpression(node->first->kind))
            type = node_type(body, node->first);
        break;
    case CXCursor_MemberRefExpr:
    case CXCursor_ArraySubscriptExpr:
    case CXCursor_UnaryOperator:
    case CXCursor_StringLiteral:
    case CXCursor_CompoundLiteralExpr:
    case CXCursor_InitListExpr:
    case CXCursor_GenericSelectionExpr:
        type = front_type(front, clang_getCursorType(node->cursor));
        break;
    default:
        type = front_value_type(front, clang_getCursorType(node->cursor));
    }
    node->type = type;
    return type;
}

struct span node_span(struct body *body, struct node *node)
{
    if (!node->has_span) {
        node->span = front_span(body->front, node->cursor, &node->in_macro_body);
        node->has_span = true;
    }
    return node->span;
}

unsigned node_flags(struct body *body, struct node *node)
{
    node_span(body, node);
    return node->in_macro_body ? IR_FLAG_MACRO_BODY : 0;
}

struct node *node_strip(struct body *body, struct node *expr)
{
    while (expr->kind == CXCursor_ParenExpr ||
           (expr->kind == CXCursor_UnexposedExpr &&
            node_conversion(body, expr) == CONVERSION_NONE))
        expr = expr->first;
    return expr;
}

bool node_evaluate(struct node *expr, int64_t *ret_value)
{
    CXEvalResult result;
    bool is_int;

    if (expr->kind == CXCursor_InitListExpr || expr->kind == CXCursor_CompoundLiteralExpr)
        return false;
    result = clang_Cursor_Evaluate(expr->cursor);
    if (!result)
        return false;
    is_int = clang_EvalResult_getKind(result) == CXEval_Int;
    if (is_int)
        *ret_value = clang_EvalResult_isUnsignedInt(result)
                         ? (int64_t)clang_EvalResult_getAsUnsigned(result)
                         : clang_EvalResult_getAsLongLong(result);
    clang_EvalResult_dispose(result);
    return is_int;
}

/* ----------------------------------------------------------------------------------------- helpers */

struct ir_rvalue value_none(struct body *body)
{
    return ir_rvalue_use(body->arena, ir_operand_other(body->void_type, NO_SPAN));
}

struct ir_rvalue value_int(struct body *body, int64_t value, const struct ir_type *type,
                           struct node *expr)
{
    return ir_rvalue_use(body->arena, ir_operand_int(value, type, node_span(body, expr)));
}

bool value_as_int(const struct ir_rvalue *value, int64_t *ret_value)
{
    if (value->kind != IR_RV_USE || value->operands[0].kind != IR_OPERAND_CONST ||
        value->operands[0].const_kind != IR_CONST_INT)
        return false;
    *ret_value = value->operands[0].value;
    return true;
}

void body_assign(struct body *body, struct ir_place place, struct ir_rvalue value, struct span span,
                 unsigned flags)
{
    if (value.kind == IR_RV_ADDRESS_OF && value.place.base == IR_BASE_LOCAL &&
        !ir_place_has_deref(&value.place))
        ir_build_local_at(body->b, value.place.base_index)->address_taken = true;
    ir_build_assign(body->b, place, value, span, flags);
}

struct ir_operand lower_to_temp(struct body *body, struct ir_rvalue value, struct node *expr)
{
    struct span span = node_span(body, expr);
    uint32_t temp = ir_build_temp(body->b, value.type->unqualified, span);
    struct ir_place place = ir_place_local(body->b, temp);

    body_assign(body, place, value, span, node_flags(body, expr));
    return ir_operand_copy(place, span);
}

struct ir_operand lower_saved(struct body *body, struct ir_place place, struct node *expr)
{
    return lower_to_temp(
        body, ir_rvalue_use(body->arena, ir_operand_copy(place, node_span(body, expr))), expr);
}

struct ir_operand lower_simple(struct body *body, struct ir_rvalue value, struct node *expr)
{
    if (value.kind == IR_RV_USE)
        return value.operands[0];
    return lower_to_temp(body, value, expr);
}

void body_count_opaque(struct body *body, const char *what)
{
    GHashTable *counts = body->front->opaque;
    guint count = GPOINTER_TO_UINT(g_hash_table_lookup(counts, what));

    g_hash_table_insert(counts, (gpointer)what, GUINT_TO_POINTER(count + 1));
}

struct ir_rvalue lower_unknown(struct body *body, struct node *expr, const char *what)
{
    struct ir_opaque *opaque = ARENA_NEW(body->arena, struct ir_opaque);
    const struct ir_type *type = node_type(body, expr);
    struct ir_operand *reads =
        ARENA_ARRAY(body->arena, struct ir_operand, expr->child_count ? expr->child_count : 1);
    struct ir_rvalue value = value_none(body);

    opaque->what = what;
    opaque->reads = reads;
    for (struct node *child = expr->first; child; child = child->next)
        if (clang_isExpression(child->kind) && node_type(body, child)->kind != IR_TYPE_VOID)
            reads[opaque->read_count++] = lower_operand(body, child);
    if (type->kind != IR_TYPE_VOID) {
        uint32_t temp = ir_build_temp(body->b, type->unqualified, node_span(body, expr));

        opaque->writes = ARENA_NEW(body->arena, struct ir_place);
        opaque->writes[0] = ir_place_local(body->b, temp);
        opaque->write_count = 1;
        value = ir_rvalue_use(body->arena,
                              ir_operand_copy(opaque->writes[0], node_span(body, expr)));
    }
    opaque->clobbers_memory = true;
    ir_build_statement(body->b, IR_ST_OPAQUE, node_span(body, expr), node_flags(body, expr))
        ->opaque = opaque;
    body_count_opaque(body, what);
    return value;
}

/* ------------------------------------------------------------------------------ simple expressions */

static struct ir_operand literal(struct body *body, struct node *expr)
{
    const struct ir_type *type = node_type(body, expr);
    struct span span = node_span(body, expr);
    struct ir_operand operand;
    int64_t value = 0;

    if (expr->kind == CXCursor_CXXNullPtrLiteralExpr || node_evaluate(expr, &value))
        return ir_operand_int(value, type, span);
    operand = ir_operand_other(type, span);
    if (expr->kind == CXCursor_FloatingLiteral) {
        CXEvalResult result = clang_Cursor_Evaluate(expr->cursor);

        operand.const_kind = IR_CONST_FLOAT;
        if (result && clang_EvalResult_getKind(result) == CXEval_Float) {
            double number = clang_EvalResult_getAsDouble(result);

            memcpy(&operand.value, &number, sizeof number);
        }
        if (result)
            clang_EvalResult_dispose(result);
    }
    return operand;
}

/* The value of a place: its read, or what an enumerator or a move stands for. False: not simple. */
static bool simple_place(struct body *body, struct node *expr, struct ir_operand *ret_operand)
{
    if (expr->kind == CXCursor_DeclRefExpr) {
        CXCursor decl = clang_getCursorReferenced(expr->cursor);

        if (decl.kind == CXCursor_EnumConstantDecl) {
            *ret_operand = ir_operand_int(clang_getEnumConstantDeclValue(decl),
                                          node_type(body, expr), node_span(body, expr));
            return true;
        }
    }
    *ret_operand = ir_operand_copy(lower_place(body, expr), node_span(body, expr));
    return true;
}

static bool lower_if_simple(struct body *body, struct node *expr, struct ir_operand *ret_operand)
{
    struct node *moved;

    expr = node_strip(body, expr);
    switch (expr->kind) {
    case CXCursor_IntegerLiteral:
    case CXCursor_CharacterLiteral:
    case CXCursor_FloatingLiteral:
    case CXCursor_CXXBoolLiteralExpr:
    case CXCursor_CXXNullPtrLiteralExpr:
        *ret_operand = literal(body, expr);
        return true;
    case CXCursor_DeclRefExpr:
    case CXCursor_MemberRefExpr:
    case CXCursor_ArraySubscriptExpr:
    case CXCursor_StringLiteral:
    case CXCursor_CompoundLiteralExpr:
        return simple_place(body, expr, ret_operand);
    case CXCursor_UnaryOperator:
        if (clang_getCursorUnaryOperatorKind(expr->cursor) != CXUnaryOperator_Deref)
            return false;
        if (node_is_move(body, expr, &moved)) {
            struct ir_place place = lower_pointed_argument(body, moved);

            *ret_operand = ir_operand_move(place, lower_argument_span(body, moved));
            return true;
        }
        return simple_place(body, expr, ret_operand);
    default:
        return false;
    }
}

/* ------------------------------------------------------------------------------------ all the others */

static struct ir_rvalue braces_as_value(struct body *body, struct node *expr)
{
    struct ir_place place = body_hidden_local(body, node_type(body, expr), expr);

    lower_braces(body, place, expr, IR_FLAG_INITIALIZER);
    return ir_rvalue_use(body->arena, ir_operand_copy(place, node_span(body, expr)));
}

static struct ir_rvalue label_address(struct body *body, struct node *expr)
{
    if (expr->first)
        label_take_address(body, clang_getCursorReferenced(expr->first->cursor).data[1]);
    return ir_rvalue_use(body->arena,
                         ir_operand_other(node_type(body, expr), node_span(body, expr)));
}

static struct ir_rvalue lower_complex(struct body *body, struct node *expr)
{
    struct ir_rvalue value;

    expr = node_strip(body, expr);
    switch (expr->kind) {
    case CXCursor_UnexposedExpr:
        if (node_is_choice(body, expr))
            return lower_choice(body, expr, NULL, node_span(body, expr), 0, true);
        return lower_conversion(body, expr);
    case CXCursor_CStyleCastExpr:
        return lower_written_cast(body, expr);
    case CXCursor_UnaryOperator:
        return lower_unary(body, expr);
    case CXCursor_BinaryOperator:
        return lower_binary(body, expr);
    case CXCursor_CompoundAssignOperator:
        return lower_compound(body, expr, true);
    case CXCursor_ConditionalOperator:
        return lower_choice(body, expr, NULL, node_span(body, expr), 0, true);
    case CXCursor_CallExpr:
        if (lower_library_call(body, expr, &value))
            return value;
        return lower_call(body, expr, NULL, false, 0);
    case CXCursor_StmtExpr:
        return lower_statement_expression(body, expr, true);
    case CXCursor_UnaryExpr:
        return lower_sizeof(body, expr);
    case CXCursor_GenericSelectionExpr:
        return lower_rvalue(body, node_chosen(body, expr));
    case CXCursor_AddrLabelExpr:
        return label_address(body, expr);
    case CXCursor_InitListExpr:
        return braces_as_value(body, expr);
    case CXCursor_ImaginaryLiteral:
        return ir_rvalue_use(body->arena,
                             ir_operand_other(node_type(body, expr), node_span(body, expr)));
    case CXCursor_BlockExpr:
        return lower_block(body, expr);
    default:
        return lower_unknown(body, expr, "expression");
    }
}

struct ir_operand lower_operand(struct body *body, struct node *expr)
{
    struct ir_operand operand;

    if (lower_if_simple(body, expr, &operand))
        return operand;
    return lower_simple(body, lower_complex(body, expr), expr);
}

struct ir_rvalue lower_rvalue(struct body *body, struct node *expr)
{
    struct ir_operand operand;

    if (lower_if_simple(body, expr, &operand))
        return ir_rvalue_use(body->arena, operand);
    return lower_complex(body, expr);
}

/* --------------------------------------------------------------------------------- into a place */

void lower_store(struct body *body, struct ir_place place, struct node *expr, struct span span,
                 unsigned flags)
{
    struct node *spawn, *inner = node_strip(body, expr);
    struct ir_rvalue value;

    flags |= node_flags(body, inner);
    if (type_is_atomic(place.type) && !(flags & IR_FLAG_INITIALIZER)) {
        lower_atomic_store(body, place, lower_operand(body, expr), expr);
        return;
    }
    if (inner->kind == CXCursor_InitListExpr ||
        (inner->kind == CXCursor_StringLiteral && place.type->kind == IR_TYPE_ARRAY)) {
        lower_braces(body, place, inner, flags);
        return;
    }
    if (node_is_choice(body, inner)) {
        lower_choice(body, inner, &place, span, flags, true);
        return;
    }
    spawn = node_spawn(body, inner);
    if (spawn) {
        lower_spawn(body, spawn, place.type, &place, flags, inner);
        return;
    }
    /* What a call gives goes straight to where it is wanted, unless it must be converted first. */
    if (inner->kind == CXCursor_CallExpr &&
        (place.type->unqualified == node_type(body, inner)->unqualified ||
         types_convert_silently(node_type(body, inner), place.type))) {
        if (lower_library_call(body, inner, &value))
            body_assign(body, place, value, span, flags);
        else {
            value = lower_call(body, inner, &place, false, flags);
            if (value.type->kind != IR_TYPE_VOID) /* a builtin without a call's form */
                body_assign(body, place, value, span, flags);
        }
        return;
    }
    body_assign(body, place, lower_rvalue(body, expr), span, flags);
}

void lower_into(struct body *body, struct ir_place place, struct node *expr, unsigned flags)
{
    lower_store(body, place, expr, node_span(body, expr), flags);
}

/* ---------------------------------------------------------------------------------- for its effects */

/* A read that is left out when nobody can tell: a plain variable that is named and cast to void. */
static void discard_read(struct body *body, struct node *expr)
{
    struct ir_operand operand = lower_operand(body, expr);

    if (operand.kind == IR_OPERAND_CONST || operand.type->kind == IR_TYPE_VOID ||
        operand.type->kind == IR_TYPE_ARRAY || operand.type->kind == IR_TYPE_FUNCTION)
        return;
    if (operand.kind == IR_OPERAND_COPY && !ir_place_has_deref(&operand.place) &&
        !(operand.type->quals & IR_QUAL_VOLATILE))
        return;
    lower_to_temp(body, ir_rvalue_use(body->arena, operand), expr);
}

static void discard(struct body *body, struct node *expr, bool unused)
{
    struct ir_rvalue value;
    struct node *spawn;

    expr = node_strip(body, expr);
    switch (expr->kind) {
    case CXCursor_CallExpr:
        if (!lower_library_call(body, expr, &value))
            lower_call(body, expr, NULL, unused, 0);
        return;
    case CXCursor_BinaryOperator:
        switch (clang_getCursorBinaryOperatorKind(expr->cursor)) {
        case CXBinaryOperator_Assign:
            lower_assignment(body, expr, NULL, NULL);
            return;
        case CXBinaryOperator_Comma:
            discard(body, expr->first, true);
            discard(body, node_last(expr), unused);
            return;
        case CXBinaryOperator_LAnd:
        case CXBinaryOperator_LOr:
            lower_choice(body, expr, NULL, node_span(body, expr), 0, false);
            return;
        default:
            break;
        }
        break;
    case CXCursor_CompoundAssignOperator:
        lower_compound(body, expr, false);
        return;
    case CXCursor_UnaryOperator:
        switch (clang_getCursorUnaryOperatorKind(expr->cursor)) {
        case CXUnaryOperator_PostInc:
        case CXUnaryOperator_PostDec:
        case CXUnaryOperator_PreInc:
        case CXUnaryOperator_PreDec:
            lower_step(body, expr, false);
            return;
        case CXUnaryOperator_Extension:
            discard(body, expr->first, unused);
            return;
        default:
            break;
        }
        break;
    case CXCursor_ConditionalOperator:
        lower_choice(body, expr, NULL, node_span(body, expr), 0, false);
        return;
    case CXCursor_StmtExpr:
        lower_statement_expression(body, expr, false);
        return;
    case CXCursor_CStyleCastExpr:
        spawn = node_spawn(body, expr);
        if (spawn)
            lower_spawn(body, spawn, node_type(body, expr), NULL, 0, expr);
        else
            discard(body, node_last(expr), unused && node_type(body, expr)->kind != IR_TYPE_VOID);
        return;
    case CXCursor_UnexposedExpr:
        if (node_is_choice(body, expr)) {
            lower_choice(body, expr, NULL, node_span(body, expr), 0, false);
            return;
        }
        if (node_conversion(body, expr) == CONVERSION_CAST) {
            discard(body, expr->first, unused);
            return;
        }
        break;
    case CXCursor_GenericSelectionExpr:
        discard(body, node_chosen(body, expr), unused);
        return;
    default:
        break;
    }
    discard_read(body, expr);
}

void lower_discard(struct body *body, struct node *expr)
{
    discard(body, expr, true);
}
