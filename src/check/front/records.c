/*
 * Structs, unions and enums: their fields with bit widths, notes and traits, and the way from a record to a
 * field that lies in an anonymous member.
 */
#include "front/records.h"

#include <string.h>

static const struct {
    const char *note;
    unsigned trait;
} traits[] = {
    {"send", IR_TRAIT_SEND},         {"sync", IR_TRAIT_SYNC}, {"not_send", IR_TRAIT_NOT_SEND},
    {"not_sync", IR_TRAIT_NOT_SYNC}, {"cell", IR_TRAIT_CELL}, {"scope", IR_TRAIT_SCOPE},
    {"slice", IR_TRAIT_SLICE},       {"lock", IR_TRAIT_LOCK},
};

static void read_record_notes(struct front *front, CXCursor definition, struct front_record *record)
{
    const char *const *notes = front_notes(front, definition);

    front->unit->is_annotated |= notes[0] != NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(traits); i++)
        if (ir_note(notes, traits[i].note))
            record->record->traits |= traits[i].trait;
    for (; *notes; notes++)
        if (g_str_has_prefix(*notes, "handle."))
            record->handle = *notes + strlen("handle.");
}

static enum CXVisitorResult visit_field(CXCursor cursor, CXClientData data)
{
    g_array_append_val((GArray *)data, cursor);
    return CXVisit_Continue;
}

static void read_field_notes(struct front *front, CXCursor cursor, struct ir_field *field)
{
    const char *const *notes = front_notes(front, cursor);
    const char *guard = ir_note(notes, "guarded_by");

    field->notes = notes;
    if (!guard) {
        guard = ir_note(notes, "shared_guarded_by");
        field->guarded_shared = guard != NULL;
    }
    field->guarded_by = guard;
}

static struct ir_field make_field(struct front *front, CXCursor cursor)
{
    CXType type = clang_getCursorType(cursor);
    struct ir_field field = {
        .name = front_take_text(front, clang_getCursorSpelling(cursor)),
        .type = front_type(front, type),
        .bit_width = clang_Cursor_isBitField(cursor) ? clang_getFieldDeclBitWidth(cursor) : -1,
    };

    /* Newer libclangs give an unnamed member a name that says so. */
    if (field.name && strchr(field.name, '('))
        field.name = NULL;
    field.type_name = front->is_system ? field.type->name : front_type_name(front, type);
    field.span = front_name_span(front, cursor);
    read_field_notes(front, cursor, &field);
    return field;
}

/* The record that `type` is, if it is one. */
static struct front_record *record_of(struct front *front, const struct ir_type *type)
{
    return type->kind == IR_TYPE_RECORD ? g_hash_table_lookup(front->records, type->record) : NULL;
}

static void make_fields(struct front *front, CXType type, struct front_record *info)
{
    GArray *cursors = g_array_new(FALSE, FALSE, sizeof(CXCursor));
    struct ir_record *record = info->record;

    clang_Type_visitFields(type, visit_field, cursors);
    record->field_count = cursors->len;
    record->fields = ARENA_ARRAY(front->arena, struct ir_field, cursors->len);
    for (guint i = 0; i < cursors->len; i++) {
        CXCursor cursor = g_array_index(cursors, CXCursor, i);
        /* Filled in one by one: a field's type may lead back here, and sees what there is so far. */
        g_hash_table_insert(front->fields, (void *)cursor.data[0], GUINT_TO_POINTER(i + 1));
        record->fields[i] = (struct ir_field){.type = front_void_type(front), .bit_width = -1};
        struct ir_field field = make_field(front, cursor);
        record->fields[i] = field;
        struct front_record *inner = field.name ? NULL : record_of(front, field.type);
        if (inner && inner->is_anonymous) {
            inner->parent = info;
            inner->index_in_parent = i;
        }
    }
    if (cursors->len && !record->is_union) {
        const struct ir_field *last = &record->fields[cursors->len - 1];
        record->has_flexible_array = last->type->kind == IR_TYPE_ARRAY &&
                                     (last->type->count == IR_COUNT_UNKNOWN || last->type->count == 0);
    }
    g_array_free(cursors, TRUE);
}

struct ir_record *front_make_record(struct front *front, CXType type, struct ir_type *node)
{
    CXCursor decl = clang_getTypeDeclaration(type);
    CXCursor definition = clang_getCursorDefinition(decl);
    struct front_record *info = ARENA_NEW(front->arena, struct front_record);
    struct ir_record *record = ARENA_NEW(front->arena, struct ir_record);
    bool was_system = front->is_system;

    info->record = record;
    node->record = record;
    g_hash_table_insert(front->records, record, info);
    record->is_complete = !clang_Cursor_isNull(definition);
    if (record->is_complete)
        decl = definition;
    record->is_union = clang_getCursorKind(decl) == CXCursor_UnionDecl;
    record->span = front_name_span(front, decl);
    info->is_anonymous = clang_Cursor_isAnonymousRecordDecl(decl);
    if (!clang_Cursor_isAnonymous(decl))
        record->tag = front_take_text(front, clang_getCursorSpelling(decl));
    /* A struct without a tag is spelled as its typedef; the tag's spelling is then the same word. */
    if (record->tag && (strchr(record->tag, '(') || strcmp(record->tag, node->name) == 0))
        record->tag = NULL;
    read_record_notes(front, decl, info);
    if (record->is_complete) {
        front->is_system = clang_Location_isInSystemHeader(clang_getCursorLocation(decl));
        make_fields(front, type, info);
        front->is_system = was_system;
    }
    return record;
}

const char *front_handle_tag(struct front *front, const struct ir_record *record)
{
    struct front_record *info = g_hash_table_lookup(front->records, record);

    return info ? info->handle : NULL;
}

static enum CXChildVisitResult visit_enumerator(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    if (clang_getCursorKind(cursor) == CXCursor_EnumConstantDecl)
        g_array_append_val((GArray *)data, cursor);
    return CXChildVisit_Continue;
}

struct ir_enumeration *front_make_enumeration(struct front *front, CXType type)
{
    CXCursor decl = clang_getTypeDeclaration(type);
    CXCursor definition = clang_getCursorDefinition(decl);
    struct ir_enumeration *made = ARENA_NEW(front->arena, struct ir_enumeration);
    GArray *cursors = g_array_new(FALSE, FALSE, sizeof(CXCursor));

    if (!clang_Cursor_isNull(definition))
        clang_visitChildren(definition, visit_enumerator, cursors);
    if (!clang_Cursor_isAnonymous(decl))
        made->tag = front_take_text(front, clang_getCursorSpelling(decl));
    if (made->tag && strchr(made->tag, '('))
        made->tag = NULL;
    made->value_count = cursors->len;
    made->values = ARENA_ARRAY(front->arena, int64_t, cursors->len);
    made->names = ARENA_ARRAY(front->arena, const char *, cursors->len);
    for (guint i = 0; i < cursors->len; i++) {
        CXCursor cursor = g_array_index(cursors, CXCursor, i);
        made->values[i] = clang_getEnumConstantDeclValue(cursor);
        made->names[i] = front_take_text(front, clang_getCursorSpelling(cursor));
    }
    g_array_free(cursors, TRUE);
    return made;
}

/* An anonymous record learns where it is when the one around it is made. */
static void make_outer_records(struct front *front, const struct front_record *info, CXCursor record)
{
    const struct front_record *at = info;

    while (at && at->is_anonymous)
        at = at->parent;
    if (at)
        return;
    for (;;) {
        record = clang_getCursorSemanticParent(record);
        enum CXCursorKind kind = clang_getCursorKind(record);
        if (kind != CXCursor_StructDecl && kind != CXCursor_UnionDecl)
            return;
        front_type(front, clang_getCursorType(record));
    }
}

size_t front_field_path(struct front *front, CXCursor field, const struct ir_record **ret_records,
                        uint32_t *ret_indices, size_t capacity)
{
    CXCursor parent = clang_getCursorSemanticParent(field);
    const struct ir_type *type = front_type(front, clang_getCursorType(parent));
    struct front_record *info = record_of(front, type);
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(front->fields, field.data[0]));
    size_t depth = 0;

    if (!info || number == 0)
        return 0;
    make_outer_records(front, info, parent);

    struct front_record *path[16];
    for (struct front_record *at = info; at && depth < G_N_ELEMENTS(path); at = at->parent)
        path[depth++] = at;
    if (depth > capacity)
        return 0;
    for (size_t i = 0; i < depth; i++) {
        ret_records[i] = path[depth - 1 - i]->record;
        ret_indices[i] = i + 1 < depth ? path[depth - 2 - i]->index_in_parent : number - 1;
    }
    return depth;
}
