/*
 * What a global's initialiser points to: functions, other globals, strings. Enough to know whom a call
 * through a table reaches and what a static pointer leads to; the values themselves are not kept.
 */
#include "front/lower.h"

struct pointee_visit {
    struct front *front;
    struct ir_global *global;
    GArray *places; /* of struct ir_place */
};

static void add(struct pointee_visit *visit, enum ir_base_kind base, uint32_t index,
                const struct ir_type *type)
{
    for (guint i = 0; i < visit->places->len; i++) {
        struct ir_place *known = &g_array_index(visit->places, struct ir_place, i);
        if (known->base == base && known->base_index == index)
            return;
    }
    struct ir_place place = ir_place_base(base, index, type);
    g_array_append_val(visit->places, place);
}

static void add_reference(struct pointee_visit *visit, CXCursor reference)
{
    struct front *front = visit->front;
    CXCursor decl = clang_getCursorReferenced(reference);
    enum CXCursorKind kind = clang_getCursorKind(decl);

    if (kind == CXCursor_FunctionDecl) {
        const struct ir_function *fn = front_function(front, decl);
        add(visit, IR_BASE_FUNCTION, fn->index, fn->type);
    } else if (kind == CXCursor_VarDecl) {
        uint32_t index = front_global(front, decl);
        const struct ir_global *global = g_ptr_array_index(front->global_list, index);
        add(visit, IR_BASE_GLOBAL, index, global->type);
    } else if (kind == CXCursor_EnumConstantDecl) {
        visit->global->initial_enumerators |= clang_getEnumConstantDeclValue(decl);
    }
}

static void read_pointees(struct front *front, struct ir_global *global, CXCursor init);

/* `&(struct point){ 1, 2 }` outside functions is a global without a name. */
static void add_compound_literal(struct pointee_visit *visit, CXCursor literal)
{
    struct front *front = visit->front;
    struct ir_global *global = ARENA_NEW(front->arena, struct ir_global);
    static const char *const no_notes[] = {NULL};

    global->index = front->global_list->len;
    g_ptr_array_add(front->global_list, global);
    global->name = "";
    global->type = front_type(front, clang_getCursorType(literal));
    global->type_name = global->type->name;
    global->span = front_span(front, literal, NULL);
    global->is_static = global->is_defined = true;
    global->notes = no_notes;
    read_pointees(front, global, literal);
    add(visit, IR_BASE_GLOBAL, global->index, global->type);
}

static enum CXChildVisitResult visit_init(CXCursor cursor, CXCursor parent, CXClientData data)
{
    struct pointee_visit *visit = data;

    switch (clang_getCursorKind(cursor)) {
    case CXCursor_DeclRefExpr:
        add_reference(visit, cursor);
        return CXChildVisit_Continue;
    case CXCursor_StringLiteral:
        /* A string that initialises an array is its content; decayed to a pointer, it is a pointee. */
        if (clang_getCursorKind(parent) == CXCursor_UnexposedExpr) {
            uint32_t index = front_string(visit->front, cursor);
            add(visit, IR_BASE_STRING, index,
                g_array_index(visit->front->string_list, struct ir_string, index).type);
        }
        return CXChildVisit_Continue;
    case CXCursor_CompoundLiteralExpr:
        add_compound_literal(visit, cursor);
        return CXChildVisit_Continue;
    case CXCursor_UnaryExpr: /* sizeof, _Alignof */
        return CXChildVisit_Continue;
    default:
        return CXChildVisit_Recurse;
    }
}

static void read_pointees(struct front *front, struct ir_global *global, CXCursor init)
{
    struct pointee_visit visit = {front, global, g_array_new(FALSE, FALSE, sizeof(struct ir_place))};

    if (clang_getCursorKind(init) == CXCursor_CompoundLiteralExpr ||
        visit_init(init, clang_getNullCursor(), &visit) == CXChildVisit_Recurse)
        clang_visitChildren(init, visit_init, &visit);
    global->pointees = arena_copy(front->arena, visit.places->data,
                                  visit.places->len * sizeof(struct ir_place));
    global->pointee_count = visit.places->len;
    g_array_free(visit.places, TRUE);
}

void front_read_initializer(struct front *front, CXCursor variable)
{
    uint32_t index = front_global(front, variable);

    read_pointees(front, g_ptr_array_index(front->global_list, index),
                  clang_Cursor_getVarDeclInitializer(variable));
}
