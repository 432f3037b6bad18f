/*
 * What is wrong with taking a lock or letting it go at one point of one path: F0104 and F0105. Only what is certainly
 * the same object counts (lock_is_that_of), and only what is certain on this path.
 */
#include "analysis/locks/guard_rules.h"

bool guard_check_taking(struct guard_simulation *s, struct lock_facts *facts, guint index, bool reporting)
{
    const struct guard_call *call = &g_array_index(s->f->calls, struct guard_call, index);
    if (reporting && lock_life_check_taking(s, facts, index))
        return true;
    if (call->is_try || call->unsure || lock_may_be_taken_again(s->f, call))
        return false;
    for (uint32_t i = 0; i < facts->count; i++) {
        struct held_lock *lock = &facts->locks[i];
        if (!lock->held || lock->failed || lock->quiet || (lock->shared && call->shared) || !lock_is_that_of(lock, call))
            continue;
        if (reporting && !s->rule_reported[index])
            report_taken_twice(s->f, lock, call);
        if (reporting && !s->rule_reported[index] && span_equal(lock->start, call->span))
            g_array_append_val(s->f->relocked, call->span);
        s->rule_reported[index] |= reporting;
        lock->quiet = !span_equal(lock->start, call->span); /* that it is held too often is told of with this */
        return true;
    }
    return false;
}

/* fl_unlock(name) of a guard that has been ended. */
static void check_ended_guard(struct guard_simulation *s, struct lock_facts *facts, guint index)
{
    const struct guard_call *call = &g_array_index(s->f->calls, struct guard_call, index);
    if (lock_facts_of_guard(facts, call->guard))
        return;
    for (uint32_t i = 0; i < facts->count && !s->rule_reported[index]; i++) {
        const struct held_lock *lock = &facts->locks[i];
        if (lock->guard != call->guard || lock->held || lock->quiet || lock->ended_by_scope || span_is_none(lock->end))
            continue;
        s->rule_reported[index] = true;
        report_released_twice(s->f, lock, call);
    }
}

/* Locks of the same array are held, and none of them can be this one. */
static bool all_are_others(const struct guard_simulation *s, const struct lock_facts *facts, const struct guard_call *call)
{
    for (uint32_t i = 0; i < facts->count; i++) {
        const struct held_lock *lock = &facts->locks[i];
        if (lock->held && locks_may_be_same(lock->locks, call->locks) &&
            (!lock->value || !call->value || !lock_addresses_differ(s->f, call->block, lock->value, call->value)))
            return false;
    }
    return true;
}

/* It takes one lock and lets another one go. */
static void note_instead(struct guard_simulation *s, const struct lock_facts *facts, guint index)
{
    const struct held_lock *only = NULL;
    for (uint32_t i = 0; i < facts->count; i++) {
        const struct held_lock *lock = &facts->locks[i];
        if (!lock->held)
            continue;
        if (only || lock->quiet || lock->given || lock->failed || lock->foreign || lock->guard != UINT32_MAX || !lock->exact)
            return;
        only = lock;
    }
    if (only)
        s->instead[index] = *only;
}

void guard_check_releasing(struct guard_simulation *s, struct lock_facts *facts, guint index, unsigned flags)
{
    const struct guard_call *call = &g_array_index(s->f->calls, struct guard_call, index);
    if ((flags & IR_FLAG_SCOPE_END) || call->locks->count == 0)
        return;
    const struct held_lock *lock = lock_facts_released_by(facts, call);
    if (call->guard != UINT32_MAX && !lock) {
        check_ended_guard(s, facts, index);
        lock = lock_facts_find(facts, call->locks); /* of a lock that is a local, not of a guard */
    }
    if (!lock || lock->tried) {
        if (!facts->forgot) {
            s->missing_at[index] = call->span;
            note_instead(s, facts, index);
        }
        if (lock && !lock->quiet && lock_is_that_of(lock, call))
            s->tried_at[index] = lock->start;
    } else if (lock->held && call->guard == UINT32_MAX && all_are_others(s, facts, call)) {
        if (!lock->quiet && !s->rule_reported[index])
            report_release_of_another(s->f, call, lock);
        s->rule_reported[index] = true;
    } else if (lock->held) {
        if (!lock->given && !lock->foreign && !lock->quiet && !lock->failed && lock_is_that_of(lock, call))
            s->held_at[index] = lock->start;
    } else if (lock->foreign && call->callee && span_equal(lock->end, call->span)) {
        ; /* a helper in a loop: whoever should have taken it is looked for once */
    } else if (!lock->quiet && lock_is_that_of(lock, call) && !span_is_none(lock->end) && !s->rule_reported[index] &&
               !(call->callee && lock_is_kept_by_callee(s->f, call->locks))) {
        s->rule_reported[index] = true;
        report_released_twice(s->f, lock, call);
    }
}

/* A loop takes it again and again without letting it go, and that is told. */
static bool is_relocked(const struct guard_function *f, struct span taken)
{
    for (guint i = 0; i < f->relocked->len; i++)
        if (span_equal(g_array_index(f->relocked, struct span, i), taken))
            return true;
    return false;
}

/* Where `if (flag) lock(); ... if (!flag) unlock();` takes it; NO_SPAN: it does not. */
static struct span taken_when_not(const struct guard_function *f, const struct guard_call *release)
{
    for (guint i = 0; i < f->calls->len; i++) {
        const struct guard_call *call = &g_array_index(f->calls, struct guard_call, i);
        if (call->acquires && !call->unsure && call->exact && release->exact && call->locks == release->locks &&
            cfg_can_reach(f->origins->cfg, call->block, release->block) &&
            branches_are_opposed(f, call->block, release->block))
            return call->span;
    }
    return NO_SPAN;
}

/* Callers are not told again. */
static void silence_exits(struct guard_simulation *s, const struct guard_call *release)
{
    for (guint i = 0; i < s->exits->len; i++) {
        struct lock_facts *facts = &g_array_index(s->exits, struct lock_exit, i).facts;
        for (uint32_t k = 0; k < facts->count; k++)
            facts->locks[k].quiet |= facts->locks[k].foreign && span_equal(facts->locks[k].end, release->span);
    }
}

void guard_settle_releases(struct guard_simulation *s)
{
    struct guard_function *f = s->f;
    if (f->conditions_repeat)
        return;
    for (guint i = 0; i < f->calls->len; i++) {
        const struct guard_call *call = &g_array_index(f->calls, struct guard_call, i);
        if (s->rule_reported[i]) {
            silence_exits(s, call);
            continue;
        }
        bool is_missing = !span_is_none(s->missing_at[i]), is_held = !span_is_none(s->held_at[i]);
        struct span elsewhere = is_missing && !is_held ? taken_when_not(f, call) : s->held_at[i];
        if (is_missing && !span_is_none(elsewhere)) {
            if (!is_relocked(f, elsewhere))
                report_release_of_nothing(f, call, elsewhere);
            silence_exits(s, call);
        } else if (!span_is_none(s->tried_at[i])) {
            report_release_after_failed_try(f, call, s->tried_at[i]);
        } else if (is_missing && call->guard == UINT32_MAX && call->condition == GUARD_ALWAYS && call->exact) {
            lock_mixup_note(f, call, s->instead[i].locks ? &s->instead[i] : NULL);
        }
    }
}
