/*
 * Cells. A struct's own cell stands for every pointer in it whose field has no cell of its own; storing to
 * the whole therefore forgets the fields, and reading a field falls back to what it is part of.
 */
#include "analysis/origins/origin_parts.h"

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
    shared_array_set(&state->cells, cell->id, set);
}

void origin_state_copy(struct origin_state *to, const struct origin_state *from)
{
    shared_array_copy(&to->cells, &from->cells);
    to->reached = from->reached;
}

void origin_state_clear(struct origin_state *state)
{
    shared_array_clear(&state->cells);
    state->reached = false;
}

bool origin_state_next(const struct origins *o, const struct origin_state *state, uint32_t *id,
                       const struct origin **cell, const struct origin_set **set)
{
    const void *stored;
    if (!shared_array_next(&state->cells, id, &stored))
        return false;
    *cell = g_ptr_array_index(o->list, *id);
    *set = stored;
    return true;
}

const struct origin_set *origin_state_stored(const struct origin_state *state, const struct origin *cell)
{
    return shared_array_get(&state->cells, cell->id);
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
    if (origin_is_number(o, o->numbers, cell)) {
        const struct origin_set *set = origin_state_stored(state, cell);
        return set ? set : o->empty;
    }
    for (const struct origin *at = cell;; at = at->parent) {
        const struct origin_set *set = origin_state_stored(state, at);
        if (set)
            return set;
        if (at->kind != ORIGIN_FIELD)
            return initial(o, cell, type);
    }
}

void origin_state_overwrite(struct origins *o, struct origin_state *state, const struct origin *cell,
                            const struct origin_set *set)
{
    (void)o;
    for (const struct origin *part = cell; part; part = origin_next_part(part, cell))
        origin_state_set(state, part, NULL);
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
    for (const struct origin *cell = from; (cell = origin_next_part(cell, from));) {
        const struct origin_set *set = origin_state_stored(from_state, cell);
        if (set) {
            const struct origin *dest = rebase(o, cell, from, to);
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

struct joining {
    struct origins *o;
    struct origin_state *into;
    const struct origin_state *from;
    bool grew;
};

/* A cell that only one side knows held its initial value on the other, which a copy of the fallback gives. */
static void join_cell(void *ctx, uint32_t id, const void *a, const void *b)
{
    struct joining *j = ctx;
    const struct origin *cell = g_ptr_array_index(j->o->list, id);
    const struct ir_type *type = origin_type(j->o, cell);
    const struct origin_set *mine = a ? a : origin_state_get(j->o, j->into, cell, type);
    const struct origin_set *theirs = b ? b : origin_state_get(j->o, j->from, cell, type);
    const struct origin_set *both = origin_set_join(j->o, mine, theirs);
    if (both != a) {
        origin_state_set(j->into, cell, both);
        j->grew = true;
    }
}

bool origin_state_join(struct origins *o, struct origin_state *into, const struct origin_state *from)
{
    if (!from->reached)
        return false;
    if (!into->reached) {
        origin_state_copy(into, from);
        return true;
    }
    struct joining j = {o, into, from, false};
    struct origin_state before = {0};
    origin_state_copy(&before, into);
    shared_array_differences(&before.cells, &from->cells, join_cell, &j);
    origin_state_clear(&before);
    return j.grew;
}
