/* Where the locals of a function get their values, and what else it writes: found once, in one pass over the function. */
#include "flow/values_parts.h"

static void define(struct values *values, const struct ir_place *place, struct flow_point at)
{
    if (place->base != IR_BASE_LOCAL || ir_place_has_deref(place))
        return;
    struct value_definition d = { place->base_index, at, NULL };
    g_array_append_val(values->definitions, d);
}

/* A field of a record, or the type that is stored to, or a global: what a store may change. */
static gpointer store_key(const struct ir_place *place)
{
    if (place->projection_count > 0) {
        const struct ir_projection *last = &place->projections[place->projection_count - 1];
        if (last->kind == IR_PROJ_FIELD)
            return (gpointer)(uintptr_t)&last->record->fields[last->index];
        return (gpointer)(uintptr_t)(place->type ? place->type->unqualified : NULL);
    }
    if (place->base == IR_BASE_GLOBAL)
        return GUINT_TO_POINTER(place->base_index * 2 + 1); /* odd: no address of an object */
    return NULL;
}

static void note_store(struct values *values, const struct ir_place *place, struct flow_point at)
{
    define(values, place, at);
    gpointer key = store_key(place);
    if (key)
        g_hash_table_add(values->written, key);
}

static gint definition_order(gconstpointer a, gconstpointer b)
{
    const struct value_definition *x = a, *y = b;
    if (x->local != y->local)
        return x->local < y->local ? -1 : 1;
    if (x->at.block != y->at.block)
        return x->at.block < y->at.block ? -1 : 1;
    return x->at.statement < y->at.statement ? -1 : x->at.statement > y->at.statement;
}

static void collect_statement(struct values *values, const struct ir_statement *statement, struct flow_point at)
{
    switch (statement->kind) {
    case IR_ST_ASSIGN:
    case IR_ST_ZERO:
    case IR_ST_DROP:
    case IR_ST_FORGET:
        note_store(values, &statement->place, at);
        break;
    case IR_ST_ATOMIC:
        note_store(values, &statement->place, at);
        if (statement->atomic->has_result)
            note_store(values, &statement->atomic->result, at);
        if (statement->atomic->has_expected)
            note_store(values, &statement->atomic->expected, at);
        break;
    case IR_ST_ASM:
    case IR_ST_OPAQUE:
        for (uint32_t i = 0; i < statement->opaque->write_count; i++)
            note_store(values, &statement->opaque->writes[i], at);
        break;
    case IR_ST_NOP:
    case IR_ST_STORAGE_LIVE:
    case IR_ST_STORAGE_DEAD:
        break;
    }
}

void values_writes_init(struct values *values)
{
    values->definitions = g_array_new(FALSE, FALSE, sizeof(struct value_definition));
    values->written = g_hash_table_new(NULL, NULL);
    const struct ir_function *fn = values->cfg->fn;
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_block *block = &fn->blocks[b];
        if (!cfg_reachable(values->cfg, b))
            continue;
        for (uint32_t s = 0; s < block->statement_count; s++)
            collect_statement(values, &block->statements[s], (struct flow_point){ b, s });
        struct flow_point end = { b, block->statement_count };
        if (block->terminator.kind == IR_TERM_CALL && block->terminator.call->has_dest)
            note_store(values, &block->terminator.call->dest, end);
        if (block->terminator.kind == IR_TERM_ASM_GOTO && block->terminator.opaque)
            for (uint32_t i = 0; i < block->terminator.opaque->write_count; i++)
                note_store(values, &block->terminator.opaque->writes[i], end);
    }
    g_array_sort(values->definitions, definition_order);
    values->first = g_new(uint32_t, fn->local_count + 1);
    uint32_t next = 0;
    for (uint32_t l = 0; l <= fn->local_count; l++) {
        while (next < values->definitions->len && g_array_index(values->definitions, struct value_definition, next).local < l)
            next++;
        values->first[l] = next;
    }
}

void values_writes_clear(struct values *values)
{
    g_hash_table_destroy(values->written);
    g_array_free(values->definitions, TRUE);
    g_free(values->first);
}

struct value_definition *value_last_definition(const struct values *values, uint32_t local, uint32_t block, uint32_t before)
{
    const struct value_definition *all = (const struct value_definition *)(void *)values->definitions->data;
    uint32_t low = values->first[local], high = values->first[local + 1];
    while (low < high) { /* all in front of `low` are early enough, all from `high` on are not */
        uint32_t middle = low + (high - low) / 2;
        struct flow_point at = all[middle].at;
        if (at.block < block || (at.block == block && at.statement < before))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == values->first[local] || all[low - 1].at.block != block)
        return NULL;
    return &g_array_index(values->definitions, struct value_definition, low - 1);
}

bool value_defined_in_loop(const struct values *values, uint32_t local, uint32_t loop)
{
    for (uint32_t i = values->first[local]; i < values->first[local + 1]; i++)
        if (cfg_loop_contains(values->cfg, loop, g_array_index(values->definitions, struct value_definition, i).at.block))
            return true;
    return false;
}

bool value_is_written(const struct values *values, const struct ir_place *place)
{
    gpointer key = store_key(place);
    if (key && g_hash_table_contains(values->written, key))
        return true;
    /* a local in memory: its own definitions */
    return place->base == IR_BASE_LOCAL && place->projection_count == 0 &&
           values->first[place->base_index + 1] - values->first[place->base_index] > 1;
}

uint32_t value_definition_count(const struct values *values, uint32_t local)
{
    return values->first[local + 1] - values->first[local];
}
