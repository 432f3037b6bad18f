/*
 * What a function leaves behind: which locks it has taken or let go when it returns, and what its result says about
 * that. Callers read it as the function's effects. Where its paths disagree for no reason that a caller uses, a path
 * forgets a lock: F0103.
 */
#include <string.h>

#include "analysis/locks/guard_rules.h"

void guard_note_exit(struct guard_simulation *s, struct lock_exit way_out)
{
    g_array_append_val(s->exits, way_out);
}

/* ----------------------------------------------------------------------------------------- one lock */

enum exit_state {
    EXIT_NOTHING, /* never touched, or the caller's and held again */
    EXIT_HELD,
    EXIT_FAILED,  /* taking it failed */
    EXIT_LET_GO,  /* taken and let go */
    EXIT_FOREIGN, /* the caller's, let go */
    EXIT_UNSURE,
    EXIT_STATES,
};

static const struct held_lock *entry_of(const struct lock_exit *way_out, const struct origin_set *locks)
{
    const struct held_lock *found = NULL;
    for (uint32_t i = 0; i < way_out->facts.count; i++) {
        const struct held_lock *lock = &way_out->facts.locks[i];
        if (lock->locks == locks && (!found || lock->held))
            found = lock;
    }
    return found;
}

static enum exit_state state_of(const struct lock_exit *way_out, const struct origin_set *locks)
{
    const struct held_lock *lock = entry_of(way_out, locks);
    if (!lock || lock->given || lock->tried || lock->destroyed)
        return EXIT_NOTHING;
    if (lock->quiet || (way_out->mixed && !lock->held && span_is_none(lock->end)))
        return EXIT_UNSURE;
    if (lock->foreign)
        return lock->held ? EXIT_NOTHING : EXIT_FOREIGN;
    if (!lock->held)
        return EXIT_LET_GO;
    return lock->failed ? EXIT_FAILED : EXIT_HELD;
}

static const struct lock_exit *exit_at(const struct guard_simulation *s, guint index)
{
    return &g_array_index(s->exits, struct lock_exit, index);
}

/* Whether all exits in `state` are told from all others by a result of zero or not. */
static bool result_tells(const struct guard_simulation *s, const struct origin_set *locks, enum exit_state state,
                         enum guard_condition *ret_condition)
{
    int zero_when = -1;
    for (guint i = 0; i < s->exits->len; i++) {
        int is_zero = exit_at(s, i)->is_zero;
        int wanted = state_of(exit_at(s, i), locks) == state ? is_zero : !is_zero;
        if (is_zero < 0 || (zero_when >= 0 && wanted != zero_when))
            return false;
        zero_when = wanted;
    }
    *ret_condition = zero_when == 1 ? GUARD_IF_ZERO : GUARD_IF_NONZERO;
    return zero_when >= 0;
}

static void add_effect(struct guard_simulation *s, const struct origin_set *locks, enum exit_state state,
                       const guint counts[EXIT_STATES], struct guard_effect effect)
{
    guint all = s->exits->len;
    guint failed = state == EXIT_HELD ? counts[EXIT_FAILED] : 0;
    effect.acquires = state == EXIT_HELD;
    effect.releases = state == EXIT_FOREIGN;
    if (counts[state] == all) {
        effect.condition = GUARD_ALWAYS;
    } else if (result_tells(s, locks, state, &effect.condition)) {
        effect.is_try = failed == 0;
    } else if (counts[state] + failed < all) {
        effect.unsure = true;
    }
    g_array_append_val(s->f->analysis->summaries[s->f->fn->index]->effects, effect);
}

/* --------------------------------------------------------------------------------------------- F0103 */

static struct kept_lock *keep(struct guard_simulation *s, const struct lock_exit *way_out, struct span released,
                              const struct held_lock *lock)
{
    struct kept_lock *kept = g_new0(struct kept_lock, 1);
    *kept = (struct kept_lock){.function = s->f, .locks = lock->locks, .value = lock->value, .exit = way_out->span,
                               .start = lock->start, .released = released};
    g_ptr_array_add(s->f->analysis->kept, kept);
    return kept;
}

/* It was taken here and let go before this exit, whatever may have become of it since. */
static bool lets_it_go(const struct lock_exit *way_out, const struct origin_set *locks)
{
    const struct held_lock *lock = entry_of(way_out, locks);
    return lock && !lock->held && !lock->given && !lock->foreign && !span_is_none(lock->start) && !span_is_none(lock->end);
}

static uint32_t loop_of_call(const struct guard_function *f, struct span span)
{
    for (guint i = 0; i < f->calls->len; i++) {
        const struct guard_call *call = &g_array_index(f->calls, struct guard_call, i);
        if (span_equal(call->span, span))
            return f->origins->cfg->loop_of[call->block];
    }
    return CFG_NONE;
}

/* One loop takes the locks of an array, another lets them go: both run as often, which no path says. */
static bool are_loops_apart(const struct guard_function *f, struct span taken, struct span released)
{
    uint32_t one = loop_of_call(f, taken), other = loop_of_call(f, released);
    return one != CFG_NONE && other != CFG_NONE && one != other;
}

/* The exits that keep a lock which others let go. The first is what callers may speak for; NULL: there are none. */
static struct kept_lock *find_kept(struct guard_simulation *s, const struct origin_set *locks)
{
    struct kept_lock *first = NULL;
    const struct lock_exit *good = NULL;
    for (guint i = 0; i < s->exits->len && !good; i++)
        if (lets_it_go(exit_at(s, i), locks))
            good = exit_at(s, i);
    struct span last = NO_SPAN;
    for (guint i = 0; good && i < s->exits->len; i++) {
        const struct lock_exit *bad = exit_at(s, i);
        if (bad->mixed || state_of(bad, locks) != EXIT_HELD || span_equal(last, bad->span))
            continue;
        const struct held_lock *lock = entry_of(bad, locks);
        bool is_guess = span_equal(bad->span, good->span) && s->f->conditions_repeat;
        if (lock->guard != UINT32_MAX || is_guess || are_loops_apart(s->f, lock->start, entry_of(good, locks)->end))
            continue;
        struct kept_lock *kept = keep(s, bad, entry_of(good, locks)->end, lock);
        last = bad->span;
        if (!first)
            first = kept;
        else
            kept->first = first;
    }
    return first;
}

/* It comes from a helper that keeps it by mistake, and that is told there; or from one that hands on what a try gave. */
static bool is_of_helper(const struct guard_function *f, const struct held_lock *lock)
{
    for (guint i = 0; i < f->calls->len; i++) {
        const struct guard_call *call = &g_array_index(f->calls, struct guard_call, i);
        if (call->callee && (call->leaves || call->is_try) && span_equal(call->span, lock->start))
            return true;
    }
    return false;
}

/* A lock that no path lets go. Whether that is a mistake is asked when all functions have been seen. */
static void find_total(struct guard_simulation *s, const struct origin_set *locks)
{
    const struct guard_function *f = s->f;
    const struct callgraph *graph = f->analysis->graph;
    bool is_first = lock_root_is(f) || (graph->callers[f->fn->index].count == 0 && !graph->address_taken[f->fn->index]);
    for (guint i = 0; is_first && i < s->exits->len; i++)
        if (lets_it_go(exit_at(s, i), locks))
            return;
    for (guint i = 0; is_first && i < s->exits->len; i++) {
        const struct lock_exit *bad = exit_at(s, i);
        const struct held_lock *lock = entry_of(bad, locks);
        if (bad->mixed || state_of(bad, locks) != EXIT_HELD || lock->guard != UINT32_MAX || locks->count != 1 ||
            !guard_is_from_outside(f, locks->items[0]) || is_of_helper(f, lock))
            continue;
        keep(s, bad, NO_SPAN, lock)->is_total = true;
        return;
    }
}

static bool calls_are_about(const struct guard_function *f, const struct guard_call *helper, bool *ret_takes)
{
    bool lets_go = false;
    for (guint i = 0; i < f->calls->len; i++) {
        const struct guard_call *call = &g_array_index(f->calls, struct guard_call, i);
        if (call->callee == helper->callee || !locks_may_be_same(call->locks, helper->locks))
            continue;
        *ret_takes |= call->acquires;
        lets_go |= call->releases || call->needs;
    }
    return lets_go;
}

void guard_mark_used(struct guard_function *f)
{
    for (guint i = 0; i < f->calls->len; i++) {
        const struct guard_call *helper = &g_array_index(f->calls, struct guard_call, i);
        if (!helper->leaves)
            continue;
        bool takes = false, uses = calls_are_about(f, helper, &takes);
        for (guint k = 0; k < f->accesses->len; k++)
            uses |= locks_may_be_same(g_array_index(f->accesses, struct guard_access, k).locks, helper->locks);
        if (uses && !takes)
            helper->kept->is_used = true;
    }
}

/* The loop that does not let it go before it takes it again, the release that is not on every path: told already. */
static bool is_told(const struct kept_lock *kept)
{
    const struct guard_function *f = kept->function;
    const struct findings *sink = f->analysis->sink;
    for (guint i = 0; i < f->relocked->len; i++)
        if (span_equal(g_array_index(f->relocked, struct span, i), kept->start))
            return true;
    return !span_is_none(kept->released) && findings_mention(sink, "F0105", kept->released) &&
           findings_mention(sink, "F0105", kept->start);
}

void guard_settle_kept(struct kept_lock *kept)
{
    if (!kept->is_total && !kept->is_used && !(kept->first && kept->first->is_used) && !is_told(kept) &&
        !lock_is_released_beside(kept))
        report_kept(kept);
}

void guard_settle_total(struct kept_lock *kept)
{
    static const char *const others[] = {"F0105", "F0107", "F0110"}; /* what came of it is told already */
    const struct guard_function *f = kept->function;
    for (guint i = 0; i < f->calls->len; i++) { /* the helper that takes it lets another one go, and that is told */
        const struct guard_call *call = &g_array_index(f->calls, struct guard_call, i);
        if (call->acquires && call->callee && span_equal(call->span, kept->start) &&
            findings_mention(f->analysis->sink, "F0105", call->inside))
            return;
    }
    bool is_wanted = kept->is_total && !is_told(kept) && lock_is_never_released(kept);
    for (size_t i = 0; is_wanted && i < G_N_ELEMENTS(others); i++)
        is_wanted = !findings_mention(kept->function->analysis->sink, others[i], kept->start);
    if (is_wanted)
        report_kept(kept);
}

/* ------------------------------------------------------------------------------------------- summary */

static bool speaks_for_itself(const struct ir_function *fn)
{
    static const char *const notes[] = {"acquires", "acquires.shared", "acquires_if", "acquires_if.shared", "releases"};
    for (size_t i = 0; i < G_N_ELEMENTS(notes); i++)
        if (ir_note(fn->notes, notes[i]))
            return true;
    return false;
}

static void summarise_lock(struct guard_simulation *s, const struct held_lock *lock)
{
    guint counts[EXIT_STATES] = {0};
    for (guint i = 0; i < s->exits->len; i++)
        counts[state_of(exit_at(s, i), lock->locks)]++;
    struct kept_lock *kept = NULL;
    if (counts[EXIT_HELD] > 0)
        kept = find_kept(s, lock->locks);
    if (counts[EXIT_HELD] > 0 && !kept)
        find_total(s, lock->locks);
    if (lock->locks->count != 1 || !guard_is_from_outside(s->f, lock->locks->items[0]))
        return;
    struct guard_effect effect = {
        .lock = lock->locks->items[0], .shared = lock->shared, .where = lock->start, .kept = kept};
    if (counts[EXIT_HELD] + counts[EXIT_FAILED] > 0 && lock->guard == UINT32_MAX)
        add_effect(s, lock->locks, EXIT_HELD, counts, effect);
    effect.where = lock->end;
    effect.kept = NULL;
    if (counts[EXIT_FOREIGN] > 0 && !lock_is_kept_by_callee(s->f, lock->locks))
        add_effect(s, lock->locks, EXIT_FOREIGN, counts, effect);
}

/* What is taken and kept is said by that; it need not be said that it is taken. */
static void drop_doubles(GArray *effects)
{
    for (guint i = effects->len; i > 0; i--) {
        const struct guard_effect *taken = &g_array_index(effects, struct guard_effect, i - 1);
        bool is_double = false;
        for (guint k = 0; k < effects->len && taken->takes; k++) {
            const struct guard_effect *other = &g_array_index(effects, struct guard_effect, k);
            is_double |= other->acquires && !other->unsure && other->lock == taken->lock;
        }
        if (is_double)
            g_array_remove_index(effects, i - 1);
    }
}

void guard_summarise_exits(struct guard_simulation *s)
{
    GArray *effects = s->f->analysis->summaries[s->f->fn->index]->effects;
    if (speaks_for_itself(s->f->fn)) {
        g_array_set_size(effects, 0);
        return;
    }
    GPtrArray *done = g_ptr_array_new();
    for (guint i = 0; i < s->exits->len; i++) {
        const struct lock_facts *facts = &exit_at(s, i)->facts;
        for (uint32_t k = 0; k < facts->count; k++) {
            if (facts->locks[k].given || g_ptr_array_find(done, facts->locks[k].locks, NULL))
                continue;
            g_ptr_array_add(done, (gpointer)facts->locks[k].locks);
            summarise_lock(s, &facts->locks[k]);
        }
    }
    g_ptr_array_free(done, TRUE);
    drop_doubles(effects);
}

/* ------------------------------------------------------------------------------- taken meanwhile */

/* A caller that knows more than this function's body says might make this condition false. */
static bool asks_caller(const struct value *v)
{
    if (!v)
        return false;
    if (v->kind == VALUE_LOAD || v->kind == VALUE_PHI || v->kind == VALUE_UNKNOWN)
        return true;
    if (v->kind == VALUE_PARAM)
        return !v->type || v->type->unqualified->kind != IR_TYPE_POINTER;
    return asks_caller(v->base) || asks_caller(v->operand);
}

/* Whether a block is reached hangs on something that the caller decides. */
static bool is_up_to_caller(const struct guard_function *f, uint32_t block)
{
    const struct cfg *cfg = f->origins->cfg;
    for (uint32_t b = cfg->idom[block]; block != 0; block = b, b = cfg->idom[b]) {
        const struct ir_terminator *term = &f->fn->blocks[b].terminator;
        if (term->kind == IR_TERM_BRANCH || term->kind == IR_TERM_SWITCH) {
            struct flow_point at = {b, f->fn->blocks[b].statement_count};
            if (asks_caller(value_of_operand(f->values, at, &term->condition)))
                return true;
        }
        if (b == 0)
            return false;
    }
    return false;
}

void guard_note_taken(struct guard_simulation *s, const struct lock_facts *facts, const struct guard_call *call)
{
    GArray *effects = s->f->analysis->summaries[s->f->fn->index]->effects;
    if (call->is_try || call->unsure || !call->exact || !guard_is_from_outside(s->f, call->locks->items[0]))
        return;
    for (uint32_t i = 0; i < facts->count; i++)
        if (!facts->locks[i].tried && locks_may_be_same(facts->locks[i].locks, call->locks))
            return; /* the caller's has been let go before, or it is told of here */
    for (guint i = 0; i < effects->len; i++)
        if (g_array_index(effects, struct guard_effect, i).lock == call->locks->items[0])
            return;
    if (is_up_to_caller(s->f, call->block))
        return;
    struct guard_effect effect = {.lock = call->locks->items[0], .takes = true, .shared = call->shared,
                                  .where = span_is_none(call->inside) ? call->span : call->inside};
    g_array_append_val(effects, effect);
}

bool guard_conditions_repeat(const struct guard_function *f)
{
    const struct ir_function *fn = f->fn;
    GPtrArray *asked = g_ptr_array_new();
    bool repeats = false;
    for (uint32_t b = 0; b < fn->block_count && !repeats; b++) {
        if (fn->blocks[b].terminator.kind != IR_TERM_BRANCH || !cfg_reachable(f->origins->cfg, b))
            continue;
        struct flow_point at = {b, fn->blocks[b].statement_count};
        const struct value *v = value_of_operand(f->values, at, &fn->blocks[b].terminator.condition);
        while (v && v->kind != VALUE_CALL && (v->kind == VALUE_UNARY || v->kind == VALUE_BINARY))
            v = v->base;
        if (!v || v->kind != VALUE_CALL)
            continue;
        const struct ir_function *callee = fn->blocks[v->index].terminator.call->callee;
        if (!callee || speaks_for_itself(callee))
            continue;
        repeats = g_ptr_array_find(asked, callee, NULL);
        g_ptr_array_add(asked, (gpointer)callee);
    }
    g_ptr_array_free(asked, TRUE);
    return repeats;
}
