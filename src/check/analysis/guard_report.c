/*
 * F0101 and E0597. Rust has no unguarded access (its types do not let one write it), so F0101 has roles of
 * its own: the access, then the lock it needs, then what happened to that lock on this path.
 */
#include "analysis/guard_parts.h"

struct words {
    const char *data; /* `m.fl_data`, `a->balance` */
    const char *lock; /* `m`, `a->lock` */
};

/* `a->lock` for what the origin DEREF(a).lock is. */
static const char *name_of(struct guard_function *f, const struct origin *origin)
{
    const char *name = origin_describe(f->origins, origin);
    return name ? name : "the lock";
}

static struct words words_for(struct guard_function *f, const struct guard_access *access)
{
    const struct origin *lock = access->locks->items[0];
    struct words words = {name_of(f, access->data), name_of(f, lock)};
    /* of a library cell, the parts are private: the user knows the mutex */
    if (access->is_cell) {
        const struct origin *cell = access->data->parent;
        bool through_pointer = cell->kind == ORIGIN_DEREF || cell->kind == ORIGIN_OWNED;
        words.lock = name_of(f, through_pointer ? cell->parent : cell);
        words.data = words.lock;
    }
    return words;
}

static void tell_history(struct finding *finding, const struct guard_history *history, const char *lock)
{
    if (history->was_held && !span_is_none(history->end))
        finding_label(finding, history->end, "`%s` is unlocked here", lock);
    else if (history->was_held && !span_is_none(history->start))
        finding_note_at(finding, history->start, NULL, "`%s` is locked here, but not on every path to the use", lock);
    if (history->other_instance && !span_is_none(history->other))
        finding_note_at(finding, history->other, NULL, "the lock taken here belongs to another object");
}

/* The pointer that a guard gave was kept, and the guard is gone. */
static void report_outlived_guard(struct guard_function *f, const struct guard_access *access,
                                  const struct guard_history *history, const char *lock)
{
    const struct ir_local *pointer = &f->fn->locals[access->pointer];
    const char *name = pointer->name ? pointer->name : "the pointer";
    struct finding *finding =
        finding_new(f->analysis->sink, "E0597", "the guard of `%s` does not live long enough", lock);
    finding_primary(finding, history->start, "`%s` is locked only until the end of this guard's scope", lock);
    finding_label(finding, history->end, "the guard ends here while `%s` still points to what it guards", name);
    finding_label(finding, access->span, "borrow later used here");
    finding_help(finding, "use `%s` inside the guard's scope, or copy the value out of it", name);
}

void report_unguarded(struct guard_function *f, const struct guard_access *access, const struct guard_history *history)
{
    struct words words = words_for(f, access);
    bool kept = access->pointer != UINT32_MAX && history->was_held && history->ended_by_scope;
    if (kept && !span_is_none(history->end)) {
        report_outlived_guard(f, access, history, words.lock);
        return;
    }
    const char *what = access->writes ? "written" : "read";
    struct finding *finding;
    if (access->is_cell)
        finding = finding_new(f->analysis->sink, "F0101", "the value of `%s` is %s without its lock", words.data, what);
    else
        finding = finding_new(f->analysis->sink, "F0101", "`%s` is %s without its lock `%s`", words.data, what, words.lock);
    finding_primary(finding, access->span, "%s here without holding `%s`", what, words.lock);
    tell_history(finding, history, words.lock);
    if (access->field && !access->is_cell)
        finding_note_at(finding, access->field->span, NULL, "`%s` is guarded by `%s`", access->field->name,
                        access->field->guarded_by);
    if (access->is_cell)
        finding_help(finding, "lock it: `fl_guard(name, &%s);` gives a pointer to the value until the end of the scope",
                     words.data);
    else
        finding_help(finding, "take `%s` before: `fl_lock_guard(held, &%s);`", words.lock, words.lock);
}

void report_unmet_requirement(struct guard_function *f, const struct guard_call *call,
                              const struct guard_history *history)
{
    const char *lock = name_of(f, call->locks->items[0]);
    struct finding *finding = finding_new(f->analysis->sink, "F0101", "`%s` is called without the lock `%s`, which it needs",
                                          call->callee->name, lock);
    finding_primary(finding, call->span, "called here without holding `%s`", lock);
    tell_history(finding, history, lock);
    const struct guard_need *root = call->need;
    while (root && root->parent)
        root = root->parent;
    if (root)
        finding_note_at(finding, root->access.span, NULL, "`%s` %s guarded data here", root->function->fn->name,
                        root->access.writes ? "writes" : "reads");
    else
        finding_note_at(finding, call->callee->span, NULL, "`%s` requires it", call->callee->name);
    finding_help(finding, "take `%s` before the call", lock);
}
