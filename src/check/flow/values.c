#include "flow/values_parts.h"

/* ------------------------------------------------------------------------------------ reading locals */

static const struct value *read_at_start(struct values *values, uint32_t local, uint32_t block);

static const struct ir_type *local_type(const struct values *values, uint32_t local)
{
    return values->cfg->fn->locals[local].type;
}

static const struct value *rvalue_at(struct values *values, struct flow_point at, const struct ir_rvalue *rvalue);

static const struct value *defined_value(struct values *values, const struct value_definition *d)
{
    const struct ir_block *block = &values->cfg->fn->blocks[d->at.block];
    const struct ir_type *type = local_type(values, d->local);
    if (d->at.statement == block->statement_count) {
        if (block->terminator.kind == IR_TERM_CALL && block->terminator.call->dest.projection_count == 0)
            return value_intern(values, (struct value){ .kind = VALUE_CALL, .index = d->at.block, .type = type });
        return value_unknown_at(values, d->at, type);
    }
    const struct ir_statement *statement = &block->statements[d->at.statement];
    if (statement->place.projection_count > 0 || statement->place.base_index != d->local)
        return value_unknown_at(values, d->at, type);
    if (statement->kind == IR_ST_ASSIGN)
        return rvalue_at(values, d->at, &statement->value);
    if (statement->kind == IR_ST_ZERO)
        return value_constant(values, 0, type);
    return value_unknown_at(values, d->at, type);
}

static const struct value *value_of_definition(struct values *values, struct value_definition *d)
{
    if (!d->value)
        d->value = defined_value(values, d);
    return d->value;
}

static const struct value *read_at_end(struct values *values, uint32_t local, uint32_t block)
{
    struct value_definition *d = value_last_definition(values, local, block, UINT32_MAX);
    return d ? value_of_definition(values, d) : read_at_start(values, local, block);
}

static const struct value *entry_value(struct values *values, uint32_t local)
{
    const struct ir_function *fn = values->cfg->fn;
    const struct ir_type *type = local_type(values, local);
    if (fn->locals[local].kind == IR_LOCAL_PARAM)
        return value_intern(values, (struct value){ .kind = VALUE_PARAM, .index = local - 1, .type = type });
    return value_intern(values, (struct value){ .kind = VALUE_UNKNOWN, .index = UINT32_MAX, .number = local, .type = type });
}

/* The value that all predecessors agree on, NULL when they differ. Back edges of a loop that does not
 * change the local say nothing new. */
static const struct value *agreed_value(struct values *values, uint32_t local, uint32_t block)
{
    const struct cfg *cfg = values->cfg;
    uint32_t loop = cfg->loop_of[block];
    bool is_head = loop != CFG_NONE && cfg->loops[loop].head == block;
    if (is_head && value_defined_in_loop(values, local, loop))
        return NULL;
    const struct value *agreed = NULL;
    for (uint32_t p = 0; p < cfg->predecessors[block].count; p++) {
        uint32_t from = cfg->predecessors[block].items[p].from;
        if (is_head && cfg_dominates(cfg, block, from))
            continue;
        const struct value *v = read_at_end(values, local, from);
        if (agreed && v != agreed)
            return NULL;
        agreed = v;
    }
    return agreed;
}

static const struct value *read_at_start(struct values *values, uint32_t local, uint32_t block)
{
    const struct cfg *cfg = values->cfg;
    if (!cfg_reachable(cfg, block))
        return value_unknown_at(values, (struct flow_point){ block, UINT32_MAX }, local_type(values, local));

    uint32_t asked = block;
    const struct value *found = NULL;
    /* up a chain of single predecessors without recursion */
    for (;;) {
        gint64 key = (gint64)block << 32 | local;
        found = g_hash_table_lookup(values->at_start, &key);
        if (found || cfg->predecessors[block].count != 1 || block == 0)
            break;
        block = cfg->predecessors[block].items[0].from;
        struct value_definition *d = value_last_definition(values, local, block, UINT32_MAX);
        if (d) {
            found = value_of_definition(values, d);
            break;
        }
    }
    if (!found) {
        const struct value *phi = value_intern(values, (struct value){
                                                     .kind = VALUE_PHI,
                                                     .index = block,
                                                     .number = local,
                                                     .type = local_type(values, local),
                                                 });
        if (cfg->predecessors[block].count == 0) {
            found = entry_value(values, local);
        } else if (block == 0) {
            found = phi; /* a loop back to the very first statement */
        } else {
            gint64 *key = g_new(gint64, 1);
            *key = (gint64)block << 32 | local;
            g_hash_table_insert(values->at_start, key, (gpointer)(uintptr_t)phi); /* what a cycle finds meanwhile */
            found = agreed_value(values, local, block);
            if (!found)
                found = phi;
        }
        gint64 *key = g_new(gint64, 1);
        *key = (gint64)block << 32 | local;
        g_hash_table_replace(values->at_start, key, (gpointer)(uintptr_t)found);
    }
    gint64 *key = g_new(gint64, 1);
    *key = (gint64)asked << 32 | local;
    g_hash_table_replace(values->at_start, key, (gpointer)(uintptr_t)found);
    return found;
}

static const struct value *read_local(struct values *values, uint32_t local, struct flow_point at)
{
    struct value_definition *d = value_last_definition(values, local, at.block, at.statement);
    return d ? value_of_definition(values, d) : read_at_start(values, local, at.block);
}

/* ------------------------------------------------------------------------------------ places, operands */

static const struct value *base_address(struct values *values, const struct ir_place *place)
{
    static const enum value_kind kinds[] = {
        [IR_BASE_LOCAL] = VALUE_LOCAL,
        [IR_BASE_GLOBAL] = VALUE_GLOBAL,
        [IR_BASE_STRING] = VALUE_STRING,
        [IR_BASE_FUNCTION] = VALUE_FUNCTION,
    };
    return value_intern(values, (struct value){ .kind = kinds[place->base], .index = place->base_index });
}

/* The address of the first `count` projections of a place. */
static const struct value *address_of(struct values *values, struct flow_point at, const struct ir_place *place,
                                      uint32_t count);

static struct ir_place prefix_of(const struct ir_place *place, uint32_t count, const struct ir_function *fn,
                                 const struct ir_unit *unit)
{
    struct ir_place prefix = *place;
    prefix.projection_count = count;
    if (count > 0)
        prefix.type = place->projections[count - 1].type;
    else if (place->base == IR_BASE_LOCAL)
        prefix.type = fn->locals[place->base_index].type;
    else if (place->base == IR_BASE_GLOBAL)
        prefix.type = unit->globals[place->base_index]->type;
    return prefix;
}

static const struct value *content_of(struct values *values, struct flow_point at, const struct ir_place *place,
                                      uint32_t count)
{
    struct ir_place prefix = prefix_of(place, count, values->cfg->fn, values->cfg->unit);
    if (count == 0 && place->base == IR_BASE_LOCAL && values->followed[place->base_index])
        return read_local(values, place->base_index, at);
    const struct value *address = address_of(values, at, place, count);
    struct value load = { .kind = VALUE_LOAD, .base = address, .type = prefix.type };
    if (value_is_written(values, &prefix)) {
        load.index = at.block + 1;
        load.number = at.statement;
    }
    return value_compound(values, at, load);
}

static const struct value *element(struct values *values, struct flow_point at, const struct value *base,
                                   const struct value *index)
{
    return value_compound(values, at, (struct value){ .kind = VALUE_ELEMENT, .base = base, .operand = index });
}

static const struct value *address_of(struct values *values, struct flow_point at, const struct ir_place *place,
                                      uint32_t count)
{
    /* start behind the last pointer: everything before it is that pointer's value */
    uint32_t start = count;
    while (start > 0 && place->projections[start - 1].kind != IR_PROJ_DEREF)
        start--;
    const struct value *address = start > 0 ? content_of(values, at, place, start - 1) : base_address(values, place);
    for (uint32_t i = start; i < count; i++) {
        const struct ir_projection *p = &place->projections[i];
        switch (p->kind) {
        case IR_PROJ_FIELD:
            address = value_compound(values, at, (struct value){
                                               .kind = VALUE_FIELD,
                                               .base = address,
                                               .record = p->record,
                                               .index = p->index,
                                           });
            break;
        case IR_PROJ_CONST_INDEX:
            address = element(values, at, address, value_constant(values, p->index, NULL));
            break;
        case IR_PROJ_INDEX: {
            const struct value *index = values->followed[p->index]
                                            ? read_local(values, p->index, at)
                                            : value_unknown_at(values, at, local_type(values, p->index));
            address = element(values, at, address, index->kind == VALUE_CONST ? value_constant(values, index->number, NULL) : index);
            break;
        }
        case IR_PROJ_SOME_INDEX:
            address = element(values, at, address, value_unknown_at(values, at, NULL));
            break;
        case IR_PROJ_PART:
        case IR_PROJ_DEREF:
            break;
        }
    }
    return address;
}

const struct value *value_address(struct values *values, struct flow_point at, const struct ir_place *place)
{
    return address_of(values, at, place, place->projection_count);
}

const struct value *value_of_place(struct values *values, struct flow_point at, const struct ir_place *place)
{
    return content_of(values, at, place, place->projection_count);
}

const struct value *value_of_operand(struct values *values, struct flow_point at, const struct ir_operand *operand)
{
    if (operand->kind == IR_OPERAND_CONST) {
        if (operand->const_kind == IR_CONST_INT)
            return value_constant(values, operand->value, operand->type);
        return value_unknown_at(values, at, operand->type);
    }
    return value_of_place(values, at, &operand->place);
}

static const struct value *binary_at(struct values *values, struct flow_point at, const struct ir_rvalue *rvalue)
{
    const struct value *left = value_of_operand(values, at, &rvalue->operands[0]);
    const struct value *right = value_of_operand(values, at, &rvalue->operands[1]);
    if (rvalue->binary == IR_PTR_ADD) {
        if (right->kind == VALUE_CONST && right->number == 0)
            return left;
        /* &a[0] + k is &a[k] */
        if (left->kind == VALUE_ELEMENT && left->operand->kind == VALUE_CONST && left->operand->number == 0)
            return element(values, at, left->base,
                           right->kind == VALUE_CONST ? value_constant(values, right->number, NULL) : right);
    }
    return value_compound(values, at, (struct value){
                                    .kind = VALUE_BINARY,
                                    .op = (int)rvalue->binary,
                                    .base = left,
                                    .operand = right,
                                    .type = rvalue->type,
                                });
}

static const struct value *rvalue_at(struct values *values, struct flow_point at, const struct ir_rvalue *rvalue)
{
    switch (rvalue->kind) {
    case IR_RV_USE:
        return value_of_operand(values, at, &rvalue->operands[0]);
    case IR_RV_CAST:
        /* a pointer is the same pointer whatever it is cast to; numbers may change */
        if (ir_type_is_pointer_like(rvalue->type) && rvalue->operands[0].type &&
            ir_type_is_pointer_like(rvalue->operands[0].type))
            return value_of_operand(values, at, &rvalue->operands[0]);
        if (rvalue->operands[0].kind == IR_OPERAND_CONST && rvalue->operands[0].const_kind == IR_CONST_INT)
            return value_constant(values, rvalue->operands[0].value, rvalue->type);
        return value_compound(values, at, (struct value){
                                        .kind = VALUE_UNARY,
                                        .op = -1,
                                        .base = value_of_operand(values, at, &rvalue->operands[0]),
                                        .type = rvalue->type,
                                    });
    case IR_RV_ADDRESS_OF:
        return value_address(values, at, &rvalue->place);
    case IR_RV_UNARY:
        return value_compound(values, at, (struct value){
                                        .kind = VALUE_UNARY,
                                        .op = (int)rvalue->unary,
                                        .base = value_of_operand(values, at, &rvalue->operands[0]),
                                        .type = rvalue->type,
                                    });
    case IR_RV_BINARY:
        return binary_at(values, at, rvalue);
    case IR_RV_BUILTIN:
        break;
    }
    return value_unknown_at(values, at, rvalue->type);
}

/* ------------------------------------------------------------------------------------------- public */

/* GLib's hash of an int64 is its lower half, which here is the local alone. */
static guint block_local_hash(gconstpointer key)
{
    guint64 both = (guint64)*(const gint64 *)key * 0x9e3779b97f4a7c15u;
    return (guint)(both >> 32);
}

struct values *values_new(const struct cfg *cfg)
{
    struct values *values = g_new0(struct values, 1);
    values->cfg = cfg;
    values_table_init(values);
    values->at_start = g_hash_table_new_full(block_local_hash, g_int64_equal, g_free, NULL);
    values->followed = g_new0(bool, cfg->fn->local_count + 1);
    for (uint32_t l = 0; l < cfg->fn->local_count; l++) {
        const struct ir_local *local = &cfg->fn->locals[l];
        values->followed[l] = !local->address_taken && local->type && ir_type_is_scalar(local->type) &&
                              !(local->type->quals & IR_QUAL_VOLATILE);
    }
    values_writes_init(values);
    return values;
}

void values_free(struct values *values)
{
    if (!values)
        return;
    values_table_clear(values);
    values_writes_clear(values);
    g_hash_table_destroy(values->at_start);
    g_free(values->followed);
    g_free(values);
}

const struct ir_unit *values_unit(const struct values *values)
{
    return values->cfg->unit;
}

const struct ir_function *values_function(const struct values *values)
{
    return values->cfg->fn;
}

bool value_resolve(struct values *values, struct flow_point at, const struct ir_place *place, struct ir_place *ret_place)
{
    const struct value *address = value_address(values, at, place);
    const struct value *root = value_root(address);
    if (root->kind != VALUE_LOCAL && root->kind != VALUE_GLOBAL)
        return false;
    uint32_t count = 0;
    for (const struct value *v = address; v != root; v = v->base)
        count++;
    struct ir_projection *projections = ARENA_ARRAY(values->cfg->unit->arena, struct ir_projection, count + 1);
    uint32_t i = count;
    for (const struct value *v = address; v != root; v = v->base) {
        struct ir_projection *p = &projections[--i];
        if (v->kind == VALUE_FIELD) {
            *p = (struct ir_projection){ IR_PROJ_FIELD, v->index, v->record, v->record->fields[v->index].type };
        } else if (v->operand->kind == VALUE_CONST && v->operand->number >= 0 && v->operand->number < UINT32_MAX) {
            *p = (struct ir_projection){ .kind = IR_PROJ_CONST_INDEX, .index = (uint32_t)v->operand->number };
        } else {
            *p = (struct ir_projection){ .kind = IR_PROJ_SOME_INDEX };
        }
    }
    const struct ir_type *type = root->kind == VALUE_LOCAL ? local_type(values, root->index)
                                                           : values->cfg->unit->globals[root->index]->type;
    for (i = 0; i < count; i++) {
        if (projections[i].kind != IR_PROJ_FIELD) {
            if (!type || type->kind != IR_TYPE_ARRAY)
                return false; /* seen through a cast: not a place of this shape */
            projections[i].type = type->target;
        }
        type = projections[i].type;
    }
    *ret_place = (struct ir_place){
        .base = root->kind == VALUE_LOCAL ? IR_BASE_LOCAL : IR_BASE_GLOBAL,
        .base_index = root->index,
        .projections = projections,
        .projection_count = count,
        .type = place->type,
    };
    return true;
}

const struct ir_function *value_function_named(struct values *values, struct flow_point at,
                                               const struct ir_operand *operand)
{
    const struct value *v = value_without_casts(value_of_operand(values, at, operand));
    return v->kind == VALUE_FUNCTION ? values_unit(values)->functions[v->index] : NULL;
}
