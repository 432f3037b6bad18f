/*
 * Inline assembly. libclang lists the operands, outputs first, and not their constraints (before clang
 * 22): an operand that is an lvalue without a conversion may be written, every other one is read.
 */
#include "front/body.h"

void lower_asm(struct body *body, struct node *stmt)
{
    struct ir_opaque *opaque = ARENA_NEW(body->arena, struct ir_opaque);
    size_t room = stmt->child_count ? stmt->child_count : 1;

    opaque->what = "asm";
    opaque->clobbers_memory = true;
    opaque->reads = ARENA_ARRAY(body->arena, struct ir_operand, room);
    opaque->writes = ARENA_ARRAY(body->arena, struct ir_place, room);
    for (struct node *child = stmt->first; child; child = child->next) {
        struct node *operand = child;

        if (!clang_isExpression(child->kind))
            continue;
        while (operand->kind == CXCursor_ParenExpr)
            operand = operand->first;
        switch (operand->kind) {
        case CXCursor_DeclRefExpr:
        case CXCursor_MemberRefExpr:
        case CXCursor_ArraySubscriptExpr:
        case CXCursor_UnaryOperator:
            if (operand->kind != CXCursor_UnaryOperator ||
                clang_getCursorUnaryOperatorKind(operand->cursor) == CXUnaryOperator_Deref) {
                opaque->writes[opaque->write_count++] = lower_place(body, operand);
                break;
            }
            /* fall through */
        default:
            opaque->reads[opaque->read_count++] = lower_operand(body, child);
        }
    }
    ir_build_statement(body->b, IR_ST_ASM, node_span(body, stmt), node_flags(body, stmt))->opaque =
        opaque;
}
