/*
 * Local declarations: storage, initialiser, cleanup, fl.auto.
 */
#include <string.h>

#include "front/body.h"
#include "front/files.h"

bool body_find_local(struct body *body, CXCursor decl, uint32_t *ret_local)
{
    gpointer known = g_hash_table_lookup(body->locals, decl.data[0]);

    if (known)
        *ret_local = GPOINTER_TO_UINT(known) - 1;
    return known != NULL;
}

struct ir_place body_hidden_local(struct body *body, const struct ir_type *type, struct node *expr)
{
    struct span span = node_span(body, expr);
    uint32_t local = ir_build_local(body->b, IR_LOCAL_VARIABLE, NULL, type->unqualified, span);
    struct ir_local *made = ir_build_local_at(body->b, local);

    made->hidden = true;
    made->scope_end = body->block_end;
    made->type_name = type->name;
    ir_build_storage_live(body->b, local, span, IR_FLAG_SYNTHETIC);
    scope_add_local(body, local);
    return ir_place_local(body->b, local);
}

/* Does the type have a size that is only known at run time (int[n], int (*)[n])? */
static bool is_variably_modified(CXType type)
{
    for (;;) {
        type = clang_getCanonicalType(type);
        switch (type.kind) {
        case CXType_VariableArray:
            return true;
        case CXType_Pointer:
            type = clang_getPointeeType(type);
            break;
        case CXType_ConstantArray:
        case CXType_IncompleteArray:
            type = clang_getArrayElementType(type);
            break;
        default:
            return false;
        }
    }
}

static void lower_sizes(struct body *body, struct node *decl, const struct node *initializer)
{
    for (struct node *child = decl->first; child && child != initializer; child = child->next)
        if (clang_isExpression(child->kind))
            lower_discard(body, child);
}

static struct node *initializer_of(struct node *decl)
{
    CXCursor wanted;

    if (!decl->first)
        return NULL;
    wanted = clang_Cursor_getVarDeclInitializer(decl->cursor);
    for (struct node *child = decl->first; child; child = child->next)
        if (child->cursor.data[1] == wanted.data[1] && clang_isExpression(child->kind))
            return child;
    return NULL;
}

/* ----------------------------------------------------------------------------- cleanup(function) */

static enum CXChildVisitResult find_function(CXCursor cursor, CXCursor parent, CXClientData data)
{
    void **context = data;

    (void)parent;
    if (cursor.kind == CXCursor_FunctionDecl) {
        CXString name = clang_getCursorSpelling(cursor);
        bool found = strcmp(clang_getCString(name), context[0]) == 0;

        clang_disposeString(name);
        if (found) {
            *(CXCursor *)context[1] = cursor;
            return CXChildVisit_Break;
        }
    }
    return CXChildVisit_Continue;
}

/* libclang does not say what is in cleanup( ), and there is no look-up by name: the printed declaration says
 * it, and the unit's declarations are gone through once for each name. */
static const struct ir_function *cleanup_of(struct body *body, struct node *decl)
{
    static const char start[] = "cleanup(";
    CXString printed = clang_getCursorPrettyPrinted(decl->cursor, NULL);
    const char *at = strstr(clang_getCString(printed), start);
    const struct ir_function *fn = NULL;

    if (at) {
        char *name = g_strndup(at + strlen(start), strcspn(at + strlen(start), ")"));
        CXCursor found = clang_getNullCursor();
        void *context[] = { name, &found };

        clang_visitChildren(clang_getTranslationUnitCursor(body->front->tu), find_function, context);
        if (!clang_Cursor_isNull(found))
            fn = front_function(body->front, found);
        g_free(name);
    }
    clang_disposeString(printed);
    return fn;
}

static bool has_unexposed_attribute(const struct node *decl)
{
    for (const struct node *child = decl->first; child; child = child->next)
        if (child->kind == CXCursor_UnexposedAttr)
            return true;
    return false;
}

/* ---------------------------------------------------------------------------------------- variables */

static bool has_static_storage(CXCursor decl)
{
    enum CX_StorageClass storage = clang_Cursor_getStorageClass(decl);

    return storage == CX_SC_Static || storage == CX_SC_Extern ||
           clang_getCursorTLSKind(decl) != CXTLS_None;
}

static const char *name_of(struct body *body, CXCursor decl)
{
    CXString text = clang_getCursorSpelling(decl);
    const char *name = arena_strdup(body->arena, clang_getCString(text));

    clang_disposeString(text);
    return name;
}

/* A name that a macro made up, or pasted, is not what the source shows. */
static bool is_written_there(struct body *body, struct span span, const char *name)
{
    const char *text = span_is_none(span) ? NULL : file_text(body->front->files, span.file, NULL);
    size_t length = span.end - span.begin;

    return text && strlen(name) == length && strncmp(text + span.begin, name, length) == 0;
}

/* A macro of the file that uses it: whoever reads the one can read the other. */
static bool is_of_users_macro(struct body *body, CXCursor decl, struct span span, const char *name)
{
    struct position at = spelling_position(body->front->files, clang_getCursorLocation(decl));

    return at.file != 0 && at.file == span.file &&
           is_written_there(body, (struct span){at.file, at.offset, at.offset + (uint32_t)strlen(name)}, name);
}

/* Where a statement could be added below the declaration, and how its line would begin. */
static void note_declaration(struct body *body, struct ir_local *local)
{
    struct span span = node_span(body, body->declaration);
    const char *text = file_text(body->front->files, span.file, NULL);
    uint32_t line = span.begin;

    if (!text || body->declaration->in_macro_body || span.end <= span.begin || text[span.end - 1] != ';')
        return;
    while (line > 0 && text[line - 1] != '\n')
        line--;
    local->declaration = span;
    if (line + strspn(text + line, " \t") == span.begin)
        local->line_break = arena_printf(body->arena, "\n%.*s", (int)(span.begin - line), text + line);
    else
        local->line_break = " ";
}

static uint32_t add_variable(struct body *body, struct node *decl, const char *const *notes)
{
    CXCursor cursor = decl->cursor;
    struct span span = front_name_span(body->front, cursor);
    const struct ir_type *type = front_variable_type(body->front, cursor);
    uint32_t local =
        ir_build_local(body->b, IR_LOCAL_VARIABLE, name_of(body, cursor), type, span);
    struct ir_local *made = ir_build_local_at(body->b, local);

    made->type_name = front_type_name(body->front, clang_getCursorType(cursor));
    made->scope_end = body->block_end;
    made->in_macro = !is_written_there(body, span, made->name);
    made->hidden = made->in_macro && !is_of_users_macro(body, cursor, span, made->name);
    made->notes = notes;
    if (body->declaration && !made->in_macro && ir_type_is_owned(type->unqualified))
        note_declaration(body, made);
    g_hash_table_insert(body->locals, (gpointer)cursor.data[0], GUINT_TO_POINTER(local + 1));
    return local;
}

/* static void *const table[] = { &&one, &&two }; */
static void take_labels(struct body *body, struct node *node)
{
    if (node->kind == CXCursor_AddrLabelExpr && node->first)
        label_take_address(body, clang_getCursorReferenced(node->first->cursor).data[1]);
    for (struct node *child = node->first; child; child = child->next)
        take_labels(body, child);
}

/* The function that an expression is, casts aside; NULL: it is none. */
static const struct ir_function *function_in(struct body *body, struct node *expr)
{
    const struct ir_function *found = NULL;

    if (expr->kind == CXCursor_DeclRefExpr) {
        CXCursor decl = clang_getCursorReferenced(expr->cursor);
        return clang_getCursorKind(decl) == CXCursor_FunctionDecl ? front_function(body->front, decl) : NULL;
    }
    if (expr->kind == CXCursor_CallExpr)
        return NULL;
    for (struct node *child = expr->first; child && !found; child = child->next)
        found = function_in(body, child);
    return found;
}

static void lower_variable(struct body *body, struct node *decl)
{
    CXCursor cursor = decl->cursor;
    const char *const *notes = front_notes(body->front, cursor);
    struct node *initializer = initializer_of(decl);
    const struct ir_function *cleanup = NULL;
    uint32_t local;

    body->front->unit->is_annotated |= notes[0] != NULL;
    if (has_static_storage(cursor)) {
        front_global(body->front, cursor);
        take_labels(body, decl);
        return;
    }
    if (is_variably_modified(clang_getCursorType(cursor)))
        lower_sizes(body, decl, initializer);
    if (ir_note(notes, "auto") && initializer) {
        scope_add_drop(body, lower_pointed_argument(body, initializer));
        return;
    }
    if (has_unexposed_attribute(decl))
        cleanup = cleanup_of(body, decl);
    local = add_variable(body, decl, notes);
    ir_build_storage_live(body->b, local, node_span(body, decl), node_flags(body, decl));
    scope_add_local(body, local);
    if (initializer)
        lower_into(body, ir_place_local(body->b, local), initializer, IR_FLAG_INITIALIZER);
    if (cleanup)
        scope_add_cleanup(body, local, cleanup,
                          initializer && initializer->first ? function_in(body, initializer->first) : NULL);
}

void lower_declaration(struct body *body, struct node *stmt)
{
    for (struct node *child = stmt->first; child; child = child->next) {
        if (child->kind == CXCursor_VarDecl)
            lower_variable(body, child);
        else if (child->kind == CXCursor_TypedefDecl &&
                 is_variably_modified(clang_getTypedefDeclUnderlyingType(child->cursor)))
            lower_sizes(body, child, NULL);
    }
}
