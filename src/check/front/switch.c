/*
 * switch, case and default. The switch ends its block at once; its cases are collected while its body is
 * lowered like any other statement, so that a case may stand in a nested block or loop.
 */
#include "front/body.h"

struct switch_context {
    struct switch_context *outer;
    GArray *cases;             /* struct ir_case */
    uint32_t otherwise;        /* IR_NO_BLOCK: no default */
    struct scope_entry *scope; /* where the switch jumps from */
};

static bool is_covered(const GArray *cases, int64_t value)
{
    for (guint i = 0; i < cases->len; i++) {
        const struct ir_case *one = &g_array_index(cases, struct ir_case, i);

        if (one->low <= value && value <= one->high)
            return true;
    }
    return false;
}

/* The type of what is switched on, before it was promoted. */
static const struct ir_type *original_type(struct body *body, struct node *condition)
{
    for (;;) {
        if (condition->kind == CXCursor_ParenExpr ||
            (condition->kind == CXCursor_UnexposedExpr && condition->child_count == 1 &&
             node_conversion(body, condition) != CONVERSION_SPECIAL))
            condition = condition->first;
        else
            return node_type(body, condition);
    }
}

static bool covers_enumeration(struct body *body, struct node *condition, const GArray *cases)
{
    const struct ir_type *type = original_type(body, condition)->unqualified;
    const struct ir_enumeration *enumeration = type->enumeration;

    if (type->kind != IR_TYPE_ENUM || !enumeration || enumeration->value_count == 0 ||
        enumeration->value_count > 4096)
        return false;
    for (size_t i = 0; i < enumeration->value_count; i++)
        if (!is_covered(cases, enumeration->values[i]))
            return false;
    return true;
}

void lower_switch(struct body *body, struct node *stmt)
{
    struct ir_builder *b = body->b;
    struct scope_entry *outer = scope_here(body);
    struct node *condition = stmt->first, *inside = node_last(stmt);
    struct ir_operand operand = lower_operand(body, condition);
    struct scope_entry *entered = scope_here(body);
    struct switch_context context = { .outer = body->switches,
                                      .cases = g_array_new(FALSE, TRUE, sizeof(struct ir_case)),
                                      .otherwise = IR_NO_BLOCK,
                                      .scope = entered };
    struct jump_context jump = { .outer = body->jump,
                                 .break_block = ir_build_block(b),
                                 .continue_block = IR_NO_BLOCK,
                                 .break_scope = entered };
    uint32_t from = ir_build_here(b);
    struct ir_terminator *term;

    term = ir_build_terminator(b, IR_TERM_SWITCH, node_span(body, condition),
                               node_flags(body, condition));
    term->condition = operand;
    body->switches = &context;
    body->jump = &jump;
    lower_statement(body, inside);
    scope_leave(body, entered, span_after(node_span(body, inside)));
    ir_build_goto(b, jump.break_block, span_after(node_span(body, inside)));
    body->switches = context.outer;
    body->jump = jump.outer;

    term = ir_build_terminator_at(b, from);
    term->otherwise = context.otherwise == IR_NO_BLOCK ? jump.break_block : context.otherwise;
    term->case_count = context.cases->len;
    if (term->case_count)
        term->cases =
            arena_copy(body->arena, context.cases->data, term->case_count * sizeof *term->cases);
    term->exhaustive = covers_enumeration(body, condition, context.cases);
    g_array_free(context.cases, TRUE);
    ir_build_enter(b, jump.break_block);
    scope_leave(body, outer, span_after(node_span(body, stmt)));
}

static void add_case(struct body *body, struct node *stmt, uint32_t block)
{
    struct switch_context *context = body->switches;
    uint32_t target = scope_way(body, context->scope, block, body->scope, node_span(body, stmt));
    struct ir_case one = { .target = target, .span = node_span(body, stmt->first) };

    if (stmt->kind == CXCursor_DefaultStmt) {
        context->otherwise = target;
        return;
    }
    if (!node_evaluate(stmt->first, &one.low)) {
        body_count_opaque(body, "case");
        return;
    }
    one.high = one.low;
    if (stmt->child_count == 3)
        node_evaluate(stmt->first->next, &one.high);
    g_array_append_val(context->cases, one);
}

void lower_case(struct body *body, struct node *stmt)
{
    struct ir_builder *b = body->b;
    uint32_t block = ir_build_block(b);

    if (!body->switches) {
        lower_opaque_statement(body, stmt, "case");
        return;
    }
    ir_build_goto(b, block, node_span(body, stmt));
    /* case 1: case 2: ... nest; thousands of them must not. */
    for (;;) {
        struct node *inner = node_last(stmt);

        add_case(body, stmt, block);
        if (!inner)
            break;
        if (inner->kind != CXCursor_CaseStmt && inner->kind != CXCursor_DefaultStmt) {
            ir_build_enter(b, block);
            lower_statement(body, inner);
            return;
        }
        stmt = inner;
    }
    ir_build_enter(b, block);
}
