/*
 * The simulation. A path's facts are the locks that it certainly holds and those that it has let go, each
 * with where that happened (for the message).
 *
 * Order: a set of held locks is greater the fewer it holds (must-analysis). Merge: intersection of what is
 * held; what one side has let go is let go. Height: at most MAX_LOCKS entries, each held -> let go.
 */
#include "analysis/guards.h"

#include <string.h>

#include "analysis/guard_parts.h"
#include "flow/paths.h"

enum { MAX_LOCKS = 12 };

struct held_lock {
    const struct origin_set *locks; /* what it may be; the same object always gives the same set */
    uint32_t guard;                 /* the local that ends it, UINT32_MAX: none */
    bool held, shared, ended_by_scope;
    struct span start, end;
};

struct facts {
    uint32_t count;
    struct held_lock locks[MAX_LOCKS];
};

struct simulation {
    struct guard_function *f;
    bool *reported;        /* by access */
    bool *call_reported;   /* by call */
    GPtrArray *at_return;  /* struct origin_set held at every return so far; NULL before the first */
    GPtrArray *released;   /* struct origin_set released without having been taken here */
};

/* --------------------------------------------------------------------------------------------- facts */

static bool may_be_same(const struct origin_set *a, const struct origin_set *b)
{
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->items[i]->kind == ORIGIN_UNKNOWN)
            return true;
        for (uint32_t k = 0; k < b->count; k++)
            if (a->items[i] == b->items[k] || b->items[k]->kind == ORIGIN_UNKNOWN)
                return true;
    }
    return false;
}

static struct held_lock *find(struct facts *facts, const struct origin_set *locks)
{
    for (uint32_t i = 0; i < facts->count; i++)
        if (facts->locks[i].held && may_be_same(facts->locks[i].locks, locks))
            return &facts->locks[i];
    for (uint32_t i = 0; i < facts->count; i++)
        if (may_be_same(facts->locks[i].locks, locks))
            return &facts->locks[i];
    return NULL;
}

static struct held_lock *find_guard(struct facts *facts, uint32_t guard)
{
    for (uint32_t i = 0; i < facts->count; i++)
        if (facts->locks[i].held && facts->locks[i].guard == guard)
            return &facts->locks[i];
    return NULL;
}

static bool same_facts(void *ctx, const void *a_bytes, const void *b_bytes)
{
    (void)ctx;
    const struct facts *a = a_bytes, *b = b_bytes;
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (a->locks[i].locks != b->locks[i].locks || a->locks[i].held != b->locks[i].held ||
            a->locks[i].guard != b->locks[i].guard || a->locks[i].shared != b->locks[i].shared)
            return false;
    return true;
}

static bool merge_facts(void *ctx, void *into_bytes, const void *from_bytes)
{
    (void)ctx;
    struct facts *into = into_bytes;
    const struct facts *from = from_bytes;
    bool changed = false;
    for (uint32_t i = 0; i < into->count; i++) {
        struct held_lock *mine = &into->locks[i];
        const struct held_lock *theirs = NULL;
        for (uint32_t k = 0; k < from->count; k++)
            if (from->locks[k].locks == mine->locks && (!theirs || from->locks[k].held))
                theirs = &from->locks[k];
        if (mine->held && !(theirs && theirs->held)) {
            mine->held = false;
            mine->ended_by_scope = theirs && theirs->ended_by_scope;
            mine->end = theirs ? theirs->end : NO_SPAN;
            changed = true;
        }
        if (mine->held && theirs->shared && !mine->shared) {
            mine->shared = true;
            changed = true;
        }
    }
    return changed;
}

static void acquire(struct facts *facts, const struct guard_call *call)
{
    struct held_lock fresh = {
        .locks = call->locks, .guard = call->guard, .held = true, .shared = call->shared, .start = call->span};
    /* what was let go of the same lock is history now */
    for (uint32_t i = 0; i < facts->count; i++)
        if (!facts->locks[i].held && facts->locks[i].locks == call->locks) {
            facts->locks[i] = fresh;
            return;
        }
    if (facts->count == MAX_LOCKS) {
        memmove(&facts->locks[0], &facts->locks[1], (MAX_LOCKS - 1) * sizeof facts->locks[0]);
        facts->count--;
    }
    facts->locks[facts->count++] = fresh;
}

static void release(struct simulation *s, struct facts *facts, const struct guard_call *call, unsigned flags,
                    bool reporting)
{
    struct held_lock *lock = call->guard != UINT32_MAX ? find_guard(facts, call->guard) : NULL;
    if (!lock && call->guard == UINT32_MAX)
        lock = find(facts, call->locks);
    if (!lock || !lock->held) {
        if (reporting && call->guard == UINT32_MAX && call->locks->count > 0)
            g_ptr_array_add(s->released, (gpointer)call->locks);
        return;
    }
    lock->held = false;
    lock->end = call->span;
    lock->ended_by_scope = flags & IR_FLAG_SCOPE_END;
}

/* ------------------------------------------------------------------------------------- what is wrong */

/* What is the same field of the same struct as `lock`, and is held: the lock of another object. */
static const struct origin *other_instance(const struct held_lock *held, const struct origin *lock)
{
    for (uint32_t i = 0; i < held->locks->count; i++) {
        const struct origin *other = held->locks->items[i];
        if (other->kind == ORIGIN_FIELD && other->record == lock->record && other->index == lock->index)
            return other;
    }
    return NULL;
}

static void find_other_instance(const struct facts *facts, const struct origin_set *locks,
                                struct guard_history *history)
{
    for (uint32_t i = facts->count; i > 0; i--) { /* the one that was taken last is most likely meant */
        const struct held_lock *held = &facts->locks[i - 1];
        for (uint32_t k = 0; held->held && k < locks->count; k++) {
            if (locks->items[k]->kind != ORIGIN_FIELD)
                continue;
            history->other = other_instance(held, locks->items[k]);
            history->other_start = held->start;
            if (history->other)
                return;
        }
    }
}

static struct guard_history history_of(struct facts *facts, const struct origin_set *locks)
{
    struct guard_history history = {.guard = UINT32_MAX};
    const struct held_lock *before = find(facts, locks);
    if (before && !before->held) {
        history.was_held = true;
        history.ended_by_scope = before->ended_by_scope;
        history.start = before->start;
        history.end = before->end;
        history.guard = before->guard;
    }
    find_other_instance(facts, locks, &history);
    return history;
}

static bool is_from_outside(const struct guard_function *f, const struct origin *lock)
{
    const struct origin *root = origin_root(lock);
    return root->kind == ORIGIN_GLOBAL ||
           (root->kind == ORIGIN_LOCAL && f->fn->locals[root->index].kind == IR_LOCAL_PARAM && !origin_is_direct(lock));
}

/* Only this function's variable: no thread has been shown it before it says so itself. */
static bool is_private(const struct guard_function *f, const struct guard_access *access)
{
    if (access->is_cell)
        return false;
    const struct origin *root = origin_root(access->data);
    if (root->kind == ORIGIN_CALL) { /* just allocated, here */
        const struct ir_call *call = f->fn->blocks[root->index].terminator.call;
        return call->callee && ir_note(call->callee->notes, "fresh");
    }
    if (root->kind != ORIGIN_LOCAL || !origin_is_direct(access->data))
        return false;
    return !f->fn->locals[root->index].address_taken;
}

/* The function makes the object: it initialises the lock itself. */
static bool is_constructor_of(const struct guard_function *f, const struct guard_access *access)
{
    if (access->is_cell || access->data->kind != ORIGIN_FIELD)
        return false;
    const struct ir_record *record = access->data->record;
    for (uint32_t b = 0; b < f->fn->block_count; b++) {
        const struct ir_block *block = &f->fn->blocks[b];
        for (uint32_t i = 0; i < block->statement_count; i++) {
            const struct ir_statement *st = &block->statements[i];
            if (st->kind != IR_ST_ASSIGN && st->kind != IR_ST_ZERO)
                continue;
            const struct ir_type *type = st->place.type;
            if (type->kind == IR_TYPE_RECORD && type->record == record)
                return true; /* the whole struct is written */
            for (uint32_t k = 0; k < st->place.projection_count; k++) {
                const struct ir_projection *proj = &st->place.projections[k];
                if (proj->kind == IR_PROJ_FIELD && proj->record == record && record->fields[proj->index].name &&
                    strcmp(record->fields[proj->index].name, access->field->guarded_by) == 0)
                    return true;
            }
        }
        if (block->terminator.kind != IR_TERM_CALL || !block->terminator.call->callee)
            continue;
        if (ir_note(block->terminator.call->callee->notes, "initialises_lock"))
            return true;
    }
    return false;
}

/* Whether this function's callers hold the lock is theirs to say: all are in view, and it takes it nowhere itself. */
static bool is_for_callers(const struct guard_function *f, const struct origin_set *locks)
{
    const struct callgraph *graph = f->analysis->graph;
    if (!f->fn->is_static || graph->callers[f->fn->index].count == 0 || graph->address_taken[f->fn->index])
        return false;
    if (f->required->len > 0)
        return false; /* what it asks of them is written down */
    for (guint i = 0; i < f->calls->len; i++) {
        const struct guard_call *call = &g_array_index(f->calls, struct guard_call, i);
        if ((call->acquires || call->releases) && may_be_same(call->locks, locks))
            return false;
    }
    for (uint32_t i = 0; i < locks->count; i++)
        if (!is_from_outside(f, locks->items[i]))
            return false;
    return true;
}

static void ask_callers(struct guard_function *f, const struct origin_set *locks, struct guard_need about)
{
    struct guard_need *need = g_new(struct guard_need, 1);
    *need = about;
    need->function = f;
    need->unmet = g_array_new(FALSE, FALSE, sizeof(struct guard_unmet));
    g_ptr_array_add(f->analysis->needs, need);
    struct guard_requirement wanted = {locks, need};
    g_array_append_val(f->analysis->summaries[f->fn->index]->needs, wanted);
}

static bool spans_overlap(struct span a, struct span b)
{
    return a.file == b.file && a.begin < b.end && b.begin < a.end;
}

/* `n++` reads and writes: one mistake, and the write is the one to tell of. */
static guint write_around(const struct guard_function *f, guint read)
{
    const struct guard_access *access = &g_array_index(f->accesses, struct guard_access, read);
    for (guint i = 0; i < f->accesses->len; i++) {
        const struct guard_access *other = &g_array_index(f->accesses, struct guard_access, i);
        if (other->writes && other->data == access->data && spans_overlap(other->span, access->span) &&
            other->span.begin <= access->span.begin && access->span.end <= other->span.end)
            return i;
    }
    return read;
}

static bool is_part_of_reported(const struct simulation *s, const struct guard_access *access)
{
    for (guint i = 0; i < s->f->accesses->len; i++) {
        const struct guard_access *other = &g_array_index(s->f->accesses, struct guard_access, i);
        if (s->reported[i] && other->data == access->data && spans_overlap(other->span, access->span))
            return true;
    }
    return false;
}

static void check_access(struct simulation *s, struct facts *facts, guint index)
{
    struct guard_function *f = s->f;
    const struct guard_access *access = &g_array_index(f->accesses, struct guard_access, index);
    const struct held_lock *lock = find(facts, access->locks);
    if ((lock && lock->held) || s->reported[index])
        return;
    if (is_private(f, access) || is_constructor_of(f, access) || is_part_of_reported(s, access))
        return;
    if (!access->writes)
        access = &g_array_index(f->accesses, struct guard_access, index = write_around(f, index));
    s->reported[index] = true;
    struct guard_history history = history_of(facts, access->locks);
    if (access->is_cell || history.was_held || !is_for_callers(f, access->locks)) {
        report_unguarded(f, access, &history);
        return;
    }
    ask_callers(f, access->locks, (struct guard_need){.access = *access, .history = history});
}

static void check_need(struct simulation *s, struct facts *facts, guint index)
{
    struct guard_function *f = s->f;
    const struct guard_call *call = &g_array_index(f->calls, struct guard_call, index);
    if (!call->needs || call->locks->count == 0)
        return;
    const struct held_lock *lock = find(facts, call->locks);
    if (lock && lock->held) {
        if (call->need)
            call->need->is_met_somewhere = true;
        return;
    }
    if (s->call_reported[index])
        return;
    s->call_reported[index] = true;
    struct guard_history history = history_of(facts, call->locks);
    if (!call->need) {
        report_unmet_requirement(f, call, &history);
    } else if (!history.was_held && is_for_callers(f, call->locks)) {
        ask_callers(f, call->locks, (struct guard_need){.parent = call->need, .call = *call, .history = history});
    } else {
        struct guard_unmet unmet = {f, *call, history};
        g_array_append_val(call->need->unmet, unmet);
    }
}

/* The callers are to hold it: one does, or one holds that of another instance. */
static bool is_left_to_callers(const struct guard_need *need)
{
    if (need->is_met_somewhere)
        return true;
    for (guint i = 0; i < need->unmet->len; i++)
        if (g_array_index(need->unmet, struct guard_unmet, i).history.other)
            return true;
    return false;
}

static void settle_need(const struct guard_need *need)
{
    if (is_left_to_callers(need)) {
        for (guint i = 0; i < need->unmet->len; i++) {
            const struct guard_unmet *unmet = &g_array_index(need->unmet, struct guard_unmet, i);
            report_unmet_requirement(unmet->caller, &unmet->call, &unmet->history);
        }
        if (need->parent)
            need->parent->is_met_somewhere = true;
    } else if (need->parent) {
        struct guard_unmet unmet = {need->function, need->call, need->history};
        g_array_append_val(need->parent->unmet, unmet);
    } else {
        report_unguarded(need->function, &need->access, &need->history);
    }
}

/* ------------------------------------------------------------------------------------------ the hooks */

static void check_accesses(struct simulation *s, struct path *path, struct flow_point at)
{
    if (!path_reporting(path) || path_widened(path))
        return;
    for (guint i = 0; i < s->f->accesses->len; i++) {
        const struct guard_access *access = &g_array_index(s->f->accesses, struct guard_access, i);
        if (access->at.block == at.block && access->at.statement == at.statement)
            check_access(s, path_facts(path), i);
    }
}

static void enter(void *ctx, void *facts_bytes)
{
    struct simulation *s = ctx;
    for (guint i = 0; i < s->f->required->len; i++) {
        struct guard_call given = {.locks = g_ptr_array_index(s->f->required, i), .guard = UINT32_MAX};
        given.span = s->f->fn->span;
        acquire(facts_bytes, &given);
    }
}

static void see_statement(void *ctx, struct path *path, struct flow_point at, const struct ir_statement *st)
{
    struct simulation *s = ctx;
    check_accesses(s, path, at);
    /* the guard moves from the temporary that the call filled to the variable */
    if (st->kind == IR_ST_ASSIGN && st->value.kind == IR_RV_USE && st->place.base == IR_BASE_LOCAL &&
        st->place.projection_count == 0 && st->place.type->kind == IR_TYPE_RECORD) {
        const struct ir_operand *from = &st->value.operands[0];
        if (from->kind != IR_OPERAND_CONST && from->place.base == IR_BASE_LOCAL && from->place.projection_count == 0) {
            struct held_lock *lock = find_guard(path_facts(path), from->place.base_index);
            if (lock)
                lock->guard = st->place.base_index;
        }
    }
}

/* The field that says whether a guard holds something: its first pointer. */
static bool guard_witness(const struct simulation *s, const struct ir_call *call, struct ir_place *place,
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

static void take(struct simulation *s, struct path *path, const struct ir_call *call, const struct guard_call *effect)
{
    struct ir_place witness;
    struct ir_projection proj;
    if (effect->condition == GUARD_ALWAYS) {
        acquire(path_facts(path), effect);
        return;
    }
    if (!call->has_dest || !guard_witness(s, call, &witness, &proj))
        return;
    enum ir_binary_op taken = effect->condition == GUARD_IF_ZERO ? IR_EQ : IR_NE;
    struct path *failed = path_fork(path);
    path_assume(failed, &witness, taken == IR_EQ ? IR_NE : IR_EQ, 0);
    acquire(path_facts(path), effect);
    path_assume(path, &witness, taken, 0);
}

static void leave(struct simulation *s, struct facts *facts)
{
    GPtrArray *held = g_ptr_array_new();
    for (uint32_t i = 0; i < facts->count; i++)
        if (facts->locks[i].held && facts->locks[i].guard == UINT32_MAX)
            g_ptr_array_add(held, (gpointer)facts->locks[i].locks);
    if (!s->at_return) {
        s->at_return = held;
        return;
    }
    for (guint i = s->at_return->len; i > 0; i--)
        if (!g_ptr_array_find(held, g_ptr_array_index(s->at_return, i - 1), NULL))
            g_ptr_array_remove_index(s->at_return, i - 1);
    g_ptr_array_free(held, TRUE);
}

static void see_terminator(void *ctx, struct path *path, struct flow_point at, const struct ir_terminator *term)
{
    struct simulation *s = ctx;
    check_accesses(s, path, at);
    bool reporting = path_reporting(path);
    if (term->kind == IR_TERM_RETURN && reporting)
        leave(s, path_facts(path));
    if (term->kind != IR_TERM_CALL)
        return;
    for (guint i = 0; i < s->f->calls->len; i++) {
        const struct guard_call *effect = &g_array_index(s->f->calls, struct guard_call, i);
        if (effect->block != at.block)
            continue;
        if (effect->needs && reporting && !path_widened(path) && !(term->flags & IR_FLAG_UNSAFE))
            check_need(s, path_facts(path), i);
        if (effect->releases)
            release(s, path_facts(path), effect, term->flags, reporting);
    }
    for (guint i = 0; i < s->f->calls->len; i++) {
        const struct guard_call *effect = &g_array_index(s->f->calls, struct guard_call, i);
        if (effect->block == at.block && effect->acquires)
            take(s, path, term->call, effect);
    }
}

static void summarise_set(const struct guard_function *f, GPtrArray *into, const GPtrArray *sets)
{
    for (guint i = 0; sets && i < sets->len; i++) {
        const struct origin_set *set = g_ptr_array_index(sets, i);
        if (set->count == 1 && is_from_outside(f, set->items[0]))
            g_ptr_array_add(into, (gpointer)set->items[0]);
    }
}

static struct guard_function *new_function(struct guard_analysis *analysis, const struct ir_function *fn,
                                           struct origins *origins)
{
    struct guard_function *f = g_new0(struct guard_function, 1);
    f->analysis = analysis;
    f->fn = fn;
    f->origins = origins;
    f->accesses = g_array_new(FALSE, FALSE, sizeof(struct guard_access));
    f->calls = g_array_new(FALSE, FALSE, sizeof(struct guard_call));
    f->required = g_ptr_array_new();
    g_ptr_array_add(analysis->functions, f);
    struct guard_summary *summary = ARENA_NEW(analysis->unit->arena, struct guard_summary);
    summary->needs = g_array_new(FALSE, FALSE, sizeof(struct guard_requirement));
    summary->acquires = g_ptr_array_new();
    summary->releases = g_ptr_array_new();
    analysis->summaries[fn->index] = summary;
    return f;
}

static void free_function(gpointer data)
{
    struct guard_function *f = data;
    struct guard_summary *summary = f->analysis->summaries[f->fn->index];
    g_array_free(summary->needs, TRUE);
    g_ptr_array_free(summary->acquires, TRUE);
    g_ptr_array_free(summary->releases, TRUE);
    g_array_free(f->accesses, TRUE);
    g_array_free(f->calls, TRUE);
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
    struct simulation s = {.f = f, .released = g_ptr_array_new()};
    s.reported = g_new0(bool, f->accesses->len + 1);
    s.call_reported = g_new0(bool, f->calls->len + 1);
    struct path_problem problem = {
        .facts_size = sizeof(struct facts),
        .same = same_facts,
        .merge = merge_facts,
        .entry = enter,
        .statement = see_statement,
        .terminator = see_terminator,
    };
    struct paths *paths = paths_run(origins->cfg, &problem, &s);
    paths_report(paths);
    paths_free(paths);
    if (f->required->len == 0) {
        summarise_set(f, analysis->summaries[fn->index]->acquires, s.at_return);
        summarise_set(f, analysis->summaries[fn->index]->releases, s.released);
    }
    g_free(s.reported);
    g_free(s.call_reported);
    if (s.at_return)
        g_ptr_array_free(s.at_return, TRUE);
    g_ptr_array_free(s.released, TRUE);
}

/* Is anything in the unit guarded by a note? Most C is not. */
static bool has_guarded_data(const struct guard_analysis *analysis)
{
    const struct ir_unit *unit = analysis->unit;
    for (uint32_t i = 0; i < unit->global_count; i++)
        if (ir_note(unit->globals[i]->notes, "guarded_by"))
            return true;
    for (uint32_t i = 0; i < unit->function_count; i++)
        if (ir_note(unit->functions[i]->notes, "requires") ||
            (unit->functions[i]->has_body && guard_function_names_guarded(unit, unit->functions[i])))
            return true;
    return false;
}

void guards_check(const struct ir_unit *unit, const struct callgraph *graph, struct origin_program *origins,
                  struct findings *sink)
{
    struct guard_analysis analysis = {.unit = unit, .graph = graph, .program = origins, .sink = sink};
    if (!has_guarded_data(&analysis))
        return;
    analysis.summaries = g_new0(struct guard_summary *, unit->function_count + 1);
    analysis.functions = g_ptr_array_new_with_free_func(free_function);
    analysis.needs = g_ptr_array_new_with_free_func(free_need);
    for (uint32_t c = 0; c < graph->component_count; c++)
        for (uint32_t i = 0; i < graph->components[c].count; i++) {
            const struct ir_function *fn = unit->functions[graph->components[c].functions[i]];
            if (guard_function_is_interesting(&analysis, fn))
                check_function(&analysis, fn);
        }
    /* a caller's need stands behind that of its callee, which waits for its answer */
    for (guint i = analysis.needs->len; i > 0; i--)
        settle_need(g_ptr_array_index(analysis.needs, i - 1));
    g_ptr_array_free(analysis.needs, TRUE);
    g_ptr_array_free(analysis.functions, TRUE);
    g_free(analysis.summaries);
}
