/*
 * What orders accesses, as words that one thread leaves and another one finds: "the semaphore was posted", "the flag is not
 * zero". A token is an object and what is known of the number in it; sets of them are kept once, so that equal sets are
 * equal pointers.
 *
 * A semaphore that begins with permits is passed before anybody has posted it: one keeps others out, several keep out
 * nobody. How many it begins with is known by its variable or its field, in the whole unit.
 */
#include "analysis/races/race_parts.h"

#include <string.h>

static const struct race_tokens no_tokens;

const struct race_tokens *race_tokens_none(void)
{
    return &no_tokens;
}

static guint tokens_hash(gconstpointer key)
{
    const struct race_tokens *set = key;
    guint hash = set->count;
    for (uint32_t i = 0; i < set->count; i++)
        hash = hash * 31 + g_direct_hash(set->items[i].object) + (guint)set->items[i].number * 7 + set->items[i].is;
    return hash;
}

static bool same_token(const struct race_token *a, const struct race_token *b)
{
    return a->object == b->object && a->is == b->is && a->number == b->number && a->permits == b->permits;
}

static gboolean tokens_equal(gconstpointer a, gconstpointer b)
{
    const struct race_tokens *x = a, *y = b;
    if (x->count != y->count)
        return FALSE;
    for (uint32_t i = 0; i < x->count; i++)
        if (!same_token(&x->items[i], &y->items[i]))
            return FALSE;
    return TRUE;
}

static bool is_before(const struct race_token *a, const struct race_token *b)
{
    if (a->object != b->object)
        return a->object->id < b->object->id;
    return a->is != b->is ? a->is < b->is : a->number < b->number;
}

enum { MAX_TOKENS = 40 };

/* Nearly all sets are there already: the key for the search is not worth memory that stays. */
const struct race_tokens *race_tokens_add(struct race_program *program, const struct race_tokens *set, struct race_token token)
{
    _Alignas(struct race_tokens) char key[sizeof(struct race_tokens) + MAX_TOKENS * sizeof(struct race_token)];
    struct race_tokens *made = (struct race_tokens *)key;
    uint32_t at = 0;
    while (at < set->count && is_before(&set->items[at], &token))
        at++;
    if (set->count >= MAX_TOKENS || (at < set->count && same_token(&set->items[at], &token)))
        return set;
    made->count = set->count + 1;
    memcpy(made->items, set->items, at * sizeof token);
    made->items[at] = token;
    memcpy(made->items + at + 1, set->items + at, (set->count - at) * sizeof token);
    const struct race_tokens *known = g_hash_table_lookup(program->tokens, made);
    if (known)
        return known;
    made = arena_copy(program->arena, made, sizeof *made + made->count * sizeof token);
    g_hash_table_add(program->tokens, made);
    return made;
}

/* ---- sums ---- */

struct sum {
    const struct race_tokens *a, *b;
    const struct race_tokens *both;
};

static guint sum_hash(gconstpointer key)
{
    const struct sum *sum = key;
    return g_direct_hash(sum->a) * 31 + g_direct_hash(sum->b);
}

static gboolean sums_equal(gconstpointer x, gconstpointer y)
{
    const struct sum *s = x, *t = y;
    return s->a == t->a && s->b == t->b;
}

GHashTable *race_token_sums_table(void)
{
    return g_hash_table_new(sum_hash, sums_equal);
}

const struct race_tokens *race_tokens_join(struct race_program *program, const struct race_tokens *a,
                                           const struct race_tokens *b)
{
    if (b->count == 0 || a == b)
        return a;
    if (a->count == 0)
        return b;
    struct sum wanted = {a, b, a};
    const struct sum *known = g_hash_table_lookup(program->token_sums, &wanted);
    if (known)
        return known->both;
    for (uint32_t i = 0; i < b->count; i++)
        wanted.both = race_tokens_add(program, wanted.both, b->items[i]);
    g_hash_table_add(program->token_sums, arena_copy(program->arena, &wanted, sizeof wanted));
    return wanted.both;
}

const struct race_tokens *race_tokens_of(struct race_program *program, const struct race_tokens *set,
                                         const struct origin_set *objects, struct race_token word)
{
    for (uint32_t i = 0; i < objects->count; i++) {
        word.object = objects->items[i];
        word.permits = race_permits_of(program, word.object);
        set = race_tokens_add(program, set, word);
    }
    return set;
}

GHashTable *race_tokens_table(void)
{
    return g_hash_table_new(tokens_hash, tokens_equal);
}

/* What was left there is what was found. */
static bool agree(const struct race_token *left, const struct race_token *found)
{
    if (left->object != found->object)
        return false;
    if (left->is != TOKEN_IS || found->is == TOKEN_ANY)
        return true;
    return (left->number == found->number) == (found->is == TOKEN_IS);
}

/* An object does not order the accesses to itself. */
bool race_tokens_meet(const struct race_tokens *left, const struct race_tokens *found, const struct origin *accessed,
                      int max_permits, bool certain)
{
    for (uint32_t i = 0; i < left->count; i++)
        for (uint32_t k = 0; k < found->count; k++)
            if (left->items[i].object != accessed && left->items[i].permits <= max_permits &&
                agree(&left->items[i], &found->items[k]) &&
                !(certain && left->items[i].is == TOKEN_ANY && found->items[k].is != TOKEN_ANY))
                return true;
    return false;
}

/* ---- permits ---- */

static const void *key_of(const struct race_program *program, const struct origin *origin)
{
    if (origin->kind == ORIGIN_FIELD)
        return &origin->record->fields[origin->index];
    return origin->kind == ORIGIN_GLOBAL ? program->analysis->unit->globals[origin->index] : NULL;
}

int race_permits_of(const struct race_program *program, const struct origin *origin)
{
    const void *key = key_of(program, origin);
    gpointer number = key ? g_hash_table_lookup(program->permits, key) : NULL;
    return number ? GPOINTER_TO_INT(number) - 2 : PERMITS_UNKNOWN;
}

static void note_permits(struct race_program *program, const void *key, int permits)
{
    gpointer known = g_hash_table_lookup(program->permits, key);
    if (known && GPOINTER_TO_INT(known) - 2 != permits)
        permits = PERMITS_UNKNOWN;
    g_hash_table_insert(program->permits, (gpointer)key, GINT_TO_POINTER(permits + 2));
}

/* sem_init(&s, 0, 1) */
void race_permits_find(struct race_program *program)
{
    const struct callgraph *graph = program->analysis->callgraph;
    for (uint32_t i = 0; i < graph->site_count; i++) {
        const struct call_site *site = &graph->sites[i];
        uint32_t number = ir_noted_argument(site->call, "permits");
        struct origins *o = number < site->call->arg_count ? origins_of(program->origins, site->caller) : NULL;
        if (!o || site->call->args[0].kind == IR_OPERAND_CONST)
            continue;
        struct flow_point at = {site->block, site->caller->blocks[site->block].statement_count};
        const struct origin_state *state = origins_state(o, at);
        if (!state->reached)
            continue;
        const struct origin_set *objects = origins_value(o, state, &site->call->args[0]);
        const struct value *v = value_without_casts(
            value_of_operand(analysis_values(program->analysis, site->caller), at, &site->call->args[number]));
        int permits = v->kind == VALUE_CONST ? (int)CLAMP(v->number, 0, 1000) : PERMITS_UNKNOWN;
        for (uint32_t k = 0; k < objects->count; k++) {
            const void *key = key_of(program, objects->items[k]);
            if (key)
                note_permits(program, key, permits);
        }
    }
}
