/* F0501 and F0502: the wait, and what is missing around it. Rust has no such errors: its waits take a guard. */
#include "analysis/locks/guard_rules.h"

static const char *quoted(struct guard_function *f, const struct origin_set *set, const char *nameless)
{
    const struct origin *origin = set->count > 0 ? set->items[0] : NULL;
    bool is_pointed_to = origin && (origin->kind == ORIGIN_DEREF || origin->kind == ORIGIN_OWNED);
    const char *name = origin ? origin_describe(f->origins, is_pointed_to ? origin->parent : origin) : NULL;
    return name ? arena_printf(f->origins->arena, "`%s`", name) : nameless;
}

/* The lock that a guard held or was to hold. */
static const char *guarded_by(struct guard_function *f, const struct held_lock *lock)
{
    const struct origin *origin = lock && lock->locks->count > 0 ? lock->locks->items[0] : NULL;
    return origin ? guard_name_of_lock(f, origin, guard_is_cell_lock(origin)) : "the lock";
}

void report_wait_without_loop(struct guard_function *f, const struct guard_call *call, struct span looked_once,
                              bool is_blind_loop)
{
    struct finding *finding = finding_new(f->analysis->sink, "F0501", "%s is waited for without a loop",
                                          quoted(f, call->condvar, "a condition variable"));
    if (is_blind_loop)
        finding_primary(finding, call->span, "no condition is looked at between one wait and the next");
    else if (call->callee)
        finding_primary(finding, call->span, "`%s` waits, and what it waits for is not looked at again",
                        call->callee->name);
    else
        finding_primary(finding, call->span, "what is waited for is not looked at again after this wait");
    if (!span_is_none(looked_once) && !is_blind_loop)
        finding_label(finding, looked_once, "looked at only once, before the wait");
    if (call->callee)
        finding_note_at(finding, call->inside, NULL, "it waits here");
    finding_note(finding, "a wait may return although nobody notified, or when another thread has been faster");
    if (call->guard != UINT32_MAX)
        finding_help(finding, "wait until it is true: `fl_wait_while(&cv, name, condition)`");
    else
        finding_help(finding, "wait in a loop: `while (...)` around it, with the lock held all the while");
}

void report_wait_without_lock(struct guard_function *f, const struct guard_call *call, const struct held_lock *before)
{
    bool by_guard = call->guard != UINT32_MAX;
    const char *condition = quoted(f, call->condvar, "a condition variable");
    const char *mutex = by_guard ? guarded_by(f, before) : quoted(f, call->locks, "the mutex");
    struct finding *finding;
    if (before && before->held) {
        finding = finding_new(f->analysis->sink, "F0502", "%s is waited for under a read lock", condition);
        finding_primary(finding, call->span, "a wait needs %s for writing", mutex);
        finding_label(finding, before->start, "%s is locked for reading here", mutex);
    } else {
        finding = finding_new(f->analysis->sink, "F0502", "%s is waited for without its %s", condition,
                              by_guard ? "lock" : "mutex");
        finding_primary(finding, call->span, "waits here without holding %s", mutex);
        if (before && !span_is_none(before->end))
            finding_label(finding, before->end, "%s is unlocked here", mutex);
    }
    finding_note(finding, "a wait lets the lock go and takes it again: what is waited for is looked at under it");
    finding_help(finding, "take %s before the condition is looked at, and hold it until behind the wait", mutex);
}

void report_waiter_without_lock(struct guard_function *f, const struct guard_call *call, const struct guard_need *root)
{
    const char *mutex = quoted(f, call->locks, "the mutex");
    struct finding *finding = finding_new(f->analysis->sink, "F0502", "`%s` waits for a condition variable without its mutex",
                                          call->callee->name);
    finding_primary(finding, call->span, "called here without holding %s", mutex);
    finding_note_at(finding, root->call.span, NULL, "it waits here");
    finding_help(finding, "take %s before the call", mutex);
}

void report_other_mutex(struct guard_function *f, const struct guard_call *call, struct guard_function *first_function,
                        const struct guard_call *first)
{
    const char *condition = quoted(f, call->condvar, "a condition variable");
    struct finding *finding = finding_new(f->analysis->sink, "F0502", "%s is waited for with two mutexes", condition);
    finding_primary(finding, call->span, "waits with %s here", quoted(f, call->locks, "another mutex"));
    finding_label(finding, first->span, "waits with %s here", quoted(first_function, first->locks, "its mutex"));
    finding_note(finding, "all who wait for one condition variable at a time must wait with the same mutex");
    finding_help(finding, "give each mutex a condition variable of its own");
}
