/*
 * Inline assembly. libclang lists the operands, outputs first, and nothing else of it (before clang 22);
 * what becomes of them, and the labels of an `asm goto`, are in the function's printed text:
 *
 *     asm volatile goto ("..." : [name] "=r" (output) : "r" (input) : "clobber" : label)
 */
#include <string.h>

#include "front/body.h"

enum section { SECTION_OUTPUTS = 1, SECTION_INPUTS, SECTION_CLOBBERS, SECTION_LABELS };

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
static const char *section(const char *at, enum section wanted)
{
    for (enum section colons = 0; *at; at++) {
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
        if (node->kind != CXCursor_BlockExpr)
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

enum { OPERAND_READ = 1, OPERAND_WRITTEN = 2 };

/* How the operand is used whose text is `[name] "constraint" (...)`; 0: it has no constraint. */
static unsigned use_of(const char *at, enum section section)
{
    if (*at == '[')
        at = skip_spaces(at + 1 + strcspn(at, "]"));
    if (*at != '"')
        return 0;
    if (section == SECTION_INPUTS)
        return OPERAND_READ;
    return at[1] == '+' ? OPERAND_READ | OPERAND_WRITTEN : OPERAND_WRITTEN;
}

/* Appends the uses of a section's operands, a byte for each. False: not as expected. */
static bool add_uses(const char *text, enum section wanted, GByteArray *uses)
{
    const char *at = section(text, wanted);

    if (!at || *at == ':' || *at == ')')
        return true;
    for (;;) {
        guint8 use = (guint8)use_of(at, wanted);

        if (!use)
            return false;
        g_byte_array_append(uses, &use, 1);
        at = skip_item(at);
        if (*at != ',')
            return true;
        at = skip_spaces(at + 1);
    }
}

static bool clobbers_memory(const char *text)
{
    const char *at = section(text, SECTION_CLOBBERS);

    for (; at && *at == '"'; at = skip_spaces(at + 1)) {
        if (g_str_has_prefix(at, "\"memory\""))
            return true;
        at = skip_item(at);
        if (*at != ',')
            break;
    }
    return false;
}

static uint32_t count_operands(struct node *stmt)
{
    uint32_t count = 0;

    for (struct node *child = stmt->first; child; child = child->next)
        count += clang_isExpression(child->kind) ? 1 : 0;
    return count;
}

/* Without a text to tell: an lvalue that nothing converts may be read and written. */
static unsigned guess_use(struct body *body, struct node *operand)
{
    operand = node_strip(body, operand);
    switch (operand->kind) {
    case CXCursor_UnaryOperator:
        if (clang_getCursorUnaryOperatorKind(operand->cursor) != CXUnaryOperator_Deref)
            return OPERAND_READ;
        /* fall through */
    case CXCursor_DeclRefExpr:
    case CXCursor_MemberRefExpr:
    case CXCursor_ArraySubscriptExpr:
        return OPERAND_READ | OPERAND_WRITTEN;
    default:
        return OPERAND_READ;
    }
}

static void lower_asm_operand(struct body *body, struct node *operand, unsigned use,
                              struct ir_opaque *opaque)
{
    struct ir_place place;

    if (!(use & OPERAND_WRITTEN)) {
        opaque->reads[opaque->read_count++] = lower_operand(body, operand);
        return;
    }
    place = lower_place(body, operand);
    if (use & OPERAND_READ)
        opaque->reads[opaque->read_count++] = ir_operand_copy(place, node_span(body, operand));
    opaque->writes[opaque->write_count++] = place;
}

static void lower_operands(struct body *body, struct node *stmt, const char *text,
                           struct ir_opaque *opaque)
{
    uint32_t count = count_operands(stmt), i = 0;
    GByteArray *uses = g_byte_array_new();
    bool is_known = text && add_uses(text, SECTION_OUTPUTS, uses) &&
                    add_uses(text, SECTION_INPUTS, uses) && uses->len == count;

    opaque->clobbers_memory = !is_known || clobbers_memory(text);
    if (!is_known)
        body_count_opaque(body, "asm");
    opaque->reads = ARENA_ARRAY(body->arena, struct ir_operand, count ? count : 1);
    opaque->writes = ARENA_ARRAY(body->arena, struct ir_place, count ? count : 1);
    for (struct node *child = stmt->first; child; child = child->next)
        if (clang_isExpression(child->kind)) {
            unsigned use = is_known ? uses->data[i++] : guess_use(body, child);

            lower_asm_operand(body, child, use, opaque);
        }
    g_byte_array_free(uses, TRUE);
}

void lower_asm(struct body *body, struct node *stmt)
{
    struct ir_opaque *opaque = ARENA_NEW(body->arena, struct ir_opaque);
    const char *text = stmt->kind == CXCursor_GCCAsmStmt ? printed_asm(body, stmt) : NULL;

    opaque->what = "asm";
    lower_operands(body, stmt, text, opaque);
    ir_build_statement(body->b, IR_ST_ASM, node_span(body, stmt), node_flags(body, stmt))->opaque =
        opaque;
    lower_jumps(body, stmt, text);
}
