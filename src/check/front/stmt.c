/*
 * Statements: which file lowers which, blocks, if, return, labels.
 */
#include "front/body.h"

/* A substatement is a block of its own, braces or not: what its expressions hide ends with it. */
static void lower_block_of(struct body *body, struct node *stmt)
{
    struct scope_entry *outer = scope_here(body);

    lower_statement(body, stmt);
    scope_leave(body, outer, span_after(node_span(body, stmt)));
}

/* A statement of a block: only there one may be added behind a declaration. */
static void lower_in_block(struct body *body, struct node *stmt)
{
    struct node *outer = body->declaration;

    body->declaration = stmt->kind == CXCursor_DeclStmt ? stmt : NULL;
    lower_statement(body, stmt);
    body->declaration = outer;
}

void lower_compound_statement(struct body *body, struct node *stmt)
{
    struct scope_entry *outer = scope_here(body);
    struct span outer_end = body->block_end;

    body->block_end = front_end_brace(body->front, stmt->cursor);
    for (struct node *child = stmt->first; child; child = child->next)
        lower_in_block(body, child);
    scope_leave(body, outer, body->block_end);
    body->block_end = outer_end;
}

static struct node *last_expression(struct node *compound)
{
    struct node *last = node_last(compound);

    while (last && last->kind == CXCursor_LabelStmt)
        last = node_last(last);
    return last && clang_isExpression(last->kind) ? last : NULL;
}

static void lower_last(struct body *body, struct node *stmt, struct node *value,
                       const struct ir_place *place)
{
    for (; stmt != value; stmt = node_last(stmt))
        label_define(body, stmt->cursor.data[1], node_span(body, stmt));
    if (place)
        lower_into(body, *place, value, 0);
    else
        lower_discard(body, value);
}

struct ir_rvalue lower_statement_expression(struct body *body, struct node *expr, bool wanted)
{
    struct node *compound = expr->first, *value = compound ? last_expression(compound) : NULL;
    const struct ir_type *type = node_type(body, expr);
    struct scope_entry *outer = scope_here(body);
    struct span outer_end = body->block_end;
    struct ir_place place = { 0 };

    if (!compound)
        return value_none(body);
    wanted = wanted && value && type->kind != IR_TYPE_VOID;
    if (wanted)
        place = ir_place_local(
            body->b, ir_build_temp(body->b, type->unqualified, node_span(body, expr)));
    body->block_end = front_end_brace(body->front, compound->cursor);
    for (struct node *child = compound->first; child; child = child->next) {
        if (value && !child->next)
            lower_last(body, child, value, wanted ? &place : NULL);
        else
            lower_in_block(body, child);
    }
    scope_leave(body, outer, body->block_end);
    body->block_end = outer_end;
    if (!wanted)
        return value_none(body);
    return ir_rvalue_use(body->arena, ir_operand_copy(place, node_span(body, expr)));
}

static void lower_if(struct body *body, struct node *stmt)
{
    struct ir_builder *b = body->b;
    struct scope_entry *outer = scope_here(body);
    uint32_t yes = ir_build_block(b), join = ir_build_block(b);
    struct node *then = node_child(stmt, 1), *otherwise = node_child(stmt, 2);
    uint32_t no = otherwise ? ir_build_block(b) : join;

    lower_condition(body, stmt->first, yes, no);
    ir_build_enter(b, yes);
    lower_block_of(body, then);
    ir_build_goto(b, join, node_span(body, then));
    if (otherwise) {
        ir_build_enter(b, no);
        lower_block_of(body, otherwise);
        ir_build_goto(b, join, node_span(body, otherwise));
    }
    ir_build_enter(b, join);
    scope_leave(body, outer, span_after(node_span(body, stmt)));
}

static void lower_return(struct body *body, struct node *stmt)
{
    struct node *value = stmt->first;
    struct span span = node_span(body, stmt);

    if (value) {
        if (body->b->locals[0].type->kind == IR_TYPE_VOID ||
            node_type(body, value)->kind == IR_TYPE_VOID)
            lower_discard(body, value);
        else
            lower_into(body, ir_place_local(body->b, 0), value, 0);
    }
    scope_run_ends(body, NULL, span);
    ir_build_here(body->b);
    ir_build_terminator(body->b, IR_TERM_RETURN, span, node_flags(body, stmt));
}

/* break and continue */
static void lower_leave(struct body *body, struct node *stmt, bool is_break)
{
    struct jump_context *jump = body->jump;
    struct span span = node_span(body, stmt);

    while (jump && !is_break && jump->continue_block == IR_NO_BLOCK)
        jump = jump->outer;
    if (!jump) {
        lower_opaque_statement(body, stmt, is_break ? "break" : "continue");
        return;
    }
    ir_build_here(body->b);
    if (is_break)
        scope_jump(body, jump->break_block, jump->break_scope, span);
    else
        scope_jump(body, jump->continue_block, jump->continue_scope, span);
}

/* Everything below is read, and memory may change. */
void lower_opaque_statement(struct body *body, struct node *stmt, const char *what)
{
    struct ir_opaque *opaque = ARENA_NEW(body->arena, struct ir_opaque);

    opaque->what = what;
    opaque->clobbers_memory = true;
    ir_build_statement(body->b, IR_ST_OPAQUE, node_span(body, stmt), node_flags(body, stmt))
        ->opaque = opaque;
    body_count_opaque(body, what);
}

/* Attributed statements ([[fallthrough]];) and what else libclang does not name. */
static void lower_unexposed(struct body *body, struct node *stmt)
{
    struct node *inner = node_last(stmt);

    if (inner && (clang_isStatement(inner->kind) || clang_isExpression(inner->kind)))
        lower_statement(body, inner);
    else
        lower_opaque_statement(body, stmt, "statement");
}

void lower_statement(struct body *body, struct node *stmt)
{
    body->front->unit->statement_count++;
    switch (stmt->kind) {
    case CXCursor_CompoundStmt:
        body->front->unit->statement_count--;
        lower_compound_statement(body, stmt);
        break;
    case CXCursor_DeclStmt:
        lower_declaration(body, stmt);
        break;
    case CXCursor_NullStmt:
        break;
    case CXCursor_IfStmt:
        if (!lower_unsafe_block(body, stmt))
            lower_if(body, stmt);
        break;
    case CXCursor_WhileStmt:
        lower_while(body, stmt);
        break;
    case CXCursor_DoStmt:
        lower_do(body, stmt);
        break;
    case CXCursor_ForStmt:
        lower_for(body, stmt);
        break;
    case CXCursor_SwitchStmt:
        lower_switch(body, stmt);
        break;
    case CXCursor_CaseStmt:
    case CXCursor_DefaultStmt:
        lower_case(body, stmt);
        break;
    case CXCursor_LabelStmt:
        label_define(body, stmt->cursor.data[1], node_span(body, stmt));
        if (stmt->first)
            lower_statement(body, node_last(stmt));
        break;
    case CXCursor_GotoStmt:
        if (stmt->first)
            label_jump(body, clang_getCursorReferenced(stmt->first->cursor).data[1],
                       node_span(body, stmt));
        break;
    case CXCursor_IndirectGotoStmt:
        label_jump_indirect(body, lower_operand(body, stmt->first), node_span(body, stmt));
        break;
    case CXCursor_BreakStmt:
        lower_leave(body, stmt, true);
        break;
    case CXCursor_ContinueStmt:
        lower_leave(body, stmt, false);
        break;
    case CXCursor_ReturnStmt:
        lower_return(body, stmt);
        break;
    case CXCursor_GCCAsmStmt:
    case CXCursor_MSAsmStmt:
        lower_asm(body, stmt);
        break;
    case CXCursor_UnexposedStmt:
        lower_unexposed(body, stmt);
        break;
    default:
        if (clang_isExpression(stmt->kind))
            lower_discard(body, stmt);
        else if (clang_isStatement(stmt->kind))
            lower_opaque_statement(body, stmt, "directive");
    }
}
