/* F0103, F0104, F0105 and F0111: where the lock was taken, and what became of it. */
#include <string.h>

#include "analysis/locks/guard_rules.h"

bool guard_is_cell_lock(const struct origin *lock)
{
    if (lock->kind != ORIGIN_FIELD)
        return false;
    for (size_t i = 0; i < lock->record->field_count; i++) {
        const struct ir_field *data = &lock->record->fields[i];
        if (data->guarded_by && g_str_has_prefix(data->guarded_by, "fl_"))
            return true;
    }
    return false;
}

/* As the program writes it where that can be said: `jobs[k].lock`; of a cell the cell. */
const char *lock_name(struct guard_function *f, const struct origin_set *locks, const struct value *value)
{
    const struct origin *lock = locks->items[0];
    bool is_cell = guard_is_cell_lock(lock);
    if (value && is_cell)
        value = value->kind == VALUE_FIELD ? value->base : NULL;
    const char *name = NULL;
    if (value && value->kind != VALUE_PARAM)
        name = value_describe_target(f->values, value);
    if (value && (!name || name[0] == '*'))
        name = value_describe(f->values, value);
    if (name && name[0] != '&' && !strstr(name, "(...)"))
        return arena_printf(f->origins->arena, "`%s`", name);
    const char *words = guard_name_of_lock(f, lock, is_cell);
    return words[0] == '`' ? words : "the lock";
}

static const char *manner(bool either_shared, bool shared)
{
    return !either_shared ? "" : shared ? " for reading" : " for writing";
}

void report_taken_twice(struct guard_function *f, const struct held_lock *first, const struct guard_call *second)
{
    const char *name = lock_name(f, first->locks, second->value ? second->value : first->value);
    bool rw = first->shared || second->shared, is_self = span_equal(first->start, second->span) && !second->callee;
    struct finding *finding = finding_new(f->analysis->sink, "F0104", "%s is locked twice by one thread", name);
    if (second->callee)
        finding_primary(finding, second->span, "`%s` locks it again%s, while this thread holds it", second->callee->name,
                        manner(rw, second->shared));
    else
        finding_primary(finding, second->span, "locked %s%s here%s", is_self ? "again and again" : "again",
                        manner(rw, second->shared),
                        is_self ? ", in previous iteration of loop, too, and not released between" : ", while this thread holds it");
    finding_step(finding, 2);
    if (!is_self) {
        if (first->given)
            finding_label(finding, first->start, "%s is held in here: `%s` requires it", name, f->fn->name);
        else
            finding_label(finding, first->start, "%s is locked%s here", name, manner(rw, first->shared));
        finding_step(finding, 1);
    }
    if (second->excludes)
        finding_note_at(finding, second->callee->span, NULL, "`%s` must be called without it", second->callee->name);
    else if (second->callee && !span_is_none(second->inside))
        finding_note_at(finding, second->inside, NULL, "it is locked here");
    finding_note(finding, "a thread that waits for a lock which it holds itself waits for ever");
    finding_help(finding, second->callee ? "release it before the call, or call a variant that expects it to be held"
                                         : "release it before, or take it once for both");
}

void report_kept(const struct kept_lock *kept)
{
    struct guard_function *f = kept->function;
    const char *name = lock_name(f, kept->locks, kept->value);
    struct finding *finding = finding_new(f->analysis->sink, "F0103", "%s is not released on every path", name);
    finding_primary(finding, kept->exit, "`%s` returns here and still holds %s", f->fn->name, name);
    finding_step(finding, 2);
    finding_label(finding, kept->start, "%s is locked here", name);
    finding_step(finding, 1);
    if (!span_is_none(kept->released))
        finding_label(finding, kept->released, "released here, on another path");
    if (kept->is_total)
        finding_note(finding, "the end of a thread lets no lock go: whoever waits for it waits for ever");
    finding_help(finding, kept->is_total ? "release it, or use a guard, which does so however its scope is left"
                                         : "release it on this path, too, or use a guard, which does so however its scope is left");
}

void report_released_twice(struct guard_function *f, const struct held_lock *lock, const struct guard_call *call)
{
    const char *name = lock_name(f, lock->locks, call->guard == UINT32_MAX ? call->value : lock->value);
    struct finding *finding = finding_new(f->analysis->sink, "F0105", "%s is released while it is not held", name);
    bool is_self = span_equal(lock->end, call->span);
    if (call->callee)
        finding_primary(finding, call->span, "`%s` releases it%s", call->callee->name,
                        is_self ? ", in previous iteration of loop, too" : " again");
    else
        finding_primary(finding, call->span, "released %s here%s", is_self ? "twice" : "again",
                        is_self ? ", in previous iteration of loop, too" : "");
    finding_step(finding, 2);
    if (!is_self) {
        finding_label(finding, lock->end, "%s is released here%s", name,
                      lock->end.begin > call->span.begin ? ", in previous iteration of loop" : " first");
        finding_step(finding, 1);
    }
    finding_help(finding, "release a lock once for each time that it is taken");
}

void report_release_of_nothing(struct guard_function *f, const struct guard_call *call, struct span taken_elsewhere)
{
    const char *name = lock_name(f, call->locks, call->value);
    struct finding *finding = finding_new(f->analysis->sink, "F0105", "%s is released while it is not held", name);
    finding_primary(finding, call->span, "released here, also on a path on which it was not locked");
    finding_label(finding, taken_elsewhere, "%s is locked here, but not on every path to its release", name);
    finding_help(finding, "release it only where it was locked");
}

void report_release_of_untaken(struct guard_function *f, const struct guard_call *call)
{
    const char *name = lock_name(f, call->locks, call->value);
    struct finding *finding = finding_new(f->analysis->sink, "F0105", "%s is released while it is not held", name);
    if (call->callee)
        finding_primary(finding, call->span, "`%s` releases it, and this thread has not locked it", call->callee->name);
    else
        finding_primary(finding, call->span, "released here, and this thread has not locked it");
    finding_step(finding, 2);
    finding_label(finding, f->fn->span, lock_root_is(f) ? "`%s` begins here and holds nothing" : "nobody who calls `%s` holds it", f->fn->name);
    finding_step(finding, 1);
    if (call->callee && !span_is_none(call->inside))
        finding_note_at(finding, call->inside, NULL, "it is released here");
    finding_help(finding, "lock it before, or leave it to the thread that has locked it");
}

/* The library's functions end in `_`, the macros that call them do not. */
static const char *name_of_callee(struct guard_function *f, const struct ir_function *callee)
{
    size_t length = strlen(callee->name);
    if (length > 1 && callee->name[length - 1] == '_')
        length--;
    return arena_printf(f->origins->arena, "%.*s", (int)length, callee->name);
}

void report_ignored_try(struct guard_function *f, const struct guard_call *call)
{
    const struct ir_function *callee = f->fn->blocks[call->block].terminator.call->callee;
    const char *function = name_of_callee(f, callee);
    const char *name = call->locks->count > 0 ? lock_name(f, call->locks, call->value) : "the lock";
    struct finding *finding = finding_new(f->analysis->sink, "F0111", "the result of `%s` is ignored", function);
    finding_primary(finding, call->span, "nobody looks whether this has taken %s", name);
    if (call->callee && !span_is_none(call->inside))
        finding_note_at(finding, call->inside, NULL, "it tries to take it here");
    finding_note(finding, "the lock is held behind it only where the result says so");
    finding_help(finding, call->condition == GUARD_IF_ZERO ? "go on only if it gives 0, or wait for the lock"
                                                           : "go on only if it gives true, or wait for the lock");
}

void report_null_of_guard(struct guard_function *f, const struct guard_access *access, struct span taking)
{
    const char *name = guard_name_of_lock(f, access->locks->items[0], access->is_cell);
    const char *pointer = f->fn->locals[access->pointer].name;
    struct finding *finding = finding_new(f->analysis->sink, "F0111", "%s is %s where its lock may not have been taken",
                                          access->is_cell ? arena_printf(f->origins->arena, "the value of %s", name)
                                                          : "guarded data",
                                          access->writes ? "written" : "read");
    finding_primary(finding, access->span, "`%s` is NULL here when %s was not taken", pointer ? pointer : "it", name);
    finding_step(finding, 2);
    finding_label(finding, taking, "this may not take %s", name);
    finding_step(finding, 1);
    finding_help(finding, "look at it before: `if (%s)`", pointer ? pointer : "...");
}

void report_release_of_another(struct guard_function *f, const struct guard_call *call, const struct held_lock *held)
{
    const char *name = lock_name(f, call->locks, call->value), *other = lock_name(f, held->locks, held->value);
    bool is_clear = strcmp(name, other) != 0;
    struct finding *finding = finding_new(f->analysis->sink, "F0105", "%s is released while it is not held", name);
    if (is_clear)
        finding_primary(finding, call->span, "released here, but %s is held", other);
    else
        finding_primary(finding, call->span, "released here, where %s is another one than the one that is held", name);
    finding_step(finding, 2);
    finding_label(finding, held->start, "%s is locked here", is_clear ? other : "the one that is held");
    finding_step(finding, 1);
    finding_help(finding, "keep a pointer to the lock that was taken, and release it by that");
}

void report_release_after_failed_try(struct guard_function *f, const struct guard_call *call, struct span tried)
{
    const char *name = lock_name(f, call->locks, call->value);
    struct finding *finding = finding_new(f->analysis->sink, "F0105", "%s is released while it is not held", name);
    finding_primary(finding, call->span, "released here, where it was not taken");
    finding_step(finding, 2);
    finding_label(finding, tried, "on the way from here to the release this has not taken %s", name);
    finding_step(finding, 1);
    finding_help(finding, "release it only where it was taken");
}
