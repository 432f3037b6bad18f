/*
 * The simulation: every function on every path with the locks that it holds there (guard_facts.h), callees first. What
 * is wrong at a point, the rules say (guard_rules.h).
 */
#include "analysis/locks/guards.h"

#include <string.h>

#include "analysis/context.h"
#include "analysis/locks/guard_rules.h"
#include "analysis/locks/held_sets.h"
#include "analysis/locks/lock_order.h"
#include "analysis/effects/param_writes.h"
#include "flow/paths.h"

static void check_accesses(struct guard_simulation *s, struct path *path, struct flow_point at)
{
    if (!path_reporting(path) || path_widened(path))
        return;
    for (guint i = 0; i < s->f->accesses->len; i++) {
        const struct guard_access *access = &g_array_index(s->f->accesses, struct guard_access, i);
        if (access->at.block == at.block && access->at.statement == at.statement)
            guard_check_access(s, path_facts(path), i);
    }
}

static void enter(void *ctx, void *facts_bytes)
{
    struct guard_simulation *s = ctx;
    for (guint i = 0; i < s->f->required->len; i++) {
        struct guard_call given = {.locks = g_ptr_array_index(s->f->required, i), .guard = UINT32_MAX};
        given.span = s->f->fn->span;
        given.exact = given.locks->count == 1;
        lock_facts_acquire(facts_bytes, &given)->given = true;
    }
}

/* Whoever names the lock in what a pointer leads to knows that it leads somewhere. */
static void assume_object(const struct ir_function *fn, struct path *path, const struct ir_statement *st)
{
    if (st->kind != IR_ST_ASSIGN || st->value.kind != IR_RV_ADDRESS_OF || !traits_is_lock(st->value.place.type))
        return;
    const struct ir_place *place = &st->value.place;
    if (place->base != IR_BASE_LOCAL || place->projection_count < 2 || place->projections[0].kind != IR_PROJ_DEREF)
        return;
    struct ir_place pointer = *place;
    pointer.projection_count = 0;
    pointer.type = fn->locals[place->base_index].type;
    path_assume(path, &pointer, IR_NE, 0);
}

static void see_statement(void *ctx, struct path *path, struct flow_point at, const struct ir_statement *st)
{
    struct guard_simulation *s = ctx;
    check_accesses(s, path, at);
    lock_life_check_statement(s, path_facts(path), at, st,
                              path_reporting(path) && !path_widened(path) && !(st->flags & IR_FLAG_UNSAFE));
    lock_facts_remake(path_facts(path), at, false);
    assume_object(s->f->fn, path, st);
    /* the guard moves from the temporary that the call filled to the variable */
    if (st->kind == IR_ST_ASSIGN && st->value.kind == IR_RV_USE && st->place.base == IR_BASE_LOCAL &&
        st->place.projection_count == 0 && st->place.type->kind == IR_TYPE_RECORD) {
        const struct ir_operand *from = &st->value.operands[0];
        if (from->kind != IR_OPERAND_CONST && from->place.base == IR_BASE_LOCAL && from->place.projection_count == 0) {
            struct held_lock *lock = lock_facts_of_guard(path_facts(path), from->place.base_index);
            if (lock)
                lock->guard = st->place.base_index;
        }
    }
}

/* The field that says whether a guard holds something: its first pointer. */
static bool guard_witness(const struct guard_simulation *s, const struct ir_call *call, struct ir_place *place,
                          struct ir_projection *proj)
{
    *place = call->dest;
    if (call->dest.type->kind != IR_TYPE_RECORD)
        return true;
    const struct ir_record *record = call->dest.type->record;
    for (uint32_t i = 0; i < record->field_count; i++) {
        if (record->fields[i].type->kind != IR_TYPE_POINTER)
            continue;
        *proj = (struct ir_projection){.kind = IR_PROJ_FIELD, .index = i, .record = record, .type = record->fields[i].type};
        place->projections = arena_copy(s->f->analysis->unit->arena, proj, sizeof *proj);
        place->projection_count = 1;
        place->type = proj->type;
        return call->dest.projection_count == 0;
    }
    return false;
}

/* What the result says about an effect; false: there is no result that could. */
static bool result_says(struct guard_simulation *s, const struct ir_call *call, struct ir_place *place,
                        struct ir_projection *proj)
{
    return call->has_dest && guard_witness(s, call, place, proj);
}

static void note_failed_try(struct lock_facts *facts, const struct guard_call *call)
{
    const struct held_lock *before = lock_facts_find(facts, call->locks);
    if (!call->is_try || call->locks->count == 0 || (before && before->held))
        return;
    lock_facts_add(facts, (struct held_lock){.locks = call->locks, .value = call->value, .exact = call->exact,
                                             .guard = call->guard, .tried = true, .start = call->span, .end = NO_SPAN});
}

static bool is_held_already(const struct guard_simulation *s, const struct lock_facts *facts, const struct guard_call *call)
{
    for (uint32_t i = 0; i < facts->count; i++) {
        const struct held_lock *lock = &facts->locks[i];
        if (lock->held && !lock->failed && !lock->quiet && !(lock->shared && call->shared) && lock_is_that_of(lock, call))
            return !lock_may_be_taken_again(s->f, call);
    }
    return false;
}

static void take(struct guard_simulation *s, struct path *path, const struct ir_call *call, guint index)
{
    struct ir_place witness;
    struct ir_projection proj;
    const struct guard_call *effect = &g_array_index(s->f->calls, struct guard_call, index);
    struct lock_facts *facts = path_facts(path);
    bool is_again = !path_widened(path) && guard_check_taking(s, facts, index, path_reporting(path));
    if (is_again && !effect->unsure)
        return; /* it is held already, and the thread waits for itself: what comes behind needs no more of this */
    if (effect->unsure) {
        struct held_lock *before = lock_facts_find(facts, effect->locks);
        if (before)
            before->quiet = true;
        else
            lock_facts_add(facts, (struct held_lock){.locks = effect->locks, .guard = UINT32_MAX, .quiet = true});
        return;
    }
    bool conditional = effect->condition != GUARD_ALWAYS;
    if (effect->is_ignored) {
        lock_facts_acquire(facts, effect)->quiet = true;
        return;
    }
    if ((!conditional && !effect->may_fail) || !result_says(s, call, &witness, &proj)) {
        if (!conditional)
            lock_facts_acquire(facts, effect);
        return;
    }
    enum ir_binary_op taken = effect->condition == GUARD_IF_NONZERO ? IR_NE : IR_EQ;
    if (conditional && effect->is_try && is_held_already(s, facts, effect)) {
        path_assume(path, &witness, taken == IR_EQ ? IR_NE : IR_EQ, 0); /* it says so */
        return;
    }
    for (uint32_t i = 0; conditional && effect->failure_count <= 2 && i < effect->failure_count; i++) {
        struct path *known = path_fork(path);
        path_assume(known, &witness, IR_EQ, effect->failures[i]);
        note_failed_try(path_facts(known), effect);
    }
    if (conditional && effect->failure_count >= 1 && effect->failure_count <= 2) {
        lock_facts_acquire(facts, effect);
        path_assume(path, &witness, taken, 0);
        return;
    }
    struct path *failed = path_fork(path);
    path_assume(failed, &witness, taken == IR_EQ ? IR_NE : IR_EQ, 0);
    const struct held_lock *mine = lock_facts_find(path_facts(failed), effect->locks);
    if (!conditional && mine && mine->held && lock_is_that_of(mine, effect))
        ; /* it fails because this thread has it already */
    else if (!conditional)
        lock_facts_acquire(path_facts(failed), effect)->failed = true; /* most programs do not look: believe them */
    else
        note_failed_try(path_facts(failed), effect);
    lock_facts_acquire(facts, effect);
    path_assume(path, &witness, taken, 0);
}

static void let_go(struct lock_facts *facts, const struct guard_call *call, unsigned flags)
{
    struct held_lock *lock = lock_facts_released_by(facts, call);
    if (!lock || !lock->held) {
        if (call->guard == UINT32_MAX && call->locks->count > 0)
            lock_facts_add(facts, (struct held_lock){.locks = call->locks, .value = call->value, .exact = call->exact,
                                                     .guard = UINT32_MAX, .foreign = true, .start = NO_SPAN,
                                                     .end = call->span, .quiet = lock && lock->quiet});
        return;
    }
    do {
        lock->held = false;
        lock->failed = false;
        lock->end = call->span;
        lock->ended_by_scope = flags & IR_FLAG_SCOPE_END;
        lock = call->guard != UINT32_MAX ? lock_facts_of_guard(facts, call->guard) : NULL; /* a set holds several */
    } while (lock);
}

static void release(struct guard_simulation *s, struct path *path, const struct ir_terminator *term, guint index)
{
    struct ir_place witness;
    struct ir_projection proj;
    const struct guard_call *effect = &g_array_index(s->f->calls, struct guard_call, index);
    struct lock_facts *facts = path_facts(path);
    g_array_index(s->f->calls, struct guard_call, index).happens |= path_reporting(path);
    if (effect->unsure) {
        struct held_lock *lock = lock_facts_find(facts, effect->locks);
        if (lock)
            lock->quiet = true;
        return;
    }
    if (path_reporting(path) && !path_widened(path) && !(term->flags & IR_FLAG_UNSAFE))
        guard_check_releasing(s, facts, index, term->flags);
    if (effect->condition != GUARD_ALWAYS) {
        if (!result_says(s, term->call, &witness, &proj))
            return;
        enum ir_binary_op released = effect->condition == GUARD_IF_NONZERO ? IR_NE : IR_EQ;
        struct path *kept = path_fork(path);
        path_assume(kept, &witness, released == IR_EQ ? IR_NE : IR_EQ, 0);
        path_assume(path, &witness, released, 0);
    }
    let_go(facts, effect, term->flags);
}

static void downgrade(struct lock_facts *facts, const struct guard_call *call)
{
    struct held_lock *lock = lock_facts_released_by(facts, call);
    if (!lock || !lock->held || lock->shared)
        return;
    lock->shared = true;
    lock->downgraded = call->span;
}

/* A function that is not seen may do anything to a lock that it can reach. */
static void see_unknown_call(struct guard_simulation *s, struct path *path, const struct ir_call *call)
{
    const struct ir_function *callee = call->callee;
    if (callee && (callee->has_body || callee->in_system_header || callee->notes[0]))
        return;
    struct lock_facts *facts = path_facts(path);
    for (uint32_t i = 0; i < facts->count; i++) {
        struct held_lock *lock = &facts->locks[i];
        if (lock->guard != UINT32_MAX || lock->locks->count == 0)
            continue;
        const struct origin *root = origin_root(lock->locks->items[0]);
        bool is_hidden = root->kind == ORIGIN_LOCAL && origin_is_direct(lock->locks->items[0]) &&
                         !s->f->fn->locals[root->index].address_taken;
        bool may_reach = root->kind == ORIGIN_GLOBAL && !s->f->analysis->unit->globals[root->index]->is_static;
        for (uint32_t a = 0; a < call->arg_count; a++)
            may_reach |= call->args[a].type->kind == IR_TYPE_POINTER && root->kind != ORIGIN_GLOBAL;
        if (may_reach && !is_hidden && !lock->held)
            lock->quiet = true;
    }
}

/* What is held here, for the order in which locks are taken. */
static void note_moment(struct guard_simulation *s, uint32_t block, const struct lock_facts *facts)
{
    struct held_lock held[MAX_LOCKS];
    uint32_t count = 0;
    for (uint32_t i = 0; i < facts->count; i++)
        if (facts->locks[i].held && !facts->locks[i].failed)
            held[count++] = facts->locks[i];
    GArray *moments = s->f->moments;
    for (guint i = moments->len; i > 0; i--) {
        const struct guard_moment *other = &g_array_index(moments, struct guard_moment, i - 1);
        if (other->block != block)
            break; /* those of one block come together */
        bool is_same = other->count == count;
        for (uint32_t k = 0; is_same && k < count; k++)
            is_same = held[k].locks == other->held[k].locks && held[k].value == other->held[k].value &&
                      held[k].shared == other->held[k].shared && span_equal(held[k].start, other->held[k].start);
        if (is_same)
            return;
    }
    struct guard_moment moment = {block, count, NULL};
    if (count > 0)
        moment.held = arena_copy(s->f->analysis->unit->arena, held, count * sizeof held[0]);
    g_array_append_val(moments, moment);
}

static void see_terminator(void *ctx, struct path *path, struct flow_point at, const struct ir_terminator *term)
{
    struct guard_simulation *s = ctx;
    bool reporting = path_reporting(path);
    check_accesses(s, path, at);
    if (reporting)
        held_sets_note(s->f->analysis->context->held_sets, s->f, at.block, path);
    lock_facts_remake(path_facts(path), at, true);
    if (term->kind == IR_TERM_RETURN && reporting) {
        struct ir_operand result = {.kind = IR_OPERAND_COPY, .type = s->f->fn->locals[0].type};
        result.place = (struct ir_place){.base = IR_BASE_LOCAL, .type = result.type};
        int is_zero = path_test(path, &result, IR_EQ, 0);
        struct lock_facts *facts = path_facts(path);
        guard_note_exit(s, (struct lock_exit){*facts, term->span, path_widened(path), is_zero});
    }
    if (term->kind != IR_TERM_CALL)
        return;
    see_unknown_call(s, path, term->call);
    if (reporting)
        note_moment(s, at.block, path_facts(path));
    for (guint i = 0; i < s->f->calls->len; i++) {
        const struct guard_call *effect = &g_array_index(s->f->calls, struct guard_call, i);
        if (effect->block != at.block)
            continue;
        if (effect->moves && effect->from != UINT32_MAX)
            for (struct held_lock *l; (l = lock_facts_of_guard(path_facts(path), effect->from));)
                l->guard = effect->guard;
        if (effect->waits && reporting && !path_widened(path) && !(term->flags & IR_FLAG_UNSAFE))
            condvar_check_held(s, path_facts(path), i);
        if (effect->makes || effect->destroys || effect->frees)
            lock_life_step(s, path_facts(path), i, reporting && !path_widened(path) && !(term->flags & IR_FLAG_UNSAFE));
        if (effect->downgrades)
            downgrade(path_facts(path), effect);
        if (effect->writes && reporting && !path_widened(path) && !(term->flags & IR_FLAG_UNSAFE))
            read_lock_check_call(s, path_facts(path), i);
        if (effect->needs && reporting && !path_widened(path) && !(term->flags & IR_FLAG_UNSAFE))
            guard_check_need(s, path_facts(path), i);
        if (effect->takes && reporting && !path_widened(path)) {
            guard_check_taking(s, path_facts(path), i, true);
            guard_note_taken(s, path_facts(path), effect);
        }
        if (effect->releases)
            release(s, path, term, i);
    }
    for (guint i = 0; i < s->f->calls->len; i++) {
        const struct guard_call *effect = &g_array_index(s->f->calls, struct guard_call, i);
        if (effect->block != at.block || !effect->acquires)
            continue;
        if (reporting)
            guard_note_taken(s, path_facts(path), effect);
        take(s, path, term->call, i);
    }
}

static struct guard_function *new_function(struct guard_analysis *analysis, const struct ir_function *fn,
                                           struct origins *origins)
{
    struct guard_function *f = g_new0(struct guard_function, 1);
    f->analysis = analysis;
    f->fn = fn;
    f->origins = origins;
    f->values = analysis_values(analysis->context, fn);
    f->accesses = g_array_new(FALSE, FALSE, sizeof(struct guard_access));
    f->calls = g_array_new(FALSE, FALSE, sizeof(struct guard_call));
    f->required = g_ptr_array_new();
    f->moments = g_array_new(FALSE, FALSE, sizeof(struct guard_moment));
    f->relocked = g_array_new(FALSE, FALSE, sizeof(struct span));
    g_ptr_array_add(analysis->functions, f);
    analysis->by_index[fn->index] = f;
    struct guard_summary *summary = ARENA_NEW(analysis->unit->arena, struct guard_summary);
    summary->needs = g_array_new(FALSE, FALSE, sizeof(struct guard_requirement));
    summary->effects = g_array_new(FALSE, FALSE, sizeof(struct guard_effect));
    summary->writes = g_array_new(FALSE, FALSE, sizeof(struct guard_write));
    summary->waits = g_array_new(FALSE, FALSE, sizeof(struct guard_wait));
    analysis->summaries[fn->index] = summary;
    return f;
}

static void free_function(gpointer data)
{
    struct guard_function *f = data;
    struct guard_summary *summary = f->analysis->summaries[f->fn->index];
    g_array_free(summary->needs, TRUE);
    g_array_free(summary->effects, TRUE);
    g_array_free(summary->writes, TRUE);
    g_array_free(summary->waits, TRUE);
    g_array_free(f->accesses, TRUE);
    g_array_free(f->calls, TRUE);
    g_array_free(f->moments, TRUE);
    g_array_free(f->relocked, TRUE);
    g_ptr_array_free(f->required, TRUE);
    g_free(f);
}

static void free_need(gpointer data)
{
    struct guard_need *need = data;
    g_array_free(need->unmet, TRUE);
    g_free(need);
}

static void check_function(struct guard_analysis *analysis, const struct ir_function *fn)
{
    struct origins *origins = fn->in_system_header ? NULL : origins_of(analysis->program, fn);
    if (!origins)
        return;
    struct guard_function *f = new_function(analysis, fn, origins);
    guard_sites_find(f);
    try_results_find_ignored(f);
    try_results_find_failures(f);
    guard_mark_used(f);
    f->conditions_repeat = guard_conditions_repeat(f);
    struct guard_simulation s = {.f = f, .exits = g_array_new(FALSE, FALSE, sizeof(struct lock_exit))};
    s.reported = g_new0(bool, f->accesses->len + 1);
    s.call_reported = g_new0(bool, f->calls->len + 1);
    s.rule_reported = g_new0(bool, f->calls->len + 1);
    s.held_at = g_new0(struct span, f->calls->len + 1);
    s.missing_at = g_new0(struct span, f->calls->len + 1);
    s.instead = g_new0(struct held_lock, f->calls->len + 1);
    s.tried_at = g_new0(struct span, f->calls->len + 1);
    struct path_problem problem = {
        .facts_size = sizeof(struct lock_facts),
        .stable_memory = true,
        .same = lock_facts_same,
        .merge = lock_facts_merge,
        .distance = lock_facts_distance,
        .agree = lock_facts_agree,
        .entry = enter,
        .statement = see_statement,
        .terminator = see_terminator,
    };
    struct paths *paths = paths_run(origins->cfg, &problem, &s);
    paths_report(paths);
    paths_free(paths);
    guard_settle_releases(&s);
    condvar_check_loops(f);
    lock_life_check_made(f);
    guard_summarise_exits(&s);
    g_free(s.reported);
    g_free(s.call_reported);
    g_free(s.rule_reported);
    g_free(s.held_at);
    g_free(s.missing_at);
    g_free(s.instead);
    g_free(s.tried_at);
    g_array_free(s.exits, TRUE);
}

/* Does anything in the unit take a lock, or is anything guarded by a note? Most C is not. */
static bool has_locks(const struct guard_analysis *analysis)
{
    static const char *const notes[] = {"requires",    "acquires",           "acquires.shared",
                                        "acquires_if", "acquires_if.shared", "releases", "waits_holding",
                                        "waits_holding.timed"};
    const struct ir_unit *unit = analysis->unit;
    for (uint32_t i = 0; i < unit->global_count; i++)
        if (ir_note(unit->globals[i]->notes, "guarded_by"))
            return true;
    for (uint32_t i = 0; i < unit->function_count; i++) {
        const struct ir_function *fn = unit->functions[i];
        for (size_t k = 0; k < G_N_ELEMENTS(notes); k++)
            if (ir_note(fn->notes, notes[k]) && (k == 0 || fn->has_body || analysis->graph->callers[i].count > 0))
                return true;
        if (fn->has_body && guard_function_names_guarded(unit, fn))
            return true;
    }
    return false;
}

struct guard_analysis *guards_check(struct analysis *context, struct origin_program *origins)
{
    const struct ir_unit *unit = context->unit;
    const struct callgraph *graph = context->callgraph;
    struct guard_analysis *guards = g_new0(struct guard_analysis, 1);

    *guards = (struct guard_analysis){
        .unit = unit, .graph = graph, .program = origins, .sink = context->sink, .context = context};
    if (!has_locks(guards)) {
        g_free(guards);
        return NULL;
    }
    guards->recursive = recursive_locks_new(context, origins);
    guards->roots = lock_roots_new(context);
    context->held_sets = held_sets_new(unit);
    guards->summaries = g_new0(struct guard_summary *, unit->function_count + 1);
    guards->functions = g_ptr_array_new_with_free_func(free_function);
    guards->by_index = g_new0(struct guard_function *, unit->function_count + 1);
    guards->needs = g_ptr_array_new_with_free_func(free_need);
    guards->kept = g_ptr_array_new_with_free_func(g_free);
    guards->param_writes = param_writes_new(context, origins);
    for (uint32_t c = 0; c < graph->component_count; c++)
        for (uint32_t i = 0; i < graph->components[c].count; i++) {
            const struct ir_function *fn = unit->functions[graph->components[c].functions[i]];
            if (guard_function_is_interesting(guards, fn))
                check_function(guards, fn);
        }
    /* a caller's need stands behind that of its callee, which waits for its answer */
    for (guint i = guards->needs->len; i > 0; i--)
        guard_settle_need(g_ptr_array_index(guards->needs, i - 1));
    lock_reentry_check(guards);
    lock_mixups_settle(guards);
    for (guint i = 0; i < guards->kept->len; i++)
        guard_settle_kept(g_ptr_array_index(guards->kept, i));
    return guards;
}

void guards_check_together(struct guard_analysis *guards)
{
    if (!guards)
        return;
    condvars_settle(guards);
    lock_copies_check(guards);
    lock_order_check(guards);
    for (guint i = 0; i < guards->kept->len; i++)
        guard_settle_total(g_ptr_array_index(guards->kept, i));
    g_ptr_array_free(guards->needs, TRUE);
    g_ptr_array_free(guards->kept, TRUE);
    param_writes_free(guards->param_writes);
    recursive_locks_free(guards->recursive);
    lock_roots_free(guards->roots);
    g_ptr_array_free(guards->functions, TRUE);
    g_free(guards->by_index);
    g_free(guards->summaries);
    g_free(guards);
}
