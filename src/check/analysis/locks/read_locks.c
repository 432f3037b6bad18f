/*
 * F0108: data is written while its lock is held, but for reading only, so that other readers are in. By a statement; by
 * a function that gets a pointer to it; by one that relies on its caller's lock, with or without FL_REQUIRES.
 */
#include "analysis/locks/guard_rules.h"
#include "analysis/effects/param_writes.h"

/* The lock, if it is certain that it is held for reading and for nothing more; NULL: it is not. */
static const struct held_lock *held_for_reading(const struct lock_facts *facts, const struct origin_set *locks)
{
    const struct held_lock *found = NULL;
    for (uint32_t i = 0; i < facts->count; i++) {
        const struct held_lock *lock = &facts->locks[i];
        if (!lock->held || !locks_may_be_same(lock->locks, locks))
            continue;
        if (!lock->shared || lock->quiet || lock->failed)
            return NULL;
        found = lock;
    }
    return found;
}

/* Held at the entry: what is written relies on the caller's lock. */
static void note_write(struct guard_simulation *s, const struct lock_facts *facts, const struct origin_set *locks,
                       struct span where)
{
    GArray *writes = s->f->analysis->summaries[s->f->fn->index]->writes;
    bool is_given = false;
    for (uint32_t i = 0; i < facts->count; i++)
        is_given |= facts->locks[i].held && facts->locks[i].given && facts->locks[i].locks == locks;
    for (guint i = 0; i < writes->len; i++)
        is_given &= g_array_index(writes, struct guard_write, i).locks != locks;
    struct guard_write write = {locks, where};
    if (is_given)
        g_array_append_val(writes, write);
}

void read_lock_check_access(struct guard_simulation *s, const struct lock_facts *facts, guint index)
{
    struct guard_access *access = &g_array_index(s->f->accesses, struct guard_access, index);
    const struct param_write *inner = NULL;
    if (access->call)
        inner = param_writes_of_call(s->f->analysis->param_writes, access->call, access->argument);
    if (!access->writes && !inner)
        return;
    note_write(s, facts, access->locks, access->span);
    const struct held_lock *lock = held_for_reading(facts, access->locks);
    if (!lock)
        return;
    s->reported[index] = true;
    report_written_under_read_lock(s->f, access, inner, lock);
}

void read_lock_check_call(struct guard_simulation *s, const struct lock_facts *facts, guint index)
{
    const struct guard_call *call = &g_array_index(s->f->calls, struct guard_call, index);
    const struct guard_need *root = call->need;
    while (root && root->parent)
        root = root->parent;
    if (s->call_reported[index] || call->locks->count == 0 || !(call->writes || (root && root->access.writes)))
        return;
    struct span where = call->writes ? call->inside : root->access.span;
    note_write(s, facts, call->locks, where);
    const struct held_lock *lock = held_for_reading(facts, call->locks);
    if (!lock)
        return;
    s->call_reported[index] = true;
    report_writer_under_read_lock(s->f, call, where, lock);
}
