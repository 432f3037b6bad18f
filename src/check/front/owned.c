#include "front/owned.h"

#include <string.h>

void front_see_owned(struct front *front, CXCursor definition)
{
    if (!clang_Cursor_hasAttrs(definition) || !ir_note(front_notes(front, definition), "owned"))
        return;
    g_ptr_array_add(front->owned_list, arena_copy(front->arena, &definition, sizeof definition));
}

struct wrapper {
    CXCursor body, call;
    unsigned statements;
};

static enum CXChildVisitResult find_body(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    if (clang_getCursorKind(cursor) == CXCursor_CompoundStmt)
        ((struct wrapper *)data)->body = cursor;
    return CXChildVisit_Continue;
}

static enum CXChildVisitResult see_statement(CXCursor cursor, CXCursor parent, CXClientData data)
{
    struct wrapper *wrapper = data;

    (void)parent;
    wrapper->statements++;
    if (clang_getCursorKind(cursor) == CXCursor_CallExpr)
        wrapper->call = cursor;
    return CXChildVisit_Continue;
}

/*
 * The header's function does nothing but call the user's with its parameter: that one is meant. A drop function
 * that a person annotated is meant itself.
 */
static CXCursor users_function(CXCursor definition)
{
    struct wrapper wrapper = {clang_getNullCursor(), clang_getNullCursor(), 0};

    clang_visitChildren(definition, find_body, &wrapper);
    if (!clang_Cursor_isNull(wrapper.body))
        clang_visitChildren(wrapper.body, see_statement, &wrapper);
    if (wrapper.statements != 1 || clang_Cursor_isNull(wrapper.call))
        return definition;
    CXCursor callee = clang_getCursorReferenced(wrapper.call);
    return clang_getCursorKind(callee) == CXCursor_FunctionDecl ? callee : definition;
}

void front_finish_owned(struct front *front)
{
    GPtrArray *types = g_ptr_array_new();

    for (guint i = 0; i < front->owned_list->len; i++) {
        const CXCursor *definition = front->owned_list->pdata[i];
        CXCursor param = clang_Cursor_getArgument(*definition, 0);
        const struct ir_type *pointer = front_variable_type(front, param);
        if (pointer->kind != IR_TYPE_POINTER)
            continue;
        struct ir_type *type = (struct ir_type *)pointer->target->unqualified;
        /* No type of numbers owns anything, whatever a macro says: all others of its kind would, too. */
        if (type->is_owned || type->kind == IR_TYPE_VOID || type->kind == IR_TYPE_INT)
            continue;
        struct ir_function *drop = front_function(front, users_function(*definition));
        type->is_owned = true;
        type->drop = drop;
        type->drop_name = drop->name;
        g_ptr_array_add(types, type);
    }
    front->unit->owned_types = arena_copy(front->arena, types->pdata, types->len * sizeof(void *));
    front->unit->owned_type_count = types->len;
    g_ptr_array_free(types, TRUE);
}

void front_finish_marks(struct front *front)
{
    GPtrArray *types = g_ptr_array_new();
    GHashTableIter all;
    gpointer type;

    g_hash_table_iter_init(&all, front->types);
    while (g_hash_table_iter_next(&all, NULL, &type)) {
        const struct ir_type *plain = ((const struct ir_type *)type)->unqualified;
        if (plain->kind == IR_TYPE_RECORD && (plain->record->traits & ~(unsigned)IR_TRAIT_CELL) &&
            !g_ptr_array_find(types, plain, NULL))
            g_ptr_array_add(types, (gpointer)plain);
    }
    front->unit->marked_types = arena_copy(front->arena, types->pdata, types->len * sizeof(void *));
    front->unit->marked_type_count = types->len;
    g_ptr_array_free(types, TRUE);
}
