/*
 * A lock that one function keeps when it succeeds and another one lets go, where the two reach it by different ways:
 * `begin(s, &io)` locks the page that it finds in a list, `finish(s, &io)` lets go the page of that number. No origin says
 * that it is the same page; that a caller calls the one and then the other, and that the locks are of one class, does.
 */
#include "analysis/locks/guard_rules.h"

/* The same variable, or the same field of the same struct; functions have origins of their own. */
static bool are_of_one_class(const struct origin *a, const struct origin *b)
{
    while (a->kind == ORIGIN_DEREF && b->kind == ORIGIN_DEREF) {
        a = a->parent;
        b = b->parent;
    }
    if (a->kind != b->kind || a->index != b->index)
        return false;
    return (a->kind == ORIGIN_FIELD && a->record == b->record) || a->kind == ORIGIN_GLOBAL;
}

bool lock_class_is_among(const struct origin *lock, const struct origin_set *locks)
{
    for (uint32_t i = 0; i < locks->count; i++)
        if (are_of_one_class(lock, locks->items[i]))
            return true;
    return false;
}

static bool have_common_class(const struct origin_set *a, const struct origin_set *b)
{
    for (uint32_t i = 0; i < a->count; i++)
        if (lock_class_is_among(a->items[i], b))
            return true;
    return false;
}

static bool calls(const struct guard_function *f, const struct ir_function *callee)
{
    const struct call_sites *sites = &f->analysis->graph->calls[f->fn->index];
    for (uint32_t i = 0; i < sites->count; i++)
        if (sites->items[i].call->callee == callee)
            return true;
    return false;
}

bool lock_is_kept_by_callee(const struct guard_function *f, const struct origin_set *locks)
{
    const GPtrArray *all = f->analysis->kept;
    for (guint i = 0; i < all->len; i++) {
        const struct kept_lock *kept = g_ptr_array_index(all, i);
        if (kept->function != f && have_common_class(kept->locks, locks) && calls(f, kept->function->fn))
            return true;
    }
    return false;
}

bool lock_is_released_beside(const struct kept_lock *kept)
{
    const struct guard_analysis *analysis = kept->function->analysis;
    for (guint i = 0; i < analysis->functions->len; i++) {
        const struct guard_function *f = g_ptr_array_index(analysis->functions, i);
        for (guint k = 0; k < f->calls->len && f != kept->function; k++) {
            const struct guard_call *call = &g_array_index(f->calls, struct guard_call, k);
            if (call->releases && call->callee && have_common_class(kept->locks, call->locks) && calls(f, kept->function->fn))
                return true;
        }
    }
    return false;
}
