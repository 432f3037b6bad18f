/* Origins and sets of origins, each made once: equality is identity. */
#include "analysis/origins/origin_parts.h"

#include <string.h>

static guint hash_origin(gconstpointer key)
{
    const struct origin *o = key;
    return (guint)o->kind * 7 + o->index * 31 + g_direct_hash(o->parent) * 3 + g_direct_hash(o->record);
}

static gboolean same_origin(gconstpointer a, gconstpointer b)
{
    const struct origin *p = a, *q = b;
    return p->kind == q->kind && p->index == q->index && p->parent == q->parent && p->record == q->record;
}

static guint hash_set(gconstpointer key)
{
    const struct origin_set *set = key;
    guint hash = set->count;
    for (uint32_t i = 0; i < set->count; i++)
        hash = hash * 31 + set->items[i]->id;
    return hash;
}

static gboolean same_set(gconstpointer a, gconstpointer b)
{
    const struct origin_set *p = a, *q = b;
    return p->count == q->count && memcmp(p->items, q->items, p->count * sizeof p->items[0]) == 0;
}

static const struct origin_set *intern_set(struct origins *o, const struct origin *const *items, uint32_t count)
{
    /* nearly all are there already: the key for the search is not worth memory that stays */
    _Alignas(struct origin_set) char key[sizeof(struct origin_set) + (2 * ORIGIN_MAX_SET + 2) * sizeof(void *)];
    struct origin_set *wanted = (struct origin_set *)key;
    size_t size = sizeof *wanted + count * sizeof wanted->items[0];
    wanted->count = count;
    if (count > 0)
        memcpy(wanted->items, items, count * sizeof wanted->items[0]);
    const struct origin_set *old = g_hash_table_lookup(o->sets, wanted);
    if (old)
        return old;
    struct origin_set *set = arena_copy(o->arena, wanted, size);
    g_hash_table_add(o->sets, set);
    return set;
}

static const struct origin *intern(struct origins *o, const struct origin *wanted)
{
    const struct origin *old = g_hash_table_lookup(o->table, wanted);
    if (old)
        return old;
    struct origin *fresh = arena_copy(o->arena, wanted, sizeof *wanted);
    fresh->id = o->list->len;
    if (fresh->kind == ORIGIN_FIELD) {
        struct origin *parent = (struct origin *)fresh->parent;
        fresh->next_part = parent->first_part;
        parent->first_part = fresh;
    }
    g_ptr_array_add(o->list, fresh);
    g_hash_table_add(o->table, fresh);
    return fresh;
}

void origin_table_init(struct origins *o)
{
    o->table = g_hash_table_new(hash_origin, same_origin);
    o->sets = g_hash_table_new(hash_set, same_set);
    o->list = g_ptr_array_new();
    o->empty = intern_set(o, NULL, 0);
    o->null_set = origin_set_of(o, origin_base(o, ORIGIN_NULL, 0));
    o->unknown_set = origin_set_of(o, origin_base(o, ORIGIN_UNKNOWN, 0));
    o->far_set = origin_set_of(o, origin_base(o, ORIGIN_UNKNOWN, ORIGIN_UNKNOWN_FAR));
}

void origin_table_clear(struct origins *o)
{
    g_hash_table_destroy(o->table);
    g_hash_table_destroy(o->sets);
    g_ptr_array_free(o->list, TRUE);
}

const struct origin *origin_base(struct origins *o, enum origin_kind kind, uint32_t index)
{
    return intern(o, &(struct origin){.kind = kind, .index = index});
}

static bool has_no_parts(const struct origin *origin)
{
    switch (origin->kind) {
    case ORIGIN_NULL:
    case ORIGIN_UNKNOWN:
    case ORIGIN_STRING:
    case ORIGIN_THREAD:
    case ORIGIN_FUNCTION:
        return true;
    default:
        return false;
    }
}

const struct origin *origin_field(struct origins *o, const struct origin *parent, const struct ir_record *record,
                                  uint32_t index)
{
    if (has_no_parts(parent))
        return parent;
    if (parent->depth >= ORIGIN_MAX_DEPTH || record->is_union)
        return parent; /* the members of a union are one cell */
    return intern(o, &(struct origin){.kind = ORIGIN_FIELD,
                                      .index = index,
                                      .parent = parent,
                                      .record = record,
                                      .depth = parent->depth + 1,
                                      .followed = parent->followed});
}

/*
 * Down a list, a tree: what the second `next` leads to is one with what the first leads to, so that names of the nodes end
 * (the limit of access paths by their repeated fields, after Larus and Hilfinger, Detecting conflicts between structure
 * accesses, 1988). NULL when this field has not been followed yet.
 */
static const struct origin *followed_before(const struct origin *field)
{
    if (field->kind != ORIGIN_FIELD)
        return NULL;
    for (const struct origin *at = field->parent; at; at = at->parent) {
        const struct origin *from = at->kind == ORIGIN_DEREF || at->kind == ORIGIN_OWNED ? at->parent : NULL;
        if (from && from->kind == ORIGIN_FIELD && from->record == field->record && from->index == field->index)
            return at;
    }
    return NULL;
}

void origin_note_many(const struct origin *origin)
{
    ((struct origin *)origin)->is_many = true;
}

const struct origin *origin_deref(struct origins *o, const struct origin *parent, bool owned)
{
    if (has_no_parts(parent))
        return origin_base(o, ORIGIN_UNKNOWN, 0);
    const struct origin *again = followed_before(parent);
    if (again) {
        origin_note_many(again);
        return again;
    }
    if (parent->depth >= ORIGIN_MAX_DEPTH)
        return parent;
    return intern(o, &(struct origin){.kind = owned ? ORIGIN_OWNED : ORIGIN_DEREF,
                                      .parent = parent,
                                      .depth = parent->depth + 1,
                                      .followed = parent->followed + 1});
}

const struct origin_set *origin_set_of(struct origins *o, const struct origin *one)
{
    return intern_set(o, &one, 1);
}

const struct origin *origin_next_part(const struct origin *cell, const struct origin *whole)
{
    if (cell->first_part)
        return cell->first_part;
    for (; cell != whole; cell = cell->parent)
        if (cell->next_part)
            return cell->next_part;
    return NULL;
}

bool origin_set_has(const struct origin_set *set, const struct origin *one)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (set->items[i] == one)
            return true;
    return false;
}

bool origin_is_far(const struct origin *origin)
{
    return origin->followed >= ORIGIN_FAR;
}

/*
 * More than a few far ones: FAR stands for them all, and takes up those that come later, so that a set that has been
 * widened stays as it is. Returns the new count.
 */
static uint32_t widen(struct origins *o, const struct origin **items, uint32_t count)
{
    const struct origin *any = o->far_set->items[0];
    uint32_t far = 0, kept = 0;
    bool is_wide = false;
    for (uint32_t i = 0; i < count; i++) {
        far += origin_is_far(items[i]);
        is_wide |= items[i] == any;
    }
    if (far == 0 || (!is_wide && far <= ORIGIN_MAX_FAR))
        return count;
    for (uint32_t i = 0; i < count; i++)
        if (!origin_is_far(items[i]))
            items[kept++] = items[i];
    if (is_wide)
        return kept;
    /* sorted by id, and FAR is one of the first three */
    uint32_t at = 0;
    while (at < kept && items[at]->id < any->id)
        at++;
    memmove(&items[at + 1], &items[at], (kept - at) * sizeof items[0]);
    items[at] = any;
    return kept + 1;
}

const struct origin_set *origin_set_join(struct origins *o, const struct origin_set *a, const struct origin_set *b)
{
    if (a == b || b->count == 0)
        return a;
    if (a->count == 0)
        return b;
    const struct origin *merged[2 * ORIGIN_MAX_SET + 2];
    uint32_t count = 0, i = 0, j = 0;
    while (i < a->count || j < b->count) {
        if (j >= b->count || (i < a->count && a->items[i]->id < b->items[j]->id)) {
            merged[count++] = a->items[i++];
        } else {
            if (i < a->count && a->items[i] == b->items[j])
                i++;
            merged[count++] = b->items[j++];
        }
    }
    /* one holds the other: nothing to look up, and by far the most common */
    if (count == a->count)
        return a;
    if (count == b->count)
        return b;
    count = widen(o, merged, count);
    if (count > ORIGIN_MAX_SET) {
        /* too many to follow: keep the oldest, and say that there are others */
        count = ORIGIN_MAX_SET - 1;
        for (uint32_t k = 0; k < count; k++)
            if (merged[k]->kind == ORIGIN_UNKNOWN)
                return intern_set(o, merged, count);
        return origin_set_join(o, intern_set(o, merged, count), o->unknown_set);
    }
    return intern_set(o, merged, count);
}

const struct origin_set *origin_set_add(struct origins *o, const struct origin_set *set, const struct origin *one)
{
    return origin_set_join(o, set, origin_set_of(o, one));
}

/* ------------------------------------------------------------------------------ about one origin */

const struct origin *origin_root(const struct origin *origin)
{
    while (origin->parent)
        origin = origin->parent;
    return origin;
}

bool origin_is_direct(const struct origin *origin)
{
    for (; origin; origin = origin->parent)
        if (origin->kind == ORIGIN_DEREF || origin->kind == ORIGIN_OWNED)
            return false;
    return true;
}

bool origin_is_owned_by_root(const struct origin *origin)
{
    bool owned = false;
    for (; origin; origin = origin->parent) {
        if (origin->kind == ORIGIN_DEREF)
            return false;
        owned |= origin->kind == ORIGIN_OWNED;
    }
    return owned;
}

const struct ir_field *origin_guarded_field(const struct origin *origin)
{
    for (; origin; origin = origin->parent)
        if (origin->kind == ORIGIN_FIELD && origin->record->fields[origin->index].guarded_by)
            return &origin->record->fields[origin->index];
    return NULL;
}

bool origin_is_inside(const struct origin *origin, const struct origin *cell)
{
    while (origin != cell) {
        if (origin->kind != ORIGIN_FIELD)
            return false;
        origin = origin->parent;
    }
    return true;
}
