/* Value expressions, each made once: equality is identity. And what can be asked of one by itself. */
#include "flow/values_parts.h"

/* Deeper expressions compare equal to nothing: they would cost more than they tell. */
enum { DEPTH_MAX = 12 };

static guint value_hash(gconstpointer key)
{
    const struct value *v = key;
    guint hash = (guint)v->kind;
    hash = hash * 31 + v->index;
    hash = hash * 31 + (guint)v->number;
    hash = hash * 31 + (guint)v->op;
    hash = hash * 31 + (v->base ? v->base->id + 1 : 0);
    hash = hash * 31 + (v->operand ? v->operand->id + 1 : 0);
    return hash;
}

static gboolean value_same(gconstpointer a, gconstpointer b)
{
    const struct value *x = a, *y = b;
    return x->kind == y->kind && x->index == y->index && x->number == y->number && x->op == y->op && x->base == y->base &&
           x->operand == y->operand && x->record == y->record;
}

const struct value *value_intern(struct values *values, struct value v)
{
    uint32_t below = v.base ? v.base->depth : 0;
    if (v.operand && v.operand->depth > below)
        below = v.operand->depth;
    v.depth = below + 1;
    const struct value *found = g_hash_table_lookup(values->interned, &v);
    if (found)
        return found;
    struct value *made = g_new(struct value, 1);
    *made = v;
    made->id = values->all->len;
    g_ptr_array_add(values->all, made);
    g_hash_table_add(values->interned, made);
    return made;
}

const struct value *value_unknown_at(struct values *values, struct flow_point at, const struct ir_type *type)
{
    return value_intern(values, (struct value){ .kind = VALUE_UNKNOWN, .index = at.block, .number = at.statement, .type = type });
}

const struct value *value_compound(struct values *values, struct flow_point at, struct value v)
{
    if ((v.base && v.base->depth >= DEPTH_MAX) || (v.operand && v.operand->depth >= DEPTH_MAX))
        return value_unknown_at(values, at, v.type);
    return value_intern(values, v);
}

const struct value *value_constant(struct values *values, int64_t number, const struct ir_type *type)
{
    return value_intern(values, (struct value){ .kind = VALUE_CONST, .number = number, .type = type });
}

void values_table_init(struct values *values)
{
    values->interned = g_hash_table_new(value_hash, value_same);
    values->all = g_ptr_array_new_with_free_func(g_free);
}

void values_table_clear(struct values *values)
{
    g_hash_table_destroy(values->interned);
    g_ptr_array_free(values->all, TRUE);
}

/* ------------------------------------------------------------------------------------------ questions */

bool value_is_made_at(const struct value *v, struct flow_point at, bool is_terminator)
{
    if (!v)
        return false;
    if (v->kind == VALUE_CALL && is_terminator && v->index == at.block)
        return true;
    if (v->kind == VALUE_PHI && v->index == at.block && at.statement == 0)
        return true;
    if (v->kind == VALUE_UNKNOWN && v->index == at.block && (uint64_t)v->number == at.statement)
        return true;
    if (v->kind == VALUE_LOAD && v->index != 0 && v->index - 1 == at.block && (uint64_t)v->number == at.statement)
        return true;
    return value_is_made_at(v->base, at, is_terminator) || value_is_made_at(v->operand, at, is_terminator);
}

const struct value *value_without_casts(const struct value *value)
{
    while (value && value->kind == VALUE_UNARY && value->op < 0)
        value = value->base;
    return value;
}

const struct value *value_root(const struct value *address)
{
    while (address->kind == VALUE_FIELD || address->kind == VALUE_ELEMENT)
        address = address->base;
    return address;
}
