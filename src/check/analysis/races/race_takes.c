/*
 * What is taken out: `lock; n = q->first; q->first = n->next; unlock;`, who has taken n out of the queue has it alone. The
 * cell that was read under a lock leads to what nobody else finds there, when the function changes the object that the
 * cell is in, under a lock as well. What a helper takes out is its caller's.
 */
#include "analysis/races/race_parts.h"

enum { MAX_TAKEN = 64 };

struct takes {
    struct race_program *program;
    const struct ir_function *fn;
    struct race_function *f;
    struct origins *o;
    GHashTable *read, *changed; /* under a lock: cells, and the objects that cells are in */
};

static void see_effect(void *ctx, const struct origin_state *state, const struct memory_effect *effect)
{
    struct takes *t = ctx;
    (void)state;
    if (held_sets_at(t->program->analysis->held_sets, t->fn, effect->at.block)->count == 0)
        return;
    if (effect->writes)
        g_hash_table_add(t->changed, (gpointer)race_object_of(effect->origin));
    else
        g_hash_table_add(t->read, (gpointer)effect->origin);
}

/* `buf[head]`, with `head` changed: a ring whose parts are globals of their own. */
static bool is_ring_of_globals(const struct takes *t, const struct origin *cell)
{
    GHashTableIter iter;
    gpointer object;
    if (cell->kind != ORIGIN_GLOBAL || !origin_has_array(t->o, cell))
        return false;
    g_hash_table_iter_init(&iter, t->changed);
    while (g_hash_table_iter_next(&iter, &object, NULL))
        if (((const struct origin *)object)->kind == ORIGIN_GLOBAL)
            return true;
    return false;
}

static void add_taken(struct race_function *f, const struct origin *cell)
{
    if (cell->kind > ORIGIN_FUNCTION && f->taken->len < MAX_TAKEN && !g_ptr_array_find(f->taken, cell, NULL))
        g_ptr_array_add(f->taken, (gpointer)cell);
}

/* `queue_pop(q, &job)` */
static void see_call(struct takes *t, uint32_t block)
{
    struct race_run runs[MAX_RUNS];
    struct flow_point at = {block, t->fn->blocks[block].statement_count};
    uint32_t count = race_runs_of_call(t->program, t->fn, t->f, block, runs);
    for (uint32_t r = 0; r < count; r++) {
        const struct race_function *callee = race_function_of(t->program, runs[r].callee);
        if (!callee || !callee->taken || runs[r].thread)
            continue;
        struct origins *inner = origins_of(t->program->origins, runs[r].callee);
        for (guint i = 0; i < callee->taken->len; i++) {
            const struct origin_set *here = origins_of_callee(t->o, origins_state(t->o, at), &runs[r].call, block, inner,
                                                              g_ptr_array_index(callee->taken, i));
            for (uint32_t k = 0; k < here->count; k++)
                add_taken(t->f, here->items[k]);
        }
    }
}

void race_takes_find(struct race_program *program, const struct ir_function *fn, struct race_function *f)
{
    struct takes t = {.program = program, .fn = fn, .f = f, .o = origins_of(program->origins, fn),
                      .read = g_hash_table_new(NULL, NULL), .changed = g_hash_table_new(NULL, NULL)};
    const struct cfg *cfg = analysis_cfg(program->analysis, fn);
    f->taken = g_ptr_array_new();
    if (program->analysis->held_sets)
        effects_walk_own(program->own, fn, see_effect, &t);
    /* in the order of their numbers: the list has an end */
    for (guint i = 0; g_hash_table_size(t.read) > 0 && i < t.o->list->len; i++) {
        const struct origin *cell = g_ptr_array_index(t.o->list, i);
        if (g_hash_table_contains(t.read, cell) &&
            (g_hash_table_contains(t.changed, race_object_of(cell)) || is_ring_of_globals(&t, cell)))
            add_taken(f, cell);
    }
    for (uint32_t k = 0; program->analysis->held_sets && k < cfg->order_count; k++)
        if (race_call_is_reached(t.o, cfg->order[k]))
            see_call(&t, cfg->order[k]);
    g_hash_table_destroy(t.read);
    g_hash_table_destroy(t.changed);
}

bool race_is_taken(const struct race_function *f, const struct race_access *access)
{
    for (const struct origin *at = access->origin; access->locks->count == 0 && at; at = at->parent)
        if (at->kind == ORIGIN_DEREF && g_ptr_array_find(f->taken, at->parent, NULL))
            return true;
    return false;
}
