#include "analysis/traits/type_spelling.h"

#include <glib.h>
#include <string.h>

/* The library's cells are structs without a name; what their data field says tells which. */
static const char *cell_name(const struct ir_record *record)
{
    if (record->tag || record->field_count < 2 || !record->fields[0].name)
        return NULL;
    const struct ir_field *data = &record->fields[0];
    if (strcmp(data->name, "fl_data") != 0)
        return NULL;
    const struct ir_type *state = record->fields[1].type->unqualified;
    const char *tag = state->kind == IR_TYPE_RECORD && state->record->tag ? state->record->tag : "";
    if (data->guarded_by && !data->guarded_shared)
        return "fl_mutex";
    if (data->guarded_by)
        return strcmp(tag, "fl_once") == 0 ? "fl_once_cell" : "fl_rwlock";
    if (record->traits & IR_TRAIT_CELL)
        return strcmp(tag, "fl_borrows_") == 0 ? "fl_refcell" : "fl_cell";
    return NULL;
}

static bool is_good_spelling(const char *text)
{
    return text && !strstr(text, "typeof") && !strstr(text, "unnamed");
}

/*
 * A struct without a tag has no name of its own, but somebody declared a variable or a field with it: as
 * `counter`, as `fl_rc(counter)`. Looked up for messages only.
 */
static const char *declared_spelling(const struct ir_unit *unit, const struct ir_type *type)
{
    for (uint32_t f = 0; f < unit->function_count; f++) {
        const struct ir_function *fn = unit->functions[f];
        for (uint32_t i = 0; i < fn->local_count; i++)
            if (fn->locals[i].type->unqualified == type && is_good_spelling(fn->locals[i].type_name))
                return fn->locals[i].type_name;
    }
    for (uint32_t g = 0; g < unit->global_count; g++)
        if (unit->globals[g]->type->unqualified == type && is_good_spelling(unit->globals[g]->type_name))
            return unit->globals[g]->type_name;
    return NULL;
}

/* `bad_cell` out of the `fl_arc(bad_cell)` that somebody declared. */
static const char *spelling_in_handle(const struct ir_unit *unit, struct arena *arena, const struct ir_type *type)
{
    for (uint32_t f = 0; f < unit->function_count; f++) {
        const struct ir_function *fn = unit->functions[f];
        for (uint32_t i = 0; i < fn->local_count; i++) {
            const struct ir_type *local = fn->locals[i].type;
            const char *name = fn->locals[i].type_name;
            if (local->kind != IR_TYPE_HANDLE || local->target->unqualified != type || !is_good_spelling(name))
                continue;
            const char *open = strchr(name, '('), *close = strrchr(name, ')');
            if (open && close && close > open)
                return arena_strndup(arena, open + 1, (size_t)(close - open - 1));
        }
    }
    return NULL;
}

/* Without the `const` of a variable that was declared with it. */
static const char *without_quals(const char *text)
{
    static const char *const quals[] = {"const ", "volatile "};
    for (size_t i = 0; i < G_N_ELEMENTS(quals); i++)
        if (g_str_has_prefix(text, quals[i]))
            text += strlen(quals[i]);
    return text;
}

const char *type_spelling(const struct ir_unit *unit, const struct ir_type *type)
{
    struct arena *arena = unit->arena;
    bool nameless = type->kind == IR_TYPE_RECORD && (!type->name || strchr(type->name, '('));
    if (nameless || type->kind == IR_TYPE_HANDLE) {
        const char *spelling = declared_spelling(unit, type->unqualified);
        if (spelling)
            return without_quals(spelling);
    }
    if (type->kind == IR_TYPE_HANDLE)
        return arena_printf(arena, "%s(%s)", type->handle_name ? type->handle_name : "handle",
                            type_spelling(unit, type->target));
    if (nameless) {
        const char *spelling = spelling_in_handle(unit, arena, type->unqualified);
        if (spelling)
            return spelling;
        const char *cell = cell_name(type->record);
        if (cell)
            return arena_printf(arena, "%s(%s)", cell, type_spelling(unit, type->record->fields[0].type));
    }
    if (type->kind == IR_TYPE_POINTER && type->target->kind == IR_TYPE_POINTER)
        return arena_printf(arena, "%s*", type_spelling(unit, type->target));
    if (type->kind == IR_TYPE_POINTER && type->target->kind != IR_TYPE_FUNCTION && type->target->kind != IR_TYPE_ARRAY)
        return arena_printf(arena, "%s *", type_spelling(unit, type->target));
    if (nameless)
        return type->record->is_union ? "union { ... }" : "struct { ... }";
    return type->name ? type->name : "a type without a name";
}
