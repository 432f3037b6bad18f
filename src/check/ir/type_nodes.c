#include "ir/type_nodes.h"

#include <string.h>

struct type_nodes {
    struct arena *arena;
    GHashTable *known;     /* a set of struct ir_type *, all without qualifiers */
    GHashTable *qualified; /* address of the unqualified node + qualifiers -> struct ir_type * */
};

/* Kinds that nothing but their name tells apart: `long` is not `long long`, whatever their width. */
static bool is_told_apart_by_name(enum ir_type_kind kind)
{
    return kind == IR_TYPE_INT || kind == IR_TYPE_FLOAT || kind == IR_TYPE_COMPLEX ||
           kind == IR_TYPE_OTHER;
}

static guint mix(guint hash, const void *part)
{
    return (hash ^ (guint)(((uintptr_t)part >> 4) ^ ((uintptr_t)part >> 20))) * 0x9E3779B1u;
}

static guint hash_node(gconstpointer data)
{
    const struct ir_type *t = data;
    guint hash = (guint)t->kind * 31;

    hash = mix(hash, t->target);
    hash = mix(hash, t->record);
    hash = mix(hash, t->enumeration);
    hash = mix(hash, (const void *)(uintptr_t)(t->count << 4));
    for (size_t i = 0; i < t->param_count; i++)
        hash = mix(hash, t->params[i]);
    if (is_told_apart_by_name(t->kind))
        hash ^= g_str_hash(t->name);
    return hash;
}

static gboolean nodes_are_equal(gconstpointer left, gconstpointer right)
{
    const struct ir_type *a = left, *b = right;

    if (a->kind != b->kind || a->target != b->target ||
        a->record != b->record || a->enumeration != b->enumeration || a->count != b->count ||
        a->bits != b->bits || a->is_signed != b->is_signed || a->is_variadic != b->is_variadic ||
        a->handle_kind != b->handle_kind || a->param_count != b->param_count ||
        g_strcmp0(a->handle_name, b->handle_name) != 0)
        return FALSE;
    for (size_t i = 0; i < a->param_count; i++)
        if (a->params[i] != b->params[i])
            return FALSE;
    return !is_told_apart_by_name(a->kind) || strcmp(a->name, b->name) == 0;
}

struct type_nodes *type_nodes_new(struct arena *arena)
{
    struct type_nodes *nodes = g_new0(struct type_nodes, 1);

    nodes->arena = arena;
    nodes->known = g_hash_table_new(hash_node, nodes_are_equal);
    nodes->qualified = g_hash_table_new(NULL, NULL);
    return nodes;
}

void type_nodes_free(struct type_nodes *nodes)
{
    if (!nodes)
        return;
    g_hash_table_destroy(nodes->known);
    g_hash_table_destroy(nodes->qualified);
    g_free(nodes);
}

struct ir_type *type_node(struct type_nodes *nodes, const struct ir_type *key)
{
    struct ir_type probe = *key;

    probe.quals = 0;
    struct ir_type *type = g_hash_table_lookup(nodes->known, &probe);
    if (type)
        return type;
    type = arena_copy(nodes->arena, &probe, sizeof probe);
    type->unqualified = type;
    type->params = arena_copy(nodes->arena, key->params, sizeof *key->params * key->param_count);
    if (!type->name)
        type->name = ir_type_spell(nodes->arena, type, "");
    g_hash_table_add(nodes->known, type);
    return type;
}

const struct ir_type *type_node_qualified(struct type_nodes *nodes, const struct ir_type *type,
                                          unsigned quals)
{
    quals |= type->quals;
    if (quals == type->quals || type->kind == IR_TYPE_FUNCTION)
        return type;
    if (type->kind == IR_TYPE_ARRAY) {
        struct ir_type key = *type;
        key.name = NULL;
        key.target = type_node_qualified(nodes, type->target, quals);
        return type_node(nodes, &key);
    }

    /* Nodes are aligned to more than the eight values of quals. */
    void *key = (char *)type->unqualified + quals;
    struct ir_type *qualified = g_hash_table_lookup(nodes->qualified, key);
    if (qualified)
        return qualified;
    qualified = arena_copy(nodes->arena, type->unqualified, sizeof *type);
    qualified->quals = quals;
    qualified->name = ir_type_spell(nodes->arena, qualified, "");
    g_hash_table_insert(nodes->qualified, key, qualified);
    return qualified;
}
