/*
 * Cells. A struct's own cell stands for every pointer in it whose field has no cell of its own; storing to
 * the whole therefore forgets the fields, and reading a field falls back to what it is part of.
 */
#include "analysis/origins/origin_parts.h"

#include <string.h>

bool origin_type_may_hold(const struct ir_type *type)
{
    switch (type->kind) {
    case IR_TYPE_POINTER:
        return type->target->kind != IR_TYPE_FUNCTION;
    case IR_TYPE_HANDLE:
    case IR_TYPE_BLOCK:
    case IR_TYPE_OTHER:
        return true;
    case IR_TYPE_INT:
        return type->bits >= 64 || (type->bits == 0 && type->size >= sizeof(void *));
    case IR_TYPE_ARRAY:
    case IR_TYPE_ATOMIC:
        return origin_type_may_hold(type->target);
    case IR_TYPE_RECORD:
        for (size_t i = 0; i < type->record->field_count; i++)
            if (origin_type_may_hold(type->record->fields[i].type))
                return true;
        return false;
    default:
        return false;
    }
}

void origin_state_set(struct origin_state *state, const struct origin *cell, const struct origin_set *set)
{
    if (cell->id >= state->count) {
        uint32_t count = MAX(cell->id + 1, state->count * 2);
        state->cells = g_renew(const struct origin_set *, state->cells, count);
        memset(state->cells + state->count, 0, (count - state->count) * sizeof state->cells[0]);
        state->count = count;
    }
    state->cells[cell->id] = set;
}

static const struct origin_set *stored(const struct origin_state *state, const struct origin *cell)
{
    return cell->id < state->count ? state->cells[cell->id] : NULL;
}

/* An integer may hold an address or a thread's identity; only what came from outside is named. */
static bool is_named(const struct ir_type *type)
{
    return !type || (type->kind == IR_TYPE_INT && origin_type_may_hold(type)) || type->kind == IR_TYPE_POINTER || type->kind == IR_TYPE_HANDLE || type->kind == IR_TYPE_BLOCK ||
           type->kind == IR_TYPE_RECORD || type->kind == IR_TYPE_ARRAY || type->kind == IR_TYPE_ATOMIC;
}

static const struct origin *global_place_origin(struct origins *o, const struct ir_place *place)
{
    enum origin_kind kind = place->base == IR_BASE_GLOBAL     ? ORIGIN_GLOBAL
                            : place->base == IR_BASE_STRING   ? ORIGIN_STRING
                            : place->base == IR_BASE_FUNCTION ? ORIGIN_FUNCTION
                                                              : ORIGIN_UNKNOWN;
    const struct origin *origin = origin_base(o, kind, place->base_index);
    for (uint32_t i = 0; i < place->projection_count; i++)
        if (place->projections[i].kind == IR_PROJ_FIELD)
            origin = origin_field(o, origin, place->projections[i].record, place->projections[i].index);
    return origin;
}

/* What a global's pointers lead to: its initialiser, and for a variable whatever was stored since. */
static const struct origin_set *initial_of_global(struct origins *o, const struct origin *cell,
                                                  const struct ir_global *global)
{
    const struct origin_set *set = o->empty;
    for (uint32_t i = 0; i < global->pointee_count; i++)
        set = origin_set_add(o, set, global_place_origin(o, &global->pointees[i]));
    if (!ir_type_is_constant(global->type) || (set->count == 0 && !global->is_defined))
        set = origin_set_add(o, set, origin_deref(o, cell, false));
    return set->count > 0 ? set : o->null_set;
}

/* What a cell holds at the function's entry. */
static const struct origin_set *initial(struct origins *o, const struct origin *cell, const struct ir_type *type)
{
    const struct origin *root = origin_root(cell);
    if (root->kind <= ORIGIN_FUNCTION)
        return o->unknown_set;
    if (!is_named(type))
        return o->empty;
    if (origin_is_direct(cell)) {
        if (root->kind == ORIGIN_GLOBAL)
            return initial_of_global(o, cell, o->unit->globals[root->index]);
        if (root->kind == ORIGIN_LOCAL && o->fn->locals[root->index].kind != IR_LOCAL_PARAM)
            return o->empty;
    }
    return origin_set_of(o, origin_deref(o, cell, false));
}

const struct origin_set *origin_state_get(struct origins *o, const struct origin_state *state,
                                          const struct origin *cell, const struct ir_type *type)
{
    if (cell->kind <= ORIGIN_FUNCTION)
        return o->unknown_set;
    for (const struct origin *at = cell;; at = at->parent) {
        const struct origin_set *set = stored(state, at);
        if (set)
            return set;
        if (at->kind != ORIGIN_FIELD)
            return initial(o, cell, type);
    }
}

void origin_state_overwrite(struct origins *o, struct origin_state *state, const struct origin *cell,
                            const struct origin_set *set)
{
    for (uint32_t id = 0; id < state->count; id++)
        if (state->cells[id] && origin_is_inside(g_ptr_array_index(o->list, id), cell))
            state->cells[id] = NULL;
    origin_state_set(state, cell, set);
}

/* The cell in `to` that corresponds to `cell` in `from`. */
static const struct origin *rebase(struct origins *o, const struct origin *cell, const struct origin *from,
                                   const struct origin *to)
{
    if (cell == from)
        return to;
    return origin_field(o, rebase(o, cell->parent, from, to), cell->record, cell->index);
}

void origin_state_copy_tree(struct origins *o, struct origin_state *state, const struct origin *to,
                            const struct origin_state *from_state, const struct origin *from, bool weak)
{
    struct { const struct origin *cell; const struct origin_set *set; } *copies;
    GArray *list = g_array_new(FALSE, FALSE, sizeof *copies);
    for (uint32_t id = 0; id < from_state->count; id++) {
        const struct origin *cell = from_state->cells[id] ? g_ptr_array_index(o->list, id) : NULL;
        if (cell && cell != from && origin_is_inside(cell, from)) {
            const struct origin *dest = rebase(o, cell, from, to);
            const struct origin_set *set = from_state->cells[id];
            if (weak)
                set = origin_set_join(o, set, origin_state_get(o, state, dest, NULL));
            g_array_set_size(list, list->len + 1);
            copies = (void *)list->data;
            copies[list->len - 1].cell = dest;
            copies[list->len - 1].set = set;
        }
    }
    const struct origin_set *whole = origin_state_get(o, from_state, from, NULL);
    if (weak)
        origin_state_set(state, to, origin_set_join(o, whole, origin_state_get(o, state, to, NULL)));
    else
        origin_state_overwrite(o, state, to, whole);
    copies = (void *)list->data;
    for (guint i = 0; i < list->len; i++)
        origin_state_set(state, copies[i].cell, copies[i].set);
    g_array_free(list, TRUE);
}

/* A cell that only one side knows held its initial value on the other, which a copy of the fallback gives. */
bool origin_state_join(struct origins *o, struct origin_state *into, const struct origin_state *from)
{
    if (!from->reached)
        return false;
    bool grew = !into->reached;
    if (!into->reached) {
        into->reached = true;
        for (uint32_t id = 0; id < from->count; id++)
            if (from->cells[id])
                origin_state_set(into, g_ptr_array_index(o->list, id), from->cells[id]);
        return true;
    }
    for (uint32_t id = 0; id < MAX(into->count, from->count); id++) {
        const struct origin_set *a = id < into->count ? into->cells[id] : NULL;
        const struct origin_set *b = id < from->count ? from->cells[id] : NULL;
        if (a == b)
            continue;
        const struct origin *cell = g_ptr_array_index(o->list, id);
        const struct ir_type *type = origin_type(o, cell);
        const struct origin_set *mine = a ? a : origin_state_get(o, into, cell, type);
        const struct origin_set *theirs = b ? b : origin_state_get(o, from, cell, type);
        const struct origin_set *both = origin_set_join(o, mine, theirs);
        if (both != a) {
            origin_state_set(into, cell, both);
            grew = true;
        }
    }
    return grew;
}
