/*
 * What a function and its callees read and write: each access once, with the threads that do it, those that may run beside
 * it, and its locks.
 *
 * Memory has the names of the function in whose list it is; a call translates. What was made anew and then put where
 * others find it (`shared = malloc(...)`) is also known by the way there: a thread that finds it knows no other.
 */
#include "analysis/races/race_parts.h"

enum { MAX_ACCESSES = 768, MAX_ALIASES = 3 };

struct collector {
    struct race_program *program;
    const struct ir_function *fn;
    struct race_function *f;
    struct origins *o;
    GHashTable *left;           /* whose addresses the function leaves in memory; NULL: not asked yet */
    GHashTable *aliases;        /* of the call that is looked at: root -> GPtrArray of cells that lead to it */
};

static guint hash_access(gconstpointer key)
{
    const struct race_access *a = key;
    return g_direct_hash(a->origin) ^ (guint)(a->runs_in * 31 + a->beside * 17 + a->split * 7 + a->by + a->seed) ^
           (guint)(a->writes | a->is_atomic << 1 | a->has_element << 2) ^ (guint)a->element * 131;
}


static gboolean same_access(gconstpointer x, gconstpointer y)
{
    const struct race_access *a = x, *b = y;
    return a->origin == b->origin && a->writes == b->writes && a->is_atomic == b->is_atomic && a->is_guess == b->is_guess &&
           a->has_element == b->has_element && a->element == b->element && a->by == b->by && a->seed == b->seed && a->index == b->index &&
           a->base_param == b->base_param && a->runs_in == b->runs_in && a->beside == b->beside &&
           a->split == b->split && a->joined == b->joined && a->order.after == b->order.after &&
           a->order.then == b->order.then && a->order.then_once == b->order.then_once && race_locks_equal(a->locks, b->locks) &&
           race_when_equal(&a->when, &b->when);
}

/* The struct itself, what it begins with, or nobody can say. */
static bool begins_with(const struct ir_type *type, const struct ir_record *record)
{
    while (type->kind == IR_TYPE_RECORD && type->record != record && !type->record->is_union) {
        if (type->record->field_count == 0)
            return true;
        type = type->record->fields[0].type;
    }
    return type->kind == IR_TYPE_RECORD;
}

/* `g.len` of a g that is declared as a struct without that field: no pointer leads there, it was lost sight of. */
static bool is_of_declared_type(const struct ir_global *global, const struct origin *origin)
{
    const struct ir_type *type = global->type;
    while (type->kind == IR_TYPE_ARRAY)
        type = type->target;
    if (type->kind != IR_TYPE_RECORD)
        return true;
    for (; origin->parent; origin = origin->parent)
        if (!origin->parent->parent && origin->kind == ORIGIN_FIELD)
            return begins_with(type, origin->record);
    return true;
}

static bool is_shareable(const struct collector *c, const struct origin *origin)
{
    const struct origin *root = origin_root(origin);
    switch (root->kind) {
    case ORIGIN_GLOBAL: {
        const struct ir_global *global = c->o->unit->globals[root->index];
        return !(origin_is_direct(origin) && (global->type->quals & IR_QUAL_CONST)) && is_of_declared_type(global, origin);
    }
    case ORIGIN_LOCAL: {
        const struct ir_local *local = &c->fn->locals[root->index];
        if (!origin_is_direct(origin))
            return local->kind == IR_LOCAL_PARAM;
        return local->address_taken && c->f->threads->len > 0;
    }
    case ORIGIN_CALL:
        return c->f->threads->len > 0;
    default:
        return false;
    }
}

static void keep(struct collector *c, const struct race_access *access)
{
    if (!is_shareable(c, access->origin) || c->f->accesses->len >= MAX_ACCESSES ||
        g_hash_table_contains(c->f->known, access))
        return;
    struct race_access *one = ARENA_NEW(c->program->arena, struct race_access);
    *one = *access;
    g_hash_table_add(c->f->known, one);
    g_ptr_array_add(c->f->accesses, one);
}

static const struct origin *put_in(struct origins *o, const struct origin *origin, const struct origin *root,
                                   const struct origin *instead)
{
    if (origin == root)
        return instead;
    const struct origin *parent = put_in(o, origin->parent, root, instead);
    if (origin->kind == ORIGIN_FIELD)
        return origin_field(o, parent, origin->record, origin->index);
    return origin_deref(o, parent, origin->kind == ORIGIN_OWNED);
}

/* The cell can be found by others: in a global, behind a parameter, or in what is returned. */
static bool is_public(const struct collector *c, const struct origin *cell)
{
    const struct origin *root = origin_root(cell);
    if (root->kind == ORIGIN_CALL)
        return origin_set_has(c->o->result, root);
    if (root->kind == ORIGIN_GLOBAL)
        return !c->o->unit->globals[root->index]->is_thread_local;
    return root->kind == ORIGIN_LOCAL && c->fn->locals[root->index].kind == IR_LOCAL_PARAM && !origin_is_direct(cell);
}

/* The function leaves its address where others find it. */
static bool is_left_in_memory(struct collector *c, const struct origin *root)
{
    if (!c->left) {
        c->left = g_hash_table_new(NULL, NULL);
        for (guint i = 0; i < c->o->stores->len; i++) {
            const struct origin_set *set = g_array_index(c->o->stores, struct origin_store, i).set;
            for (uint32_t k = 0; k < set->count; k++)
                g_hash_table_add(c->left, (gpointer)set->items[k]);
        }
    }
    return g_hash_table_contains(c->left, root);
}

/* The first few cells that others find and that lead to `root`. The caller's. */
static GPtrArray *find_aliases(const struct collector *c, const struct origin_state *state, const struct origin *root)
{
    GPtrArray *found = g_ptr_array_new();
    const struct origin *cell;
    const struct origin_set *stored;
    for (uint32_t id = 0; found->len < MAX_ALIASES && origin_state_next(c->o, state, &id, &cell, &stored); id++)
        if (origin_set_has(stored, root) && is_public(c, cell))
            g_ptr_array_add(found, (gpointer)cell);
    return found;
}

static const GPtrArray *aliases_at_call(struct collector *c, const struct origin_state *state, const struct origin *root)
{
    GPtrArray *found = g_hash_table_lookup(c->aliases, root);
    if (!found)
        g_hash_table_insert(c->aliases, (gpointer)root, found = find_aliases(c, state, root));
    return found;
}

/* The access under every name that its memory has here. */
static void keep_by_all_names(struct collector *c, const struct origin_state *state, const struct race_access *access)
{
    keep(c, access);
    const struct origin *root = origin_root(access->origin);
    bool has_other_names = root->kind == ORIGIN_CALL || (root->kind == ORIGIN_LOCAL && origin_is_direct(access->origin) &&
                                                         c->fn->locals[root->index].address_taken) ||
                           (root->kind == ORIGIN_GLOBAL && origin_is_direct(access->origin) && is_left_in_memory(c, root));
    if (!has_other_names)
        return;
    if (!access->inner)
        g_hash_table_remove_all(c->aliases); /* each stands at a point of its own */
    const GPtrArray *cells = aliases_at_call(c, state, root);
    for (guint i = 0; i < cells->len; i++) {
        struct race_access other = *access;
        other.origin = put_in(c->o, access->origin, root, origin_deref(c->o, g_ptr_array_index(cells, i), false));
        keep(c, &other);
    }
}

/*
 * What is chosen anew in each pass of a loop: if the loop starts threads and each is given what its pass has chosen, then
 * before the start nobody else has it.
 */
static thread_set split_by_loop(const struct collector *c, uint32_t block)
{
    const struct cfg *cfg = analysis_cfg(c->program->analysis, c->fn);
    thread_set split = 0;
    if (cfg->loop_of[block] == CFG_NONE)
        return 0;
    for (guint i = 0; i < c->f->threads->len; i++) {
        const struct race_thread *thread = g_ptr_array_index(c->f->threads, i);
        if (thread->block == block || (cfg_loop_contains(cfg, cfg->loop_of[block], thread->block) &&
                                       !(c->f->fresh[block] >> MIN(i, MAX_THREADS - 1) & 1)))
            split |= UINT64_C(1) << MIN(i, MAX_THREADS - 1);
    }
    return split;
}

const struct origin *race_object_of(const struct origin *origin)
{
    while (origin->kind == ORIGIN_FIELD)
        origin = origin->parent;
    return origin;
}

bool race_call_is_reached(struct origins *o, uint32_t block)
{
    const struct ir_terminator *term = &o->fn->blocks[block].terminator;
    return term->kind == IR_TERM_CALL && !(term->flags & IR_FLAG_UNSAFE) &&
           origins_state(o, (struct flow_point){block, o->fn->blocks[block].statement_count})->reached;
}

/* ---- its own ---- */

/*
 * What a new thread is given is the thread's to touch, and of what is lent the library takes care. What is freed while
 * a thread uses it is another mistake than a race.
 */
static bool is_looked_after(const struct memory_effect *effect)
{
    for (uint32_t i = 0; effect->by && i < effect->by->type->param_count && i < effect->call->arg_count; i++)
        if (span_equal(effect->call->args[i].span, effect->span) &&
            (ir_note(effect->by->params[i].notes, "sent") || ir_note(effect->by->params[i].notes, "free") || (effect->writes && ir_note(effect->by->params[i].notes, "lent"))))
            return true;
    return false;
}

/* Some node of a list or a tree (`p->next->next`): which one, nobody can say. */
static bool is_some_node(const struct origin *origin)
{
    for (const struct origin *at = origin; at; at = at->parent)
        if (at->is_many)
            return true;
    return false;
}

static unsigned pointers_followed(const struct origin *origin)
{
    unsigned count = 0;
    for (; origin; origin = origin->parent)
        count += origin->kind == ORIGIN_DEREF || origin->kind == ORIGIN_OWNED;
    return count;
}

static bool is_worth_while(const struct collector *c, const struct memory_effect *effect)
{
    if (is_some_node(effect->origin) || (effect->is_guess && pointers_followed(effect->origin) > 2))
        return false;
    if (effect->is_guess && (!effect->by || !effect->by->in_system_header || is_looked_after(effect)))
        return false; /* what a function out of view does is no evidence */
    const struct ir_type *type = origin_type(c->o, effect->origin);
    if (type && type->kind == IR_TYPE_FUNCTION)
        return false;
    if (effect->is_atomic)
        return type && type->kind != IR_TYPE_ATOMIC;
    return !effect_is_synchronised(c->o, effect);
}

/* What a parameter points to, is chosen by the parameter. */
static uint64_t parameter_that_points_to(const struct ir_function *fn, const struct origin *origin)
{
    const struct origin *root = origin_root(origin);
    bool is_it = root->kind == ORIGIN_LOCAL && fn->locals[root->index].kind == IR_LOCAL_PARAM &&
                 race_object_of(origin)->parent == root && root->index - 1 < MAX_PARAM_BITS;
    return is_it ? UINT64_C(1) << (root->index - 1) : 0;
}

static void see_own(void *ctx, const struct origin_state *state, const struct memory_effect *effect)
{
    struct collector *c = ctx;
    bool may_have_other_names = origin_root(effect->origin)->kind == ORIGIN_CALL;
    if ((!may_have_other_names && !is_shareable(c, effect->origin)) || !is_worth_while(c, effect) ||
        !race_memory_matters(c->program->matters, c->o, effect->origin))
        return;
    struct values *values = analysis_values(c->program->analysis, c->fn);
    const struct ir_place *place = effect->call ? NULL : effect->place;
    struct race_access access = {
        .origin = effect->origin,
        .writes = effect->writes,
        .is_atomic = effect->is_atomic,
        .is_guess = effect->is_guess,
        .base_param = UINT32_MAX,
        .beside = c->f->live[effect->at.block],
        .joined = c->f->joined[effect->at.block],
        .when = c->f->when ? c->f->when[effect->at.block] : (struct race_when){.kind = WHEN_ALWAYS},
        .order = race_order_at(c->program, c->fn, c->f->ops, effect->at, effect->origin),
        .locks = race_locks_here(c->program, c->fn, effect->at, place),
        .in = c->fn,
        .at = effect->at,
        .fn = c->fn,
        .place = place,
        .by_call = effect->by,
        .span = effect->span,
    };
    /* made in the loop, if a loop is around it */
    uint64_t depends = origin_root(effect->origin)->kind == ORIGIN_CALL ? DEPENDS_ON_FRESH : 0;
    if (place) {
        access.has_element = race_constant_element(values, effect->at, place, &access.element);
        access.index = race_index_of_address(value_address(values, effect->at, place));
        depends |= race_index_depends(c->f, place);
        const struct value *base = value_root(value_address(values, effect->at, place));
        if (base->kind == VALUE_PARAM)
            access.base_param = base->index;
    }
    access.by = depends & ~DEPENDS_ON_CHANGE;
    if (depends & (DEPENDS_ON_CHANGE | DEPENDS_ON_FRESH))
        access.split = split_by_loop(c, effect->at.block);
    access.by |= parameter_that_points_to(c->fn, effect->origin);
    if (!race_is_taken(c->f, &access))
        keep_by_all_names(c, state, &access);
}

/* ---- its callees' ---- */

/* What the call gives for the parameters that chose the object. */
static uint64_t chosen_by(const struct collector *c, const struct ir_call *call, uint64_t by, uint64_t *ret_seed)
{
    uint64_t set = by & DEPENDS_ON_FRESH;
    for (uint32_t i = 0; i < call->arg_count && i < MAX_PARAM_BITS; i++) {
        if (!(by >> i & 1))
            continue;
        const struct ir_operand *arg = &call->args[i];
        set |= race_operand_depends(c->f, arg);
        if (arg->kind == IR_OPERAND_CONST && arg->const_kind == IR_CONST_INT)
            *ret_seed = *ret_seed * 31 + (uint64_t)arg->value * 2 + 3;
    }
    return set;
}


/* `work(&args[2])`: what the parameter points to is element 2. */
static void choose_element(const struct collector *c, const struct ir_call *call, struct flow_point at,
                           const struct ir_function *callee, const struct race_access *inner, struct race_access *access)
{
    const struct origin *root = origin_root(inner->origin), *region = race_object_of(inner->origin);
    if (access->has_element || root->kind != ORIGIN_LOCAL || region->parent != root ||
        callee->locals[root->index].kind != IR_LOCAL_PARAM || root->index - 1 >= call->arg_count)
        return;
    const struct ir_operand *arg = &call->args[root->index - 1];
    struct values *values = analysis_values(c->program->analysis, c->fn);
    if (arg->kind != IR_OPERAND_CONST)
        access->has_element = race_address_element(value_of_operand(values, at, arg), &access->element);
}

/* A new thread has thread-local variables of its own. */
static bool is_thread_local(const struct origins *o, const struct origin *origin)
{
    const struct origin *root = origin_root(origin);
    return root->kind == ORIGIN_GLOBAL && o->unit->globals[root->index]->is_thread_local;
}

/* `work(2)`: what the parameter chooses by `v[1 - id]` is element -1. */
static void choose_by_number(const struct collector *c, const struct ir_call *call, struct flow_point at,
                             const struct race_access *inner, struct race_access *access)
{
    const struct value *leaf = NULL;
    int64_t element;
    if (access->has_element || !inner->index || inner->inner || !race_index_at(inner->index, 0, &leaf, &element) || !leaf ||
        leaf->kind != VALUE_PARAM || leaf->index >= call->arg_count)
        return;
    struct values *values = analysis_values(c->program->analysis, c->fn);
    const struct value *v = value_without_casts(value_of_operand(values, at, &call->args[leaf->index]));
    if (v->kind != VALUE_CONST || !race_index_at(inner->index, v->number, &leaf, &access->element))
        return;
    access->has_element = true;
    access->seed = 0;
}

static void see_access_of_run(struct collector *c, uint32_t block, const struct race_run *run,
                              const struct race_function *callee, const struct race_access *inner)
{
    struct flow_point at = {block, c->fn->blocks[block].statement_count};
    struct origins *callee_origins = origins_of(c->program->origins, run->callee);
    bool starts = run->call.mode != IR_CALL_PLAIN;
    if (origin_root(inner->origin)->kind == ORIGIN_CALL &&
        (starts || !origin_set_has(callee_origins->result, origin_root(inner->origin))))
        return; /* made there, and not given to us */
    if (starts && is_thread_local(callee_origins, inner->origin))
        return;
    const struct origin_state *state = origins_state(c->o, at);
    const struct origin_set *set = origins_of_callee(c->o, state, &run->call, block, callee_origins, inner->origin);
    if (starts && origin_root(inner->origin)->kind == ORIGIN_GLOBAL)
        set = origin_set_add(c->o, set, race_named_alike(c->o, inner->origin));
    if (set->count == 0)
        return;
    struct race_access access = *inner;
    access.when.only = race_threads_translate(c->f, callee, block, inner->when.only);
    thread_set loop = starts ? run->thread & split_by_loop(c, block) : 0;
    for (uint32_t i = 0; i < run->call.arg_count; i++)
        loop = race_operand_depends(c->f, &run->call.args[i]) & DEPENDS_ON_CHANGE ? loop : 0;
    if (!race_when_of_call(analysis_values(c->program->analysis, c->fn), at, &run->call, loop, &access.when))
        return;
    if (access.when.kind == WHEN_ALWAYS && access.when.only == 0 && c->f->when && !starts)
        access.when = c->f->when[block];
    access.in = c->fn;
    access.at = at;
    access.inner = inner;
    access.locks = race_locks_of_call(c->program, c->fn, block, &run->call, run->callee, inner);
    access.runs_in = race_threads_translate(c->f, callee, block, inner->runs_in);
    access.split = race_threads_translate(c->f, callee, block, inner->split);
    struct race_call call = {c->o, callee_origins, at, &run->call};
    access.order = race_order_of_call(c->program, c->f->ops, &call, &inner->order);
    state = origins_state(c->o, at);
    access.joined = c->f->joined[block];
    for (uint32_t i = 0; i < inner->joined->count; i++)
        access.joined = origin_set_join(c->o, access.joined,
                                        origins_of_callee(c->o, state, &run->call, block, callee_origins,
                                                          inner->joined->items[i]));
    access.beside = ((c->f->live[block] | run->beside) & ~race_threads_named(c->program, c->f, access.joined)) |
                    race_threads_translate(c->f, callee, block, inner->beside);
    access.runs_in |= run->thread;
    uint64_t depends = chosen_by(c, &run->call, inner->by, &access.seed);
    if (depends & (DEPENDS_ON_CHANGE | DEPENDS_ON_FRESH))
        access.split |= split_by_loop(c, block);
    access.base_param = UINT32_MAX;
    if (inner->base_param < run->call.arg_count) {
        struct values *values = analysis_values(c->program->analysis, c->fn);
        const struct value *base = value_of_operand(values, at, &run->call.args[inner->base_param]);
        if (base->kind == VALUE_PARAM)
            access.base_param = base->index;
    }
    choose_element(c, &run->call, at, run->callee, inner, &access);
    choose_by_number(c, &run->call, at, inner, &access);
    for (uint32_t i = 0; i < set->count; i++) {
        access.origin = set->items[i];
        access.by = (depends & ~DEPENDS_ON_CHANGE) | parameter_that_points_to(c->fn, access.origin);
        state = origins_state(c->o, at); /* names were added to the table meanwhile */
        if (starts || !race_is_taken(c->f, &access))
            keep_by_all_names(c, state, &access);
    }
}

void race_accesses_find(struct race_program *program, const struct ir_function *fn, struct race_function *f)
{
    struct collector c = {.program = program, .fn = fn, .f = f, .o = origins_of(program->origins, fn),
                          .aliases = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref)};
    const struct cfg *cfg = analysis_cfg(program->analysis, fn);
    f->accesses = g_ptr_array_new();
    f->known = g_hash_table_new(hash_access, same_access);
    race_takes_find(program, fn, f);
    effects_walk_own(program->own, fn, see_own, &c);
    for (uint32_t k = 0; k < cfg->order_count && f->accesses->len < MAX_ACCESSES; k++) {
        uint32_t b = cfg->order[k];
        g_hash_table_remove_all(c.aliases);
        if (!race_call_is_reached(c.o, b))
            continue;
        struct race_run runs[MAX_RUNS];
        uint32_t count = race_runs_of_call(program, fn, f, b, runs);
        for (uint32_t r = 0; r < count; r++) {
            const struct race_function *callee = race_function_of(program, runs[r].callee);
            for (guint i = 0; callee && i < callee->accesses->len && f->accesses->len < MAX_ACCESSES; i++)
                see_access_of_run(&c, b, &runs[r], callee, g_ptr_array_index(callee->accesses, i));
        }
    }
    g_hash_table_destroy(c.aliases);
    if (c.left)
        g_hash_table_destroy(c.left);
}
