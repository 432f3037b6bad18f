/*
 * Inline assembly. libclang lists the operands, outputs first, and nothing else of it (before clang 22);
 * the labels of an `asm goto` are in the function's printed text:
 *
 *     asm volatile goto ("..." : outputs : inputs : clobbers : labels)
 *
 * An operand that is an lvalue without a conversion may be written, every other one is read.
 */
#include <string.h>

#include "front/body.h"

enum { SECTION_LABELS = 4 };

/* Behind what ends at a comma, a colon or the closing parenthesis. */
static const char *skip_item(const char *at)
{
    int depth = 0;

    while (*at) {
        if (*at == '"' || *at == '\'') {
            at = printed_skip_quoted(at);
            continue;
        }
        if (depth == 0 && (*at == ',' || *at == ':' || *at == ')'))
            break;
        depth += (*at == '(' || *at == '{' || *at == '[') - (*at == ')' || *at == '}' || *at == ']');
        at++;
    }
    return at;
}

static const char *skip_spaces(const char *at)
{
    while (g_ascii_isspace(*at))
        at++;
    return at;
}

/* The text of a section, behind its colon; NULL when there are fewer. */
static const char *section(const char *at, int wanted)
{
    for (int colons = 0; *at; at++) {
        at = skip_item(at);
        if (*at == ')' || !*at)
            return NULL;
        if (*at == ':' && ++colons == wanted)
            return skip_spaces(at + 1);
    }
    return NULL;
}

/* ------------------------------------------------------------------------------------------ labels */

static void find_labels(GPtrArray *labels, struct node *node)
{
    for (; node; node = node->next) {
        if (node->kind == CXCursor_LabelStmt)
            g_ptr_array_add(labels, node);
        find_labels(labels, node->first);
    }
}

static GPtrArray *all_labels(struct body *body)
{
    if (!body->label_statements) {
        body->label_statements = g_ptr_array_new();
        find_labels(body->label_statements, body->root->first);
    }
    return body->label_statements;
}

/* Adds the labels of that name: several when blocks have their own (`__label__`). */
static uint32_t add_labels_named(struct body *body, const char *name, size_t length, GPtrArray *keys)
{
    GPtrArray *all = all_labels(body);
    uint32_t found = 0;

    for (guint i = 0; i < all->len; i++) {
        struct node *label = all->pdata[i];
        CXString spelling = clang_getCursorSpelling(label->cursor);
        const char *text = clang_getCString(spelling);

        if (text && strlen(text) == length && memcmp(text, name, length) == 0) {
            g_ptr_array_add(keys, (gpointer)label->cursor.data[1]);
            found++;
        }
        clang_disposeString(spelling);
    }
    return found;
}

/* All labels that `at` lists; false when one of them is not found. */
static bool add_labels(struct body *body, const char *at, GPtrArray *keys)
{
    for (;;) {
        const char *end = skip_item(at), *next = end;
        uint32_t found;

        while (end > at && g_ascii_isspace(end[-1]))
            end--;
        found = add_labels_named(body, at, (size_t)(end - at), keys);
        if (found == 0)
            return false;
        if (found > 1)
            body_count_opaque(body, "asm goto");
        if (*next != ',')
            return true;
        at = skip_spaces(next + 1);
    }
}

/*
 * An asm whose printed text is not known may jump, too. Where a label cannot be told, every label of the
 * function is one it can go to.
 */
static void lower_jumps(struct body *body, struct node *stmt, const char *text)
{
    const char *labels = text ? section(text, SECTION_LABELS) : NULL;
    GPtrArray *keys;

    if (text ? !labels : all_labels(body)->len == 0)
        return;
    keys = g_ptr_array_new();
    if (!labels || !add_labels(body, labels, keys)) {
        GPtrArray *all = all_labels(body);

        body_count_opaque(body, "asm goto");
        g_ptr_array_set_size(keys, 0);
        for (guint i = 0; i < all->len; i++)
            g_ptr_array_add(keys, (gpointer)((struct node *)all->pdata[i])->cursor.data[1]);
    }
    label_jump_asm(body, (const void *const *)keys->pdata, keys->len, node_span(body, stmt),
                   node_flags(body, stmt));
    g_ptr_array_free(keys, TRUE);
}

/* ---------------------------------------------------------------------------------------- operands */

static void lower_operands(struct body *body, struct node *stmt, struct ir_opaque *opaque)
{
    size_t room = stmt->child_count ? stmt->child_count : 1;

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
}

void lower_asm(struct body *body, struct node *stmt)
{
    struct ir_opaque *opaque = ARENA_NEW(body->arena, struct ir_opaque);
    const char *text = stmt->kind == CXCursor_GCCAsmStmt ? printed_asm(body, stmt) : NULL;

    opaque->what = "asm";
    opaque->clobbers_memory = true;
    lower_operands(body, stmt, opaque);
    ir_build_statement(body->b, IR_ST_ASM, node_span(body, stmt), node_flags(body, stmt))->opaque =
        opaque;
    lower_jumps(body, stmt, text);
}
