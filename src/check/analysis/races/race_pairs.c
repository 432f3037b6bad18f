/*
 * Two accesses that can happen at once.
 *
 * Each access knows the threads that do it and those that may be running beside it, so the question is one of bits: does
 * one run in a thread that may run beside the other? Memory that a function's callers cannot see is judged in the
 * function; all other memory where nobody in view calls it.
 */
#include "analysis/races/race_parts.h"

#include <string.h>

enum { MAX_PER_ROOT = 600 };

static bool is_judged_here(const struct origins *o, const struct origin *origin, bool is_root)
{
    const struct origin *root = origin_root(origin);
    if (is_root || root->kind == ORIGIN_CALL)
        return true;
    if (root->kind == ORIGIN_GLOBAL && o->unit->globals[root->index]->is_thread_local)
        return true; /* its callers may be threads of their own */
    return root->kind == ORIGIN_LOCAL && (origin_is_direct(origin) || o->fn->locals[root->index].kind != IR_LOCAL_PARAM);
}

/*
 * A struct as a whole, or bytes that a library function is given: not one number at some place in it. The members of a
 * union share their bytes, and have one origin.
 */
static bool covers_all(const struct origins *o, const struct race_access *access)
{
    const struct ir_type *type = origin_type(o, access->origin);
    return !access->place || access->place->type->kind == IR_TYPE_RECORD || access->place->type->kind == IR_TYPE_ARRAY ||
           (type && type->kind == IR_TYPE_RECORD && type->record->is_union);
}

/* Neighbours in one memory location (C11 3.14): to write one bit-field is to read and write those beside it. */
static bool share_a_unit(const struct origin *a, const struct origin *b)
{
    if (a->kind != ORIGIN_FIELD || b->kind != ORIGIN_FIELD || a->parent != b->parent || a->record != b->record)
        return false;
    for (uint32_t i = MIN(a->index, b->index); i <= MAX(a->index, b->index); i++)
        if (i >= a->record->field_count || a->record->fields[i].bit_width <= 0)
            return false;
    return true;
}

/* One is the other, or a part of it: no pointer in between. */
static bool overlap(const struct origins *o, const struct race_access *a, const struct race_access *b)
{
    if (a->origin == b->origin || share_a_unit(a->origin, b->origin))
        return true;
    return (origin_is_inside(a->origin, b->origin) && covers_all(o, b)) ||
           (origin_is_inside(b->origin, a->origin) && covers_all(o, a));
}

/* The number that a thread was given, or that is in what it was given. */
static bool is_of_thread(const struct value *v)
{
    return v && (v->kind == VALUE_PARAM || (v->kind == VALUE_LOAD && value_root(v->base)->kind == VALUE_PARAM));
}

/* `v[id]` and `v[id + 1]`: each thread has chosen an element, but the next one may have chosen the same. */
static bool choose_the_neighbours(const struct race_access *a, const struct race_access *b)
{
    const struct value *leaf = NULL;
    int64_t a0, a1, b0, b1;
    if (a->fn != b->fn || !a->index || !b->index || a->index == b->index)
        return false;
    return race_index_at(a->index, 0, &leaf, &a0) && race_index_at(a->index, 1, &leaf, &a1) &&
           race_index_at(b->index, 0, &leaf, &b0) && race_index_at(b->index, 1, &leaf, &b1) && is_of_thread(leaf) &&
           (a0 == b1 || a1 == b0);
}

/* Each is done by threads of a loop that have chosen their own: two loops over one array are taken to share it out. */
static bool are_both_chosen(const struct race_access *a, const struct race_access *b)
{
    return (a->split & a->runs_in) && (b->split & b->runs_in) && !choose_the_neighbours(a, b);
}

/* They can happen at once; ret_same: only as two instances of one thread. */
static bool may_meet(const struct race_access *a, const struct race_access *b, bool *ret_same)
{
    thread_set meet = (a->beside & b->runs_in) | (b->beside & a->runs_in);
    thread_set both = a->runs_in & b->runs_in;
    if (!choose_the_neighbours(a, b))
        meet &= ~(a->split & b->split);
    if (a->when.number == b->when.number)
        meet &= ~(a->when.only & b->when.only);
    *ret_same = (meet & ~both) == 0;
    return meet != 0;
}

static bool elements_differ(const struct race_access *a, const struct race_access *b)
{
    if (a->has_element && b->has_element && a->element != b->element)
        return true;
    return a->seed && b->seed && a->seed != b->seed;
}

static bool is_race(const struct origins *o, const struct race_access *a, const struct race_access *b, bool *ret_same)
{
    return (a->writes || b->writes) && !(a->is_atomic && b->is_atomic) && overlap(o, a, b) &&
           may_meet(a, b, ret_same) && !are_both_chosen(a, b) && !elements_differ(a, b) && !race_locks_in_common(a, b) &&
           !race_is_ordered(o, a, b);
}

/* The more a pair says, the better: a write without any lock, in two different places of the program. */
static int worth(const struct race_access *a, const struct race_access *b)
{
    int worth = 0;
    worth += a->writes && a->locks->count == 0 ? 4 : 0;
    worth += b->writes && b->locks->count == 0 ? 4 : 0;
    worth += a->writes ? 2 : 0;
    worth += b->writes ? 2 : 0;
    worth -= a->is_guess || b->is_guess ? 3 : 0;
    worth += a->locks->count == 0 || b->locks->count == 0 ? 1 : 0;
    return worth;
}

/* Of all races on what overlaps with this access's memory, the best one. */
static void judge(struct race_program *program, const struct ir_function *fn, const GPtrArray *list, guint first)
{
    const struct origins *o = origins_of(program->origins, fn);
    const struct race_access *a = g_ptr_array_index(list, first), *best = NULL;
    bool best_same = false, same;
    int best_worth = 0;
    for (guint i = first; i < list->len; i++) {
        const struct race_access *b = g_ptr_array_index(list, i);
        if (!is_race(o, a, b, &same) || (best && worth(a, b) <= best_worth))
            continue;
        best = b;
        best_same = same;
        best_worth = worth(a, b);
    }
    if (best)
        race_report(program, fn, a, best, best_same);
}

/* Writes without a lock come first: they are the ones to tell of. */
static gint by_rank(gconstpointer x, gconstpointer y)
{
    const struct race_access *a = *(const struct race_access *const *)x, *b = *(const struct race_access *const *)y;
    int ra = (a->is_guess ? 4 : 0) + (a->writes ? 0 : 2) + (a->locks->count > 0);
    int rb = (b->is_guess ? 4 : 0) + (b->writes ? 0 : 2) + (b->locks->count > 0);
    if (ra != rb)
        return ra - rb;
    if (a->span.file != b->span.file)
        return a->span.file < b->span.file ? -1 : 1;
    return a->span.begin < b->span.begin ? -1 : a->span.begin > b->span.begin;
}

void race_pairs_check(struct race_program *program, const struct ir_function *fn, bool is_root)
{
    const struct race_function *f = race_function_of(program, fn);
    if (!f || f->threads->len == 0)
        return;
    const struct origins *o = origins_of(program->origins, fn);
    GHashTable *groups = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    GPtrArray *roots = g_ptr_array_new();
    for (guint i = 0; i < f->accesses->len; i++) {
        struct race_access *access = g_ptr_array_index(f->accesses, i);
        const struct origin *root = origin_root(access->origin);
        if (!is_judged_here(o, access->origin, is_root))
            continue;
        GPtrArray *list = g_hash_table_lookup(groups, root);
        if (!list) {
            list = g_ptr_array_new();
            g_hash_table_insert(groups, (gpointer)root, list);
            g_ptr_array_add(roots, (gpointer)root);
        }
        if (list->len < MAX_PER_ROOT)
            g_ptr_array_add(list, access);
    }
    for (guint r = 0; r < roots->len; r++) {
        GPtrArray *list = g_hash_table_lookup(groups, g_ptr_array_index(roots, r));
        g_ptr_array_sort(list, by_rank);
        for (guint i = 0; i < list->len; i++)
            judge(program, fn, list, i);
    }
    g_hash_table_destroy(groups);
    g_ptr_array_free(roots, TRUE);
}
