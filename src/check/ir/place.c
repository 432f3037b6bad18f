#include <glib.h>
#include <inttypes.h>

#include "ir/ir.h"

static bool projection_equal(const struct ir_projection *a, const struct ir_projection *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case IR_PROJ_FIELD:
        return a->index == b->index && a->record == b->record;
    case IR_PROJ_INDEX:
    case IR_PROJ_CONST_INDEX:
        return a->index == b->index;
    default:
        return true;
    }
}

bool ir_place_is_prefix(const struct ir_place *a, const struct ir_place *b)
{
    if (a->base != b->base || a->base_index != b->base_index ||
        a->projection_count > b->projection_count)
        return false;
    for (uint32_t i = 0; i < a->projection_count; i++)
        if (!projection_equal(&a->projections[i], &b->projections[i]))
            return false;
    return true;
}

bool ir_place_equal(const struct ir_place *a, const struct ir_place *b)
{
    return a->projection_count == b->projection_count && ir_place_is_prefix(a, b);
}

bool ir_place_has_deref(const struct ir_place *place)
{
    for (uint32_t i = 0; i < place->projection_count; i++)
        if (place->projections[i].kind == IR_PROJ_DEREF)
            return true;
    return false;
}

static const char *local_name(const struct ir_function *fn, uint32_t index)
{
    const struct ir_local *local = &fn->locals[index];

    return local->hidden ? NULL : local->name;
}

static const char *base_name(const struct ir_unit *unit, const struct ir_function *fn,
                             const struct ir_place *place)
{
    switch (place->base) {
    case IR_BASE_LOCAL:
        return local_name(fn, place->base_index);
    case IR_BASE_GLOBAL: {
        const char *name = unit->globals[place->base_index]->name;
        return *name ? name : NULL;
    }
    case IR_BASE_FUNCTION:
        return unit->functions[place->base_index]->name;
    case IR_BASE_STRING:
        return NULL;
    }
    return NULL;
}

/* `*p` becomes `(*p)` before [ ] or . is put behind it. */
static void end_prefix(GString *text)
{
    if (text->str[0] == '*') {
        g_string_prepend_c(text, '(');
        g_string_append_c(text, ')');
    }
}

static void describe_index(GString *text, const struct ir_function *fn,
                           const struct ir_projection *at)
{
    end_prefix(text);
    if (at->kind == IR_PROJ_CONST_INDEX) {
        g_string_append_printf(text, "[%" PRIu32 "]", at->index);
        return;
    }
    const char *name = at->kind == IR_PROJ_INDEX ? local_name(fn, at->index) : NULL;
    g_string_append_printf(text, "[%s]", name ? name : "_");
}

static void describe_field(GString *text, const struct ir_projection *at, bool *through_pointer)
{
    const char *name = at->record->fields[at->index].name;

    if (!name)
        return; /* the members of an anonymous struct are named as if they were the outer one's */
    if (!*through_pointer)
        end_prefix(text);
    g_string_append_printf(text, "%s%s", *through_pointer ? "->" : ".", name);
    *through_pointer = false;
}

static bool is_void_pointer(const struct ir_type *type)
{
    return type->kind == IR_TYPE_POINTER && type->target->kind == IR_TYPE_VOID;
}

/* `j = arg` for a j that gets no other value. */
static uint32_t unpacked_into(const struct ir_function *fn, uint32_t param)
{
    uint32_t found = param;
    for (uint32_t b = 0; b < fn->block_count; b++)
        for (uint32_t i = 0; i < fn->blocks[b].statement_count; i++) {
            const struct ir_statement *st = &fn->blocks[b].statements[i];
            const struct ir_operand *from = st->value.operands;
            if (st->kind != IR_ST_ASSIGN || st->place.base != IR_BASE_LOCAL || st->place.projection_count > 0)
                continue;
            if (st->place.base_index == param || (found != param && st->place.base_index == found))
                return param; /* it moves on */
            bool unpacks = (st->value.kind == IR_RV_CAST || st->value.kind == IR_RV_USE) && from->kind != IR_OPERAND_CONST &&
                           from->place.base == IR_BASE_LOCAL && from->place.base_index == param &&
                           from->place.projection_count == 0 && st->place.type->kind == IR_TYPE_POINTER &&
                           fn->locals[st->place.base_index].kind == IR_LOCAL_VARIABLE;
            if (unpacks && found != param)
                return param; /* two names for it */
            if (unpacks)
                found = st->place.base_index;
        }
    return found;
}

const char *ir_pointer_name(const struct ir_function *fn, uint32_t local)
{
    if (fn->locals[local].kind == IR_LOCAL_PARAM && is_void_pointer(fn->locals[local].type))
        local = unpacked_into(fn, local);
    return fn->locals[local].hidden ? NULL : fn->locals[local].name;
}

const char *ir_place_describe(const struct ir_unit *unit, const struct ir_function *fn,
                              const struct ir_place *place, struct arena *arena)
{
    const char *base = base_name(unit, fn, place);
    bool through_pointer = false; /* a deref that the next field shows as -> */

    if (!base)
        return NULL;
    GString *text = g_string_new(base);
    for (uint32_t i = 0; i < place->projection_count; i++) {
        const struct ir_projection *at = &place->projections[i];
        switch (at->kind) {
        case IR_PROJ_DEREF:
            if (through_pointer)
                g_string_prepend_c(text, '*');
            through_pointer = false;
            if (at->index == 1) {
                end_prefix(text);
                g_string_append(text, "[0]");
            } else if (i + 1 < place->projection_count && at[1].kind == IR_PROJ_FIELD) {
                end_prefix(text);
                through_pointer = true;
            } else {
                g_string_prepend_c(text, '*');
            }
            break;
        case IR_PROJ_FIELD:
            describe_field(text, at, &through_pointer);
            break;
        case IR_PROJ_INDEX:
        case IR_PROJ_CONST_INDEX:
        case IR_PROJ_SOME_INDEX:
            describe_index(text, fn, at);
            break;
        case IR_PROJ_PART:
            break;
        }
    }
    if (through_pointer) /* the last field was an anonymous one */
        g_string_prepend_c(text, '*');
    char *result = arena_strndup(arena, text->str, text->len);
    g_string_free(text, TRUE);
    return result;
}
