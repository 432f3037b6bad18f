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
        s->missing_at[index] = call->span;
        if (lock && !lock->quiet && lock_is_that_of(lock, call))
            s->tried_at[index] = lock->start;
    } else if (lock->held && call->guard == UINT32_MAX && all_are_others(s, facts, call)) {
        if (!lock->quiet && !s->rule_reported[index])
            report_release_of_another(s->f, call, lock);
        s->rule_reported[index] = true;
    } else if (lock->held) {
        if (!lock->given && !lock->foreign && !lock->quiet && !lock->failed && lock_is_that_of(lock, call))
            s->held_at[index] = lock->start;
    } else if (!lock->quiet && lock_is_that_of(lock, call) && !span_is_none(lock->end) && !s->rule_reported[index]) {
        s->rule_reported[index] = true;
        report_released_twice(s->f, lock, call);
    }
}

void guard_settle_releases(struct guard_simulation *s)
{
    if (s->f->conditions_repeat)
        return;
    for (guint i = 0; i < s->f->calls->len; i++) {
        const struct guard_call *call = &g_array_index(s->f->calls, struct guard_call, i);
        if (!s->rule_reported[i] && !span_is_none(s->held_at[i]) && !span_is_none(s->missing_at[i]))
            report_release_of_nothing(s->f, call, s->held_at[i]);
        else if (!s->rule_reported[i] && !span_is_none(s->tried_at[i]))
            report_release_after_failed_try(s->f, call, s->tried_at[i]);
    }
}
