/*
 * Which places an environment follows: those that reach the condition of a branch or switch through
 * copies, casts, comparisons and sums with constants, and where each is live.
 */
#include "flow/paths_env.h"

#include <string.h>

/* -------------------------------------------------------------------------------- places as keys */

static guint place_hash(gconstpointer key)
{
    const struct ir_place *place = key;
    guint hash = (guint)place->base * 31 + place->base_index;
    for (uint32_t i = 0; i < place->projection_count; i++)
        hash = hash * 31 + (guint)place->projections[i].kind * 7 + place->projections[i].index;
    return hash;
}

static gboolean place_same(gconstpointer a, gconstpointer b)
{
    return ir_place_equal(a, b);
}

uint32_t env_slot(const struct env_table *table, const struct ir_place *place)
{
    if (place->projection_count == 0 && place->base == IR_BASE_LOCAL)
        return table->by_local[place->base_index];
    if (place->base == IR_BASE_LOCAL && !table->has_parts[place->base_index])
        return SLOT_NONE;
    gpointer found;
    if (g_hash_table_lookup_extended(table->by_place, place, NULL, &found))
        return GPOINTER_TO_UINT(found);
    return SLOT_NONE;
}

/* An element at a variable index is not one place, and volatile and atomic objects change by themselves. */
static bool can_follow(const struct ir_place *place)
{
    if (place->base != IR_BASE_LOCAL && place->base != IR_BASE_GLOBAL)
        return false;
    for (uint32_t i = 0; i < place->projection_count; i++) {
        enum ir_projection_kind kind = place->projections[i].kind;
        if (kind == IR_PROJ_INDEX || kind == IR_PROJ_SOME_INDEX || kind == IR_PROJ_PART)
            return false;
    }
    const struct ir_type *type = place->type;
    if (!type || !ir_type_is_scalar(type) || (type->quals & IR_QUAL_VOLATILE))
        return false;
    switch (type->kind) {
    case IR_TYPE_BOOL:
    case IR_TYPE_INT:
    case IR_TYPE_ENUM:
    case IR_TYPE_POINTER:
    case IR_TYPE_BLOCK:
    case IR_TYPE_HANDLE:
        return true;
    default:
        return false;
    }
}

/* -------------------------------------------------------------------------------- what is relevant */

static bool add_slot(struct env_table *table, const struct ir_place *place)
{
    if (!can_follow(place) || env_slot(table, place) != SLOT_NONE)
        return false;
    const struct ir_function *fn = table->cfg->fn;
    bool local = place->base == IR_BASE_LOCAL;
    struct slot slot = {
        .place = place,
        .top = range_of_type(place->type),
        .wide_unsigned = type_is_wide_unsigned(place->type),
        .is_memory = !local || ir_place_has_deref(place),
        .is_exposed = !local || fn->locals[place->base_index].address_taken,
        .is_temp = local && fn->locals[place->base_index].kind == IR_LOCAL_TEMP,
        .live_bit = SLOT_NONE,
    };
    uint32_t index = table->slots->len;
    g_array_append_val(table->slots, slot);
    if (local && place->projection_count == 0) {
        table->by_local[place->base_index] = index;
    } else {
        if (local)
            table->has_parts[place->base_index] = true;
        g_hash_table_insert(table->by_place, (gpointer)(uintptr_t)place, GUINT_TO_POINTER(index));
    }
    return true;
}

static bool add_operand(struct env_table *table, const struct ir_operand *operand)
{
    return operand->kind != IR_OPERAND_CONST && add_slot(table, &operand->place);
}

static bool add_sources(struct env_table *table, const struct ir_rvalue *value)
{
    switch (value->kind) {
    case IR_RV_USE:
    case IR_RV_CAST:
        return add_operand(table, &value->operands[0]);
    case IR_RV_UNARY:
        return value->unary == IR_NOT && add_operand(table, &value->operands[0]);
    case IR_RV_BINARY: {
        /* NULL is a temporary of its own (a cast of 0), so both sides of a comparison count */
        bool compares = is_comparison(value->binary);
        bool first = (compares || value->operands[1].kind == IR_OPERAND_CONST) && add_operand(table, &value->operands[0]);
        bool second = (compares || value->operands[0].kind == IR_OPERAND_CONST) && add_operand(table, &value->operands[1]);
        return first || second;
    }
    default:
        return false;
    }
}

/* Backwards from the conditions until nothing new is found: a chain of copies is one pass, mostly. */
static void find_slots(struct env_table *table)
{
    const struct cfg *cfg = table->cfg;
    /* the result is a condition of the caller's */
    if (cfg->fn->local_count > 0 && cfg->fn->locals[0].type) {
        struct ir_place *result = &table->result;
        *result = (struct ir_place){ .base = IR_BASE_LOCAL, .type = cfg->fn->locals[0].type };
        add_slot(table, result);
    }
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        const struct ir_terminator *term = &cfg->fn->blocks[cfg->order[i]].terminator;
        int64_t value;
        const struct ir_operand *argument = env_call_condition(term, &value);
        if (term->kind == IR_TERM_BRANCH || term->kind == IR_TERM_SWITCH)
            add_operand(table, &term->condition);
        else if (argument)
            add_operand(table, argument);
    }
    for (bool again = true; again;) {
        again = false;
        for (uint32_t i = cfg->order_count; i-- > 0;) {
            const struct ir_block *block = &cfg->fn->blocks[cfg->order[i]];
            for (uint32_t s = block->statement_count; s-- > 0;) {
                const struct ir_statement *statement = &block->statements[s];
                if (statement->kind == IR_ST_ASSIGN && env_slot(table, &statement->place) != SLOT_NONE &&
                    add_sources(table, &statement->value))
                    again = true;
            }
        }
    }
}

/* ----------------------------------------------------------------------------- how two places compare */

static bool is_pair(const struct env_table *table, const struct ir_rvalue *value, uint32_t *ret_left, uint32_t *ret_right)
{
    if (value->kind != IR_RV_BINARY || !is_comparison(value->binary) || value->operands[0].kind == IR_OPERAND_CONST ||
        value->operands[1].kind == IR_OPERAND_CONST)
        return false;
    *ret_left = env_slot(table, &value->operands[0].place);
    *ret_right = env_slot(table, &value->operands[1].place);
    return *ret_left != SLOT_NONE && *ret_right != SLOT_NONE && *ret_left != *ret_right;
}

static gint64 pair_key(uint32_t left, uint32_t right)
{
    return (gint64)MIN(left, right) << 32 | MAX(left, right);
}

uint32_t env_pair_slot(const struct env_table *table, const struct ir_rvalue *value, bool *ret_is_swapped)
{
    uint32_t left, right;
    gpointer found;
    if (g_hash_table_size(table->by_pair) == 0 || !is_pair(table, value, &left, &right))
        return SLOT_NONE;
    gint64 key = pair_key(left, right);
    if (!g_hash_table_lookup_extended(table->by_pair, &key, NULL, &found))
        return SLOT_NONE;
    *ret_is_swapped = left > right;
    return GPOINTER_TO_UINT(found);
}

static void add_pair(struct env_table *table, uint32_t left, uint32_t right, gint64 *key)
{
    const struct slot *a = &g_array_index(table->slots, struct slot, MIN(left, right));
    const struct slot *b = &g_array_index(table->slots, struct slot, MAX(left, right));
    struct slot slot = {
        .place = a->place,
        .other = b->place,
        .top = range_between(INT64_MIN, INT64_MAX),
        .is_memory = a->is_memory || b->is_memory,
        .is_exposed = a->is_exposed || b->is_exposed,
        .live_bit = SLOT_NONE,
    };
    g_hash_table_replace(table->by_pair, key, GUINT_TO_POINTER(table->slots->len));
    g_array_append_val(table->slots, slot);
}

/* What is compared in one statement alone tells nothing about another. */
static void find_pairs(struct env_table *table)
{
    const struct cfg *cfg = table->cfg;
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        const struct ir_block *block = &cfg->fn->blocks[cfg->order[i]];
        for (uint32_t s = 0; s < block->statement_count; s++) {
            const struct ir_statement *statement = &block->statements[s];
            uint32_t left, right;
            if (statement->kind != IR_ST_ASSIGN || env_slot(table, &statement->place) == SLOT_NONE ||
                !is_pair(table, &statement->value, &left, &right))
                continue;
            gint64 *key = g_new(gint64, 1);
            *key = pair_key(left, right);
            gpointer found;
            if (!g_hash_table_lookup_extended(table->by_pair, key, NULL, &found))
                g_hash_table_insert(table->by_pair, key, GUINT_TO_POINTER(SLOT_NONE));
            else if (GPOINTER_TO_UINT(found) == SLOT_NONE)
                add_pair(table, left, right, key);
            else
                g_free(key);
        }
    }
    GHashTableIter iter;
    gpointer slot;
    g_hash_table_iter_init(&iter, table->by_pair);
    while (g_hash_table_iter_next(&iter, NULL, &slot))
        if (GPOINTER_TO_UINT(slot) == SLOT_NONE)
            g_hash_table_iter_remove(&iter);
}

/* ----------------------------------------------------------------------------------------- liveness */

struct liveness {
    struct env_table *table;
    uint64_t *written; /* scratch: one bit for each slot */
};

static void each_read(const struct ir_statement *statement, void (*fn)(void *ctx, const struct ir_operand *), void *ctx)
{
    if (statement->kind == IR_ST_ASSIGN)
        for (uint32_t i = 0; i < statement->value.operand_count; i++)
            fn(ctx, &statement->value.operands[i]);
}

static bool get_bit(const uint64_t *bits, uint32_t bit)
{
    return bits[bit / 64] >> (bit % 64) & 1;
}

static void set_bit(uint64_t *bits, uint32_t bit)
{
    bits[bit / 64] |= (uint64_t)1 << (bit % 64);
}

/* A comparison reads what is known of the pair, too. */
static uint32_t pair_read(const struct env_table *table, const struct ir_statement *statement)
{
    bool is_swapped;
    return statement->kind == IR_ST_ASSIGN ? env_pair_slot(table, &statement->value, &is_swapped) : SLOT_NONE;
}

static void note_exposed_read(void *ctx, const struct ir_operand *operand)
{
    struct liveness *l = ctx;
    if (operand->kind == IR_OPERAND_CONST)
        return;
    uint32_t slot = env_slot(l->table, &operand->place);
    if (slot == SLOT_NONE || get_bit(l->written, slot))
        return;
    struct slot *s = &g_array_index(l->table->slots, struct slot, slot);
    if (s->live_bit == SLOT_NONE)
        s->live_bit = 0; /* numbered afterwards */
}

/* Slots that some block reads before it writes them: only those can be live between blocks. */
static uint32_t number_live_slots(struct env_table *table)
{
    const struct cfg *cfg = table->cfg;
    size_t words = table->slots->len / 64 + 1;
    struct liveness l = { table, g_new(uint64_t, words) };
    const struct ir_operand result = { .kind = IR_OPERAND_COPY, .place = table->result };
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        const struct ir_block *block = &cfg->fn->blocks[cfg->order[i]];
        memset(l.written, 0, words * sizeof(uint64_t));
        for (uint32_t s = 0; s < block->statement_count; s++) {
            const struct ir_statement *statement = &block->statements[s];
            each_read(statement, note_exposed_read, &l);
            uint32_t pair = pair_read(table, statement);
            if (pair != SLOT_NONE)
                g_array_index(table->slots, struct slot, pair).live_bit = 0;
            uint32_t slot = statement->kind == IR_ST_ASSIGN ? env_slot(table, &statement->place) : SLOT_NONE;
            if (slot != SLOT_NONE)
                set_bit(l.written, slot);
        }
        int64_t value;
        const struct ir_operand *argument = env_call_condition(&block->terminator, &value);
        if (argument)
            note_exposed_read(&l, argument);
        if (block->terminator.kind == IR_TERM_BRANCH || block->terminator.kind == IR_TERM_SWITCH)
            note_exposed_read(&l, &block->terminator.condition);
        else if (block->terminator.kind == IR_TERM_RETURN)
            note_exposed_read(&l, &result);
        /* what a call wrote is read, if at all, in the next block */
    }
    g_free(l.written);

    uint32_t count = 0;
    for (uint32_t i = 0; i < table->slots->len; i++) {
        struct slot *slot = &g_array_index(table->slots, struct slot, i);
        if (slot->live_bit != SLOT_NONE)
            slot->live_bit = count++;
    }
    return count;
}

static void make_live(void *ctx, const struct ir_operand *operand)
{
    struct liveness *l = ctx;
    if (operand->kind == IR_OPERAND_CONST)
        return;
    uint32_t slot = env_slot(l->table, &operand->place);
    if (slot == SLOT_NONE)
        return;
    uint32_t bit = g_array_index(l->table->slots, struct slot, slot).live_bit;
    if (bit != SLOT_NONE)
        set_bit(l->written, bit);
}

static void make_dead(struct liveness *l, const struct ir_place *place)
{
    uint32_t slot = env_slot(l->table, place);
    if (slot == SLOT_NONE)
        return;
    uint32_t bit = g_array_index(l->table->slots, struct slot, slot).live_bit;
    if (bit != SLOT_NONE)
        l->written[bit / 64] &= ~((uint64_t)1 << (bit % 64));
}

/* The classic backward problem, on its own because the result is kept as a bare bit matrix. */
static void find_live(struct env_table *table)
{
    const struct cfg *cfg = table->cfg;
    uint32_t words = table->live_words;
    struct liveness l = { table, g_new(uint64_t, words + 1) };
    const struct ir_operand result = { .kind = IR_OPERAND_COPY, .place = table->result };
    for (bool again = true; again;) {
        again = false;
        for (uint32_t i = cfg->order_count; i-- > 0;) {
            uint32_t block = cfg->order[i];
            const struct ir_block *body = &cfg->fn->blocks[block];
            memset(l.written, 0, words * sizeof(uint64_t));
            for (uint32_t e = 0; e < cfg->successors[block].count; e++) {
                const uint64_t *next = table->live + (size_t)cfg->position[cfg->successors[block].items[e].to] * words;
                for (uint32_t w = 0; w < words; w++)
                    l.written[w] |= next[w];
            }
            if (body->terminator.kind == IR_TERM_BRANCH || body->terminator.kind == IR_TERM_SWITCH)
                make_live(&l, &body->terminator.condition);
            else if (body->terminator.kind == IR_TERM_RETURN)
                make_live(&l, &result);
            else if (body->terminator.kind == IR_TERM_CALL && body->terminator.call->has_dest)
                make_dead(&l, &body->terminator.call->dest);
            int64_t value;
            const struct ir_operand *argument = env_call_condition(&body->terminator, &value);
            if (argument)
                make_live(&l, argument);
            for (uint32_t s = body->statement_count; s-- > 0;) {
                const struct ir_statement *statement = &body->statements[s];
                if (statement->kind == IR_ST_ASSIGN)
                    make_dead(&l, &statement->place);
                each_read(statement, make_live, &l);
                uint32_t pair = pair_read(table, statement);
                if (pair != SLOT_NONE)
                    set_bit(l.written, g_array_index(table->slots, struct slot, pair).live_bit);
            }
            uint64_t *here = table->live + (size_t)i * words;
            if (memcmp(here, l.written, words * sizeof(uint64_t)) != 0) {
                memcpy(here, l.written, words * sizeof(uint64_t));
                again = true;
            }
        }
    }
    g_free(l.written);
}

/* ------------------------------------------------------------------------------------------- public */

struct env_table *env_table_new(const struct cfg *cfg, bool stable_memory)
{
    struct env_table *table = g_new0(struct env_table, 1);
    table->cfg = cfg;
    table->stable_memory = stable_memory;
    table->slots = g_array_new(FALSE, FALSE, sizeof(struct slot));
    table->by_place = g_hash_table_new(place_hash, place_same);
    table->by_local = g_new(uint32_t, cfg->fn->local_count + 1);
    table->has_parts = g_new0(bool, cfg->fn->local_count + 1);
    for (uint32_t i = 0; i < cfg->fn->local_count; i++)
        table->by_local[i] = SLOT_NONE;
    table->by_pair = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    find_slots(table);
    find_pairs(table);
    table->live_words = (number_live_slots(table) + 63) / 64;
    table->live = g_new0(uint64_t, (size_t)cfg->order_count * table->live_words + 1);
    if (table->live_words > 0)
        find_live(table);
    return table;
}

void env_table_free(struct env_table *table)
{
    if (!table)
        return;
    g_array_free(table->slots, TRUE);
    g_hash_table_destroy(table->by_place);
    g_hash_table_destroy(table->by_pair);
    g_free(table->by_local);
    g_free(table->has_parts);
    g_free(table->live);
    g_free(table);
}
