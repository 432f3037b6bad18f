/*
 * while, do, for.
 *
 * libclang lists the parts of a `for` that are there and does not say which are missing: printed.c does.
 */
#include <string.h>

#include "front/body.h"

/*
 * break and continue in a loop's condition or step (there are statement expressions) mean that loop, as
 * clang has it. Where the loop is left, everything that its condition made ends, too.
 */
static void enter_loop(struct body *body, struct jump_context *jump, uint32_t on_break,
                       uint32_t on_continue)
{
    *jump = (struct jump_context){ .outer = body->jump,
                                   .break_block = on_break,
                                   .continue_block = on_continue,
                                   .break_scope = scope_here(body),
                                   .continue_scope = scope_here(body) };
    body->jump = jump;
}

/* `while (x)`, `for (...)`, `do`: from the keyword to what comes before the body. */
static struct span header_span(struct body *body, struct node *stmt, struct node *inside)
{
    struct span span = node_span(body, stmt), rest = node_span(body, inside);
    size_t length;
    const char *text;

    if (span.file != rest.file || rest.begin <= span.begin || rest.begin > span.end)
        return span; /* a macro wrote it */
    text = source_text(body->front->sources, span.file, &length);
    if (!text || rest.begin > length)
        return span;
    span.end = rest.begin;
    while (span.end > span.begin + 1 && g_ascii_isspace(text[span.end - 1]))
        span.end--;
    return span;
}

static void goto_head(struct body *body, uint32_t head, struct node *stmt, struct node *inside)
{
    struct ir_builder *b = body->b;

    if (ir_build_is_open(b))
        ir_build_terminator(b, IR_TERM_GOTO, header_span(body, stmt, inside), IR_FLAG_LOOP_ENTRY)
            ->target = head;
}

/* A loop's body is a block; at its end control is at the position before the loop's condition again. */
static void lower_loop_body(struct body *body, struct node *stmt, struct scope_entry *until)
{
    struct scope_entry *outer = scope_here(body);
    struct span end = span_after(node_span(body, stmt));

    lower_statement(body, stmt);
    scope_leave(body, outer, end);
    scope_run_ends(body, until, end);
}

void lower_while(struct body *body, struct node *stmt)
{
    struct ir_builder *b = body->b;
    struct scope_entry *outer = scope_here(body);
    struct node *inside = node_last(stmt);
    uint32_t head = ir_build_block(b), entry = ir_build_block(b), leave = ir_build_block(b);
    struct jump_context jump;
    struct span end = span_after(node_span(body, inside));

    goto_head(body, head, stmt, inside);
    ir_build_enter(b, head);
    enter_loop(body, &jump, leave, head);
    lower_condition(body, stmt->first, entry, leave);
    ir_build_enter(b, entry);
    lower_loop_body(body, inside, outer);
    ir_build_goto(b, head, end);
    body->jump = jump.outer;
    ir_build_enter(b, leave);
    scope_leave(body, outer, end);
}

void lower_do(struct body *body, struct node *stmt)
{
    struct ir_builder *b = body->b;
    struct scope_entry *outer = scope_here(body);
    struct node *inside = stmt->first, *condition = node_last(stmt);
    uint32_t entry = ir_build_block(b), test = ir_build_block(b), leave = ir_build_block(b);
    struct jump_context jump;
    struct span span = node_span(body, condition);
    uint32_t again, done;

    goto_head(body, entry, stmt, inside);
    enter_loop(body, &jump, leave, test);
    ir_build_enter(b, entry);
    lower_loop_body(body, inside, outer);
    ir_build_goto(b, test, span);
    ir_build_enter(b, test);
    if (node_strip(body, condition)->kind == CXCursor_IntegerLiteral) { /* do { } while (0) */
        lower_condition(body, condition, entry, leave);
    } else {
        again = ir_build_block(b);
        done = ir_build_block(b);
        lower_condition(body, condition, again, done);
        ir_build_enter(b, again);
        scope_run_ends(body, outer, span);
        ir_build_goto(b, entry, span);
        ir_build_enter(b, done);
        scope_run_ends(body, outer, span);
        ir_build_goto(b, leave, span);
        body->scope = outer;
    }
    body->jump = jump.outer;
    ir_build_enter(b, leave);
}

/* ----------------------------------------------------------------------------- the parts of a `for` */

/* When the printed text does not fit the tree: what the parts look like. */
static unsigned guess(struct body *body, struct node *stmt)
{
    struct node *first = stmt->first;
    bool is_truth;

    if (first->kind == CXCursor_DeclStmt)
        return FOR_INIT | (stmt->child_count == 3 ? FOR_CONDITION : 0);
    is_truth = ir_type_is_scalar(node_type(body, first)) &&
               first->kind == CXCursor_BinaryOperator &&
               clang_getCursorBinaryOperatorKind(first->cursor) != CXBinaryOperator_Assign;
    body_count_opaque(body, "for");
    if (stmt->child_count == 3)
        return is_truth ? FOR_CONDITION | FOR_STEP : FOR_INIT | FOR_CONDITION;
    /* A step that is taken for a condition leaves a way out too many, which is the safe side. */
    return ir_type_is_scalar(node_type(body, first)) ? FOR_CONDITION : FOR_STEP;
}

/* As the user wrote it, when no macro had a part in it. */
static bool written_parts(struct body *body, struct node *stmt, unsigned *ret_parts)
{
    struct span span = node_span(body, stmt);
    size_t length;
    const char *text = source_text(body->front->sources, span.file, &length);

    if (!text || node_flags(body, stmt) || span.begin + 4 > length || span.end > length ||
        memcmp(text + span.begin, "for", 3) != 0)
        return false;
    text += span.begin + 3;
    while (g_ascii_isspace(*text))
        text++;
    if (*text != '(')
        return false;
    *ret_parts = printed_parts(text + 1);
    return true;
}

static unsigned for_parts(struct body *body, struct node *stmt)
{
    unsigned parts;

    if (stmt->child_count == 1)
        return 0;
    if (stmt->child_count == 4)
        return FOR_INIT | FOR_CONDITION | FOR_STEP;
    if (!(printed_for(body, stmt, &parts) || written_parts(body, stmt, &parts)) ||
        stmt->child_count !=
            1u + !!(parts & FOR_INIT) + !!(parts & FOR_CONDITION) + !!(parts & FOR_STEP))
        return guess(body, stmt);
    return parts;
}

/* Gives the part there is, and goes on to the next. */
static struct node *take_part(unsigned parts, unsigned part, struct node **at)
{
    struct node *taken = parts & part ? *at : NULL;

    if (taken)
        *at = taken->next;
    return taken;
}

void lower_for(struct body *body, struct node *stmt)
{
    struct ir_builder *b = body->b;
    struct scope_entry *before = scope_here(body), *outer;
    struct span outer_end = body->block_end, end;
    unsigned parts = for_parts(body, stmt);
    struct node *at = stmt->first, *inside = node_last(stmt);
    struct node *init = take_part(parts, FOR_INIT, &at);
    struct node *condition = take_part(parts, FOR_CONDITION, &at);
    struct node *step = take_part(parts, FOR_STEP, &at);
    uint32_t head, entry, next, leave;
    struct jump_context jump;

    end = span_after(node_span(body, inside));
    body->block_end = inside->kind == CXCursor_CompoundStmt
                          ? front_end_brace(body->front, inside->cursor)
                          : end;
    if (init)
        lower_statement(body, init);
    outer = scope_here(body);
    head = ir_build_block(b);
    entry = condition ? ir_build_block(b) : head;
    next = step ? ir_build_block(b) : head;
    leave = ir_build_block(b);
    goto_head(body, head, stmt, inside);
    ir_build_enter(b, head);
    enter_loop(body, &jump, leave, next);
    if (condition) {
        lower_condition(body, condition, entry, leave);
        ir_build_enter(b, entry);
    }
    lower_loop_body(body, inside, outer);
    ir_build_goto(b, next, end);
    if (step) {
        struct scope_entry *tested = scope_here(body);

        body->scope = outer;
        ir_build_enter(b, next);
        lower_discard(body, step);
        scope_run_ends(body, outer, end);
        ir_build_goto(b, head, end);
        body->scope = tested;
    }
    body->jump = jump.outer;
    ir_build_enter(b, leave);
    scope_leave(body, outer, end);
    scope_leave(body, before, body->block_end);
    body->block_end = outer_end;
}
