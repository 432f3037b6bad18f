/*
 * What places and values lead to, and what statements do to the cells.
 */
#include "analysis/origins/origin_parts.h"

const struct origin_set *origin_set_field(struct origins *o, const struct origin_set *set,
                                          const struct ir_projection *proj)
{
    const struct origin_set *result = o->empty;
    for (uint32_t i = 0; i < set->count; i++)
        result = origin_set_add(o, result, origin_field(o, set->items[i], proj->record, proj->index));
    return result;
}

/* The type of a place without its last `count - n` projections. */
static const struct ir_type *prefix_type(const struct origins *o, const struct ir_place *place, uint32_t n)
{
    if (n > 0)
        return place->projections[n - 1].type;
    switch (place->base) {
    case IR_BASE_LOCAL:
        return o->fn->locals[place->base_index].type;
    case IR_BASE_GLOBAL:
        return o->unit->globals[place->base_index]->type;
    default:
        return place->projection_count == 0 ? place->type : NULL;
    }
}

/* Is the pointer at the place's first n projections owned by the struct it is in? */
static bool is_owned_field(const struct origins *o, const struct ir_place *place, uint32_t n)
{
    while (n > 0 && place->projections[n - 1].kind != IR_PROJ_FIELD) {
        if (place->projections[n - 1].kind == IR_PROJ_DEREF)
            return false;
        n--; /* an element of an array field */
    }
    if (n == 0)
        return false;
    const struct ir_type *container = prefix_type(o, place, n - 1);
    return container && traits_field_is_owning(o->traits, container, place->projections[n - 1].record,
                                               place->projections[n - 1].index);
}

static const struct origin_set *load(struct origins *o, const struct origin_state *state,
                                     const struct origin_set *cells, const struct ir_place *place, uint32_t n, bool owned)
{
    const struct ir_type *type = prefix_type(o, place, n);
    const struct origin_set *result = o->empty;
    for (uint32_t i = 0; i < cells->count; i++)
        result = owned ? origin_set_add(o, result, origin_deref(o, cells->items[i], true))
                       : origin_set_join(o, result, origin_state_get(o, state, cells->items[i], type));
    return result;
}

const struct origin_set *origins_place(struct origins *o, const struct origin_state *state,
                                       const struct ir_place *place)
{
    static const enum origin_kind kinds[] = {
        [IR_BASE_LOCAL] = ORIGIN_LOCAL,
        [IR_BASE_GLOBAL] = ORIGIN_GLOBAL,
        [IR_BASE_STRING] = ORIGIN_STRING,
        [IR_BASE_FUNCTION] = ORIGIN_FUNCTION,
    };
    const struct origin_set *cells = origin_set_of(o, origin_base(o, kinds[place->base], place->base_index));
    for (uint32_t i = 0; i < place->projection_count; i++) {
        const struct ir_projection *proj = &place->projections[i];
        if (proj->kind == IR_PROJ_FIELD)
            cells = origin_set_field(o, cells, proj);
        else if (proj->kind == IR_PROJ_DEREF)
            cells = load(o, state, cells, place, i, is_owned_field(o, place, i));
    }
    return cells;
}

const struct origin_set *origins_value(struct origins *o, const struct origin_state *state,
                                       const struct ir_operand *operand)
{
    if (operand->kind == IR_OPERAND_CONST)
        return operand->type && operand->type->kind == IR_TYPE_POINTER ? o->null_set : o->empty;
    if (!origin_type_may_hold(operand->place.type))
        return o->empty;
    /* what is moved out of a field is no longer the struct's */
    uint32_t n = operand->place.projection_count;
    bool owned = operand->kind != IR_OPERAND_MOVE && is_owned_field(o, &operand->place, n);
    return load(o, state, origins_place(o, state, &operand->place), &operand->place, n, owned);
}

/* ----------------------------------------------------------------------------------------- statements */

/* What a parameter points to, named by the parameter: one object, as long as nobody moves the pointer on. */
static bool is_behind_parameter(const struct origins *o, const struct origin *cell, const struct ir_place *place)
{
    if (place->base != IR_BASE_LOCAL || place->projection_count == 0 || place->projections[0].kind != IR_PROJ_DEREF)
        return false;
    const struct ir_local *local = &o->fn->locals[place->base_index];
    if (local->kind != IR_LOCAL_PARAM || local->address_taken || o->reassigned[place->base_index])
        return false;
    while (cell->kind == ORIGIN_FIELD)
        cell = cell->parent;
    return (cell->kind == ORIGIN_DEREF || cell->kind == ORIGIN_OWNED) && cell->parent->kind == ORIGIN_LOCAL;
}

bool origins_overwrite(const struct origins *o, const struct origin_set *cells, const struct ir_place *place)
{
    if (cells->count != 1)
        return false;
    for (uint32_t i = 0; i < place->projection_count; i++)
        if (place->projections[i].kind != IR_PROJ_FIELD && place->projections[i].kind != IR_PROJ_DEREF)
            return false;
    const struct origin *cell = cells->items[0], *root = origin_root(cell);
    if (origin_is_direct(cell))
        return root->kind == ORIGIN_LOCAL || root->kind == ORIGIN_GLOBAL;
    return is_behind_parameter(o, cell, place);
}

void origins_store(struct origins *o, struct origin_state *state, const struct ir_place *place,
                  const struct origin_set *set)
{
    const struct origin_set *cells = origins_place(o, state, place);
    bool strong = origins_overwrite(o, cells, place);
    for (uint32_t i = 0; i < cells->count; i++) {
        const struct origin *cell = cells->items[i];
        if (cell->kind <= ORIGIN_FUNCTION)
            continue;
        if (strong)
            origin_state_overwrite(o, state, cell, set);
        else
            origin_state_set(state, cell, origin_set_join(o, set, origin_state_get(o, state, cell, place->type)));
    }
}

bool origin_type_is_aggregate(const struct ir_type *type)
{
    return type->kind == IR_TYPE_RECORD || type->kind == IR_TYPE_ARRAY;
}

static void copy_aggregate(struct origins *o, struct origin_state *state, const struct ir_place *to,
                           const struct ir_place *from)
{
    const struct origin_set *dest = origins_place(o, state, to);
    const struct origin_set *source = origins_place(o, state, from);
    bool weak = !origins_overwrite(o, dest, to) || source->count != 1;
    for (uint32_t i = 0; i < dest->count; i++) {
        if (dest->items[i]->kind <= ORIGIN_FUNCTION)
            continue;
        for (uint32_t k = 0; k < source->count; k++) {
            if (source->items[k] == dest->items[i])
                continue;
            if (source->items[k]->kind <= ORIGIN_FUNCTION)
                origin_state_set(state, dest->items[i], o->unknown_set);
            else
                origin_state_copy_tree(o, state, dest->items[i], state, source->items[k], weak);
        }
    }
}

static void note_borrow(struct origins *o, const struct origin_set *set, struct span span)
{
    for (uint32_t i = 0; i < set->count; i++) {
        const struct origin *root = origin_root(set->items[i]);
        if (root->kind != ORIGIN_LOCAL || !origin_is_direct(set->items[i]))
            continue;
        gpointer key = GUINT_TO_POINTER(root->index + 1);
        struct origin_borrow borrow = {root->index, span};
        if (!g_hash_table_contains(o->borrows_seen, &borrow)) {
            g_hash_table_add(o->borrows_seen, g_memdup2(&borrow, sizeof borrow));
            GArray *spans = g_hash_table_lookup(o->borrows, key);
            if (!spans)
                g_hash_table_insert(o->borrows, key, spans = g_array_new(FALSE, FALSE, sizeof span));
            g_array_append_val(spans, span);
        }
    }
}

const struct origin_set *origins_owned_by_handle(struct origins *o, const struct origin_state *state,
                                                 const struct ir_place *handle)
{
    const struct origin_set *cells = origins_place(o, state, handle);
    const struct origin_set *result = o->empty;
    for (uint32_t i = 0; i < cells->count; i++)
        result = origin_set_add(o, result, origin_deref(o, cells->items[i], true));
    return result;
}

static const struct origin_set *carried_by(struct origins *o, const struct origin_state *state,
                                           const struct origin_set *values)
{
    const struct origin_set *result = o->empty;
    for (uint32_t i = 0; i < values->count; i++) {
        const struct origin *value = values->items[i];
        if (value->kind == ORIGIN_NULL)
            continue;
        const struct origin *cell = value->kind == ORIGIN_OWNED ? value->parent : value;
        result = origin_set_join(o, result, origin_state_get(o, state, cell, NULL));
    }
    return result->count > 0 ? result : o->null_set;
}

/* A number that was made of an address, a hash say: no address any more, though one may be made of it again. */
static bool is_scrambled(const struct ir_rvalue *value)
{
    if (value->kind != IR_RV_BINARY || value->type->kind != IR_TYPE_INT)
        return false;
    const struct ir_operand *mask = &value->operands[1];
    switch (value->binary) {
    case IR_MUL:
    case IR_DIV:
    case IR_REM:
    case IR_SHL:
    case IR_SHR:
        return true;
    case IR_AND: /* the low bits */
        return mask->kind == IR_OPERAND_CONST && mask->const_kind == IR_CONST_INT && mask->value >= 0 && mask->value <= UINT32_MAX;
    default:
        return false;
    }
}

/* `p + n`: into what p leads to, whatever the number; NULL for other values. */
static const struct ir_operand *moved_pointer(const struct ir_rvalue *value)
{
    if (value->kind != IR_RV_BINARY || (value->binary != IR_PTR_ADD && value->binary != IR_PTR_SUB))
        return NULL;
    bool is_second = value->operands[0].type && value->operands[0].type->kind == IR_TYPE_INT;
    return &value->operands[is_second ? 1 : 0];
}

/* What a number from outside is, has no name any more when it was reckoned with: it is no thread and no address. */
static const struct origin_set *without_numbers(struct origins *o, const struct origin_set *set)
{
    const struct origin_set *result = o->empty;
    for (uint32_t i = 0; i < set->count; i++) {
        const struct origin *one = set->items[i];
        const struct ir_type *type = one->kind == ORIGIN_DEREF ? origin_type(o, one->parent) : NULL;
        if (one->kind != ORIGIN_NULL && (!type || type->kind != IR_TYPE_INT))
            result = origin_set_add(o, result, one);
    }
    return result;
}

static const struct origin_set *rvalue_targets(struct origins *o, const struct origin_state *state,
                                               const struct ir_rvalue *value, struct span span)
{
    if (value->kind == IR_RV_ADDRESS_OF) {
        const struct origin_set *set = origins_place(o, state, &value->place);
        note_borrow(o, set, span);
        return set;
    }
    if (value->kind == IR_RV_BINARY && ((value->binary >= IR_EQ && value->binary <= IR_GE) || value->binary == IR_PTR_DIFF))
        return o->empty;
    if (value->kind == IR_RV_BUILTIN)
        return o->unknown_set;
    if (value->kind == IR_RV_CAST && value->operands[0].kind != IR_OPERAND_CONST) {
        bool from_handle = value->operands[0].place.type->kind == IR_TYPE_HANDLE;
        bool to_handle = value->type->kind == IR_TYPE_HANDLE;
        if (from_handle && !to_handle)
            return origins_owned_by_handle(o, state, &value->operands[0].place);
        if (to_handle && !from_handle)
            return carried_by(o, state, origins_value(o, state, &value->operands[0]));
    }
    const struct ir_operand *moved = moved_pointer(value);
    if (moved)
        return origins_value(o, state, moved);
    const struct origin_set *set = o->empty;
    for (uint32_t i = 0; i < value->operand_count; i++)
        set = origin_set_join(o, set, origins_value(o, state, &value->operands[i]));
    if (value->kind == IR_RV_BINARY && value->type->kind == IR_TYPE_INT)
        set = without_numbers(o, set);
    if (is_scrambled(value) && set->count > 0)
        return o->unknown_set;
    /* a pointer made from a number that holds no address: nobody knows, unless it is a small constant */
    if (value->kind == IR_RV_CAST && value->type->kind == IR_TYPE_POINTER && set->count == 0 &&
        value->operands[0].kind == IR_OPERAND_CONST)
        return o->null_set;
    return set;
}

static void transfer_assign(struct origins *o, struct origin_state *state, const struct ir_statement *st)
{
    const struct ir_type *type = st->place.type;
    if (!origin_type_may_hold(type))
        return;
    const struct ir_rvalue *value = &st->value;
    if (value->kind == IR_RV_USE && origin_type_is_aggregate(type) && value->operands[0].kind != IR_OPERAND_CONST) {
        copy_aggregate(o, state, &st->place, &value->operands[0].place);
        return;
    }
    origins_store(o, state, &st->place, rvalue_targets(o, state, value, st->span));
}

static void transfer_atomic(struct origins *o, struct origin_state *state, const struct ir_statement *st)
{
    const struct ir_atomic *atomic = st->atomic;
    if (atomic->has_result && origin_type_may_hold(atomic->result.type)) {
        struct ir_operand old = {.kind = IR_OPERAND_COPY, .place = st->place};
        origins_store(o, state, &atomic->result, origins_value(o, state, &old));
    }
    if (atomic->op == IR_ATOMIC_LOAD || atomic->op == IR_ATOMIC_FENCE)
        return;
    const struct origin_set *set = o->empty;
    for (uint32_t i = 0; i < atomic->operand_count; i++)
        set = origin_set_join(o, set, origins_value(o, state, &atomic->operands[i]));
    const struct origin_set *cells = origins_place(o, state, &st->place);
    for (uint32_t i = 0; i < cells->count; i++)
        if (cells->items[i]->kind > ORIGIN_FUNCTION)
            origin_state_set(state, cells->items[i],
                             origin_set_join(o, set, origin_state_get(o, state, cells->items[i], st->place.type)));
}

void origins_transfer_statement(struct origins *o, struct origin_state *state, const struct ir_statement *st)
{
    switch (st->kind) {
    case IR_ST_ASSIGN:
        transfer_assign(o, state, st);
        break;
    case IR_ST_ZERO:
    case IR_ST_DROP:
    case IR_ST_FORGET:
        if (origin_type_may_hold(st->place.type))
            origins_store(o, state, &st->place, o->null_set);
        break;
    case IR_ST_STORAGE_LIVE:
        origin_state_overwrite(o, state, origin_base(o, ORIGIN_LOCAL, st->local), o->empty);
        break;
    case IR_ST_ATOMIC:
        transfer_atomic(o, state, st);
        break;
    case IR_ST_OPAQUE:
    case IR_ST_ASM:
        for (uint32_t i = 0; i < st->opaque->write_count; i++)
            if (origin_type_may_hold(st->opaque->writes[i].type))
                origins_store(o, state, &st->opaque->writes[i], o->unknown_set);
        break;
    default:
        break;
    }
}
