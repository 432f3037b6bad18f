/*
 * F0101, F0102 and F0108. Rust has no unguarded access (its types do not let one write it), so these have
 * roles of their own: the access, the lock it needs, and what happened to that lock on this path or which other
 * lock is held in its place.
 */
#include <string.h>

#include "analysis/locks/guard_rules.h"
#include "analysis/effects/param_writes.h"

struct words {
    const char *data;   /* "`a->balance`", "the value of `m`" */
    const char *lock;   /* "`a->lock`", "`m`", "its lock" */
    const char *taking; /* what a guard macro is given: `&a->lock`, `m`, `fl_get(m)`; NULL: it has no name */
};

/* "`name`", or words where there is no name. */
static const char *quoted(struct guard_function *f, const struct origin *origin, const char *nameless)
{
    const char *name = origin_describe(f->origins, origin);
    return name ? arena_printf(f->origins->arena, "`%s`", name) : nameless;
}

static bool is_pointed_to(const struct origin *origin)
{
    return origin->kind == ORIGIN_DEREF || origin->kind == ORIGIN_OWNED;
}

/* By the name of the pointer that leads there, if one does: nobody says `*m` of a mutex. */
const char *guard_name_of_lock(struct guard_function *f, const struct origin *lock, bool is_cell)
{
    if (is_cell)
        lock = lock->parent; /* the parts of a library cell are private: the user knows the mutex */
    return quoted(f, is_pointed_to(lock) ? lock->parent : lock, is_cell ? "the mutex" : "its lock");
}

static const char *pointer_to(struct guard_function *f, const struct origin *lock, bool is_cell)
{
    if (is_cell)
        lock = lock->parent;
    if (!is_pointed_to(lock)) {
        const char *name = origin_describe(f->origins, lock);
        return name ? arena_printf(f->origins->arena, "&%s", name) : NULL;
    }
    const char *name = origin_describe(f->origins, lock->parent);
    const struct ir_type *type = origin_type(f->origins, lock->parent);
    if (name && type && type->kind == IR_TYPE_HANDLE)
        return arena_printf(f->origins->arena, "fl_get(%s)", name);
    return name;
}

/* `y->balance` where y is what some call returned, `a[i].balance`: as the program writes it, or by the way that leads there. */
static void name_as_written(struct guard_function *f, const struct guard_access *access, struct words *words)
{
    struct arena *arena = f->origins->arena;
    if (!access->field || !access->field->name || !access->instance)
        return;
    const char *data = value_describe_member(f->values, access->instance, access->field->name);
    const char *lock = value_describe_member(f->values, access->instance, access->field->guarded_by);
    if (!data || strstr(data, "(...)")) {
        data = access->place ? ir_place_describe(f->analysis->unit, f->fn, access->place, arena) : NULL;
        if (!data || !g_str_has_suffix(data, access->field->name))
            return;
        size_t length = strlen(data) - strlen(access->field->name);
        if (length < 2 || (data[length - 1] != '.' && data[length - 1] != '>'))
            return;
        lock = arena_printf(arena, "%.*s%s", (int)length, data, access->field->guarded_by);
    }
    words->data = arena_printf(arena, "`%s`", data);
    words->lock = arena_printf(arena, "`%s`", lock);
    words->taking = arena_printf(arena, "&%s", lock);
}

static bool is_element(const struct value *object)
{
    return object && (object->kind == VALUE_ELEMENT || object->kind == VALUE_BINARY);
}

static struct words words_for(struct guard_function *f, const struct guard_access *access)
{
    const struct origin *lock = access->locks->items[0];
    struct words words = {
        .lock = guard_name_of_lock(f, lock, access->is_cell),
        .taking = pointer_to(f, lock, access->is_cell),
    };
    if (access->is_cell) {
        words.data = arena_printf(f->origins->arena, "the value of %s", words.lock);
        return words;
    }
    words.data = quoted(f, access->data, "guarded data");
    if (words.data[0] != '`' || is_element(access->instance))
        name_as_written(f, access, &words);
    return words;
}

static void tell_history(struct finding *finding, const struct guard_history *history, struct span use,
                         const char *lock)
{
    /* what stands behind the use got there on a jump back */
    bool is_behind = history->end.file == use.file && history->end.begin >= use.end;
    if (history->was_held && !span_is_none(history->end)) {
        finding_step(finding, 2); /* of the use, which is told before */
        finding_label(finding, history->end, "%s is unlocked here%s", lock,
                      is_behind ? ", in previous iteration of loop" : "");
        finding_step(finding, 1);
    } else if (history->was_held && !span_is_none(history->start))
        finding_note_at(finding, history->start, NULL, "%s is locked here, but not on every path to the use", lock);
}

/* In F0102: where the other one was taken. Two names that are alike would say nothing. */
static void tell_other(struct finding *finding, struct guard_function *f, const struct guard_history *history,
                       struct span place, const char *lock, bool is_cell)
{
    const char *other = guard_name_of_lock(f, history->other, is_cell);
    if (history->other_value)
        other = lock_name(f, origin_set_of(f->origins, history->other), history->other_value);
    bool is_clear = other[0] == '`' && lock[0] == '`' && strcmp(other, lock) != 0;
    if (is_clear)
        finding_primary(finding, place, "needs %s, but %s is held", lock, other);
    else if (lock[0] == '`' && other[0] != '`')
        finding_primary(finding, place, "needs %s, but that of another instance is held", lock);
    else
        finding_primary(finding, place, "needs the lock of the instance that is used here");
    if (span_equal(history->other_start, f->fn->span))
        finding_label(finding, history->other_start, "%s is held in here: `%s` requires it",
                      is_clear ? other : "the lock of another instance", f->fn->name);
    else
        finding_label(finding, history->other_start, "%s is locked here", is_clear ? other : "the other instance");
}

static void tell_guard(struct finding *finding, const struct guard_access *access)
{
    if (access->field && !access->is_cell)
        finding_note_at(finding, access->field->span, NULL, "`%s` is guarded by `%s`", access->field->name,
                        access->field->guarded_by);
}

static void report_other_instance(struct guard_function *f, const struct guard_access *access,
                                  const struct guard_history *history, const struct words *words)
{
    struct finding *finding = finding_new(f->analysis->sink, "F0102", "%s is %s, but the lock held is another instance's",
                                          words->data, access->writes ? "written" : "read");
    tell_other(finding, f, history, access->span, words->lock, access->is_cell);
    tell_guard(finding, access);
    if (!words->taking)
        finding_help(finding, "take the lock of the instance whose data is used");
    else
        finding_help(finding, "lock %s, too: `%s(second, %s);`", words->lock,
                     access->is_cell ? "fl_guard" : "fl_lock_guard", words->taking);
}

void report_unguarded(struct guard_function *f, const struct guard_access *access, const struct guard_history *history)
{
    struct words words = words_for(f, access);
    if (findings_mention(f->analysis->sink, "E0597", access->span))
        return; /* a pointer that was kept past its guard */
    if (history->other) {
        report_other_instance(f, access, history, &words);
        return;
    }
    const char *what = access->writes ? "written" : "read";
    struct finding *finding;
    if (access->is_cell || words.lock[0] != '`')
        finding = finding_new(f->analysis->sink, "F0101", "%s is %s without its lock", words.data, what);
    else
        finding = finding_new(f->analysis->sink, "F0101", "%s is %s without its lock %s", words.data, what, words.lock);
    finding_primary(finding, access->span, "%s here without holding %s", what, words.lock);
    tell_history(finding, history, access->span, words.lock);
    tell_guard(finding, access);
    if (!words.taking)
        finding_help(finding, "take the lock before, and hold it as long as the data is used");
    else if (access->is_cell)
        finding_help(finding, "lock it: `fl_guard(name, %s);` gives a pointer to the value until the end of the scope",
                     words.taking);
    else
        finding_help(finding, "take %s before: `fl_lock_guard(held, %s);`", words.lock, words.taking);
}

void report_unmet_requirement(struct guard_function *f, const struct guard_call *call,
                              const struct guard_history *history)
{
    const struct guard_need *root = call->need;
    while (root && root->parent)
        root = root->parent;
    if (root && root->is_wait) {
        report_waiter_without_lock(f, call, root);
        return;
    }
    const struct origin *wanted = call->locks->items[0];
    const char *lock = guard_name_of_lock(f, wanted, false);
    if (is_element(call->instance) && wanted->kind == ORIGIN_FIELD && wanted->record->fields[wanted->index].name) {
        const char *name = value_describe_member(f->values, call->instance, wanted->record->fields[wanted->index].name);
        lock = name ? arena_printf(f->origins->arena, "`%s`", name) : lock;
    }
    struct finding *finding;
    if (history->other) {
        finding = finding_new(f->analysis->sink, "F0102", "`%s` is called, but the lock held is another instance's",
                              call->callee->name);
        tell_other(finding, f, history, call->span, lock, false);
    } else {
        finding = finding_new(f->analysis->sink, "F0101", "`%s` is called without the lock %s, which it needs",
                              call->callee->name, lock);
        finding_primary(finding, call->span, "called here without holding %s", lock);
        tell_history(finding, history, call->span, lock);
    }
    if (root)
        finding_note_at(finding, root->access.span, NULL, "`%s` %s guarded data here", root->function->fn->name,
                        root->access.writes ? "writes" : "reads");
    else
        finding_note_at(finding, call->callee->span, NULL, "`%s` requires it", call->callee->name);
    finding_help(finding, "take %s before the call", lock);
}

/* In F0108: since when it is held for reading. */
static void tell_reading(struct finding *finding, struct guard_function *f, const struct held_lock *lock, const char *name)
{
    bool is_downgraded = !span_is_none(lock->downgraded);
    struct span since = is_downgraded ? lock->downgraded : lock->start;
    if (span_equal(since, f->fn->span) || span_is_none(since))
        return;
    if (is_downgraded)
        finding_label(finding, since, "from here on %s is locked for reading only", name);
    else
        finding_label(finding, since, "%s is locked for reading here", name);
    finding_step(finding, 1);
}

void report_written_under_read_lock(struct guard_function *f, const struct guard_access *access,
                                    const struct param_write *inner, const struct held_lock *lock)
{
    struct words words = words_for(f, access);
    struct finding *finding =
        finding_new(f->analysis->sink, "F0108", "%s is written under a read lock", words.data);
    if (!inner)
        finding_primary(finding, access->span, "written here, but %s is held for reading only", words.lock);
    else if (access->call->callee)
        finding_primary(finding, access->span, "`%s` writes it, but %s is held for reading only",
                        access->call->callee->name, words.lock);
    else
        finding_primary(finding, access->span, "the function that is called may write it, but %s is held for reading only",
                        words.lock);
    finding_step(finding, 2);
    tell_reading(finding, f, lock, words.lock);
    if (inner && !span_is_none(inner->where))
        finding_note_at(finding, inner->where, NULL, "`%s` writes it here", inner->by->name);
    tell_guard(finding, access);
    if (access->is_cell && words.taking && span_is_none(lock->downgraded))
        finding_help(finding, "lock it for writing: `fl_write_guard(name, %s);`", words.taking);
    else
        finding_help(finding, "who writes needs the lock for writing: other threads may be reading now");
}

void report_writer_under_read_lock(struct guard_function *f, const struct guard_call *call, struct span where,
                                   const struct held_lock *lock)
{
    const char *name = guard_name_of_lock(f, call->locks->items[0], false);
    struct finding *finding = finding_new(f->analysis->sink, "F0108", "`%s` writes what %s guards, under a read lock",
                                          call->callee->name, name);
    finding_primary(finding, call->span, "called here, but %s is held for reading only", name);
    finding_step(finding, 2);
    tell_reading(finding, f, lock, name);
    finding_note_at(finding, where, NULL, "it is written here");
    finding_help(finding, "who writes needs the lock for writing: other threads may be reading now");
}
