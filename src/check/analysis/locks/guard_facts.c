#include "analysis/locks/guard_facts.h"

#include <string.h>

bool locks_may_be_same(const struct origin_set *a, const struct origin_set *b)
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

bool lock_is_that_of(const struct held_lock *lock, const struct guard_call *call)
{
    if (lock->value && lock->value == call->value)
        return true;
    return lock->exact && call->exact && lock->locks == call->locks;
}

struct held_lock *lock_facts_find(struct lock_facts *facts, const struct origin_set *locks)
{
    for (uint32_t i = 0; i < facts->count; i++)
        if (facts->locks[i].held && locks_may_be_same(facts->locks[i].locks, locks))
            return &facts->locks[i];
    for (uint32_t i = 0; i < facts->count; i++)
        if (locks_may_be_same(facts->locks[i].locks, locks))
            return &facts->locks[i];
    return NULL;
}

struct held_lock *lock_facts_of_guard(struct lock_facts *facts, uint32_t guard)
{
    for (uint32_t i = 0; i < facts->count; i++)
        if (facts->locks[i].held && facts->locks[i].guard == guard)
            return &facts->locks[i];
    return NULL;
}

struct held_lock *lock_facts_released_by(struct lock_facts *facts, const struct guard_call *call)
{
    if (call->guard != UINT32_MAX) {
        struct held_lock *lock = lock_facts_of_guard(facts, call->guard);
        for (uint32_t i = 0; i < facts->count && !lock; i++) /* it is no guard, but the lock, a local */
            if (facts->locks[i].held && facts->locks[i].guard == UINT32_MAX && facts->locks[i].locks == call->locks)
                lock = &facts->locks[i];
        return lock;
    }
    for (uint32_t i = facts->count; i > 0; i--) /* taken twice: the later one ends first */
        if (facts->locks[i - 1].held && lock_is_that_of(&facts->locks[i - 1], call))
            return &facts->locks[i - 1];
    return lock_facts_find(facts, call->locks);
}

/* A guard's hold that its scope has ended: a memory for messages, nothing that a rule accuses anybody of. */
static bool is_mere_history(const struct held_lock *lock)
{
    return !lock->held && lock->ended_by_scope && lock->guard != UINT32_MAX && !lock->quiet && !lock->foreign;
}

static bool same_entry(const struct held_lock *x, const struct held_lock *y)
{
    return x->locks == y->locks && x->held == y->held && x->guard == y->guard && x->shared == y->shared &&
           x->value == y->value && x->exact == y->exact && x->failed == y->failed && x->quiet == y->quiet &&
           x->foreign == y->foreign && x->tried == y->tried && x->destroyed == y->destroyed;
}

/* The same entries in the same order, as far as they are held; or all but mere history. */
static bool same_entries(const struct lock_facts *a, const struct lock_facts *b, bool held_only)
{
    uint32_t i = 0, k = 0;
    for (;;) {
        while (i < a->count && (held_only ? !a->locks[i].held : is_mere_history(&a->locks[i])))
            i++;
        while (k < b->count && (held_only ? !b->locks[k].held : is_mere_history(&b->locks[k])))
            k++;
        if (i == a->count || k == b->count)
            return i == a->count && k == b->count;
        if (!same_entry(&a->locks[i++], &b->locks[k++]))
            return false;
    }
}

bool lock_facts_same(void *ctx, const void *a, const void *b)
{
    (void)ctx;
    const struct lock_facts *x = a, *y = b;
    return x->forgot == y->forgot && same_entries(a, b, false);
}

bool lock_facts_agree(void *ctx, const void *a, const void *b)
{
    (void)ctx;
    return same_entries(a, b, true);
}

unsigned lock_facts_distance(void *ctx, const void *a, const void *b)
{
    return lock_facts_agree(ctx, a, b) ? 1 : 2;
}

static const struct held_lock *entry_like(const struct lock_facts *facts, const struct held_lock *lock)
{
    const struct held_lock *found = NULL;
    for (uint32_t k = 0; k < facts->count; k++)
        if (facts->locks[k].locks == lock->locks && (!found || facts->locks[k].held))
            found = &facts->locks[k];
    return found;
}

/* What only the other path has let go: remembered as long as there is room; quiet unless it is mere history. */
static bool remember_theirs(struct lock_facts *into, const struct lock_facts *from)
{
    bool changed = false;
    for (uint32_t k = 0; k < from->count; k++) {
        const struct held_lock *theirs = &from->locks[k];
        if (theirs->held || into->count == MAX_LOCKS || entry_like(into, theirs))
            continue;
        bool quiet = !is_mere_history(theirs);
        into->locks[into->count] = *theirs;
        into->locks[into->count++].quiet |= quiet;
        changed = true;
    }
    return changed;
}

bool lock_facts_merge(void *ctx, void *into_bytes, const void *from_bytes)
{
    (void)ctx;
    struct lock_facts *into = into_bytes;
    const struct lock_facts *from = from_bytes;
    bool changed = from->forgot && !into->forgot;
    into->forgot |= from->forgot;
    for (uint32_t i = 0; i < into->count; i++) {
        struct held_lock *mine = &into->locks[i];
        const struct held_lock *theirs = entry_like(from, mine);
        if (!theirs && !mine->held && !mine->quiet && !is_mere_history(mine)) {
            mine->quiet = true; /* let go on one of the two: nobody is told that it was */
            changed = true;
        }
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
        if (theirs && mine->value && mine->value != theirs->value) {
            mine->value = NULL;
            changed = true;
        }
        if (theirs && theirs->quiet && !mine->quiet) {
            mine->quiet = true;
            changed = true;
        }
    }
    return remember_theirs(into, from) || changed;
}

/* `lock(&shards[i])`, over and over in a loop: what one call takes there is one entry, which one release ends. */
static bool is_element(const struct value *v)
{
    while (v && (v->kind == VALUE_FIELD || (v->kind == VALUE_UNARY && v->op < 0)))
        v = v->base;
    return v && v->kind == VALUE_ELEMENT;
}

struct held_lock *lock_facts_add(struct lock_facts *facts, struct held_lock fresh)
{
    /* what was let go of the same lock is history now; a lock that is taken once too often is remembered once */
    for (uint32_t i = 0; i < facts->count; i++) {
        struct held_lock *old = &facts->locks[i];
        bool is_again = fresh.held && span_equal(old->start, fresh.start) && is_element(fresh.value);
        bool replaces = old->locks == fresh.locks && (!old->held || is_again || (fresh.held && fresh.quiet && old->quiet));
        if (replaces) {
            fresh.foreign |= old->foreign; /* let go and taken again: still the caller's */
            *old = fresh;
            return old;
        }
    }
    if (facts->count == MAX_LOCKS) {
        uint32_t oldest = 0; /* one that is held is worth more than a memory */
        while (oldest + 1 < facts->count && facts->locks[oldest].held)
            oldest++;
        oldest = facts->locks[oldest].held ? 0 : oldest;
        facts->forgot |= facts->locks[oldest].held;
        memmove(&facts->locks[oldest], &facts->locks[oldest + 1], (MAX_LOCKS - 1 - oldest) * sizeof facts->locks[0]);
        facts->count--;
    }
    facts->locks[facts->count] = fresh;
    return &facts->locks[facts->count++];
}

struct held_lock *lock_facts_acquire(struct lock_facts *facts, const struct guard_call *call)
{
    struct held_lock fresh = {
        .locks = call->locks,
        .value = call->value,
        .exact = call->exact,
        .guard = call->guard,
        .held = true,
        .shared = call->shared,
        .start = call->span,
        .end = NO_SPAN,
    };
    return lock_facts_add(facts, fresh);
}

void lock_facts_remake(struct lock_facts *facts, struct flow_point at, bool is_terminator)
{
    for (uint32_t i = 0; i < facts->count; i++)
        if (facts->locks[i].value && value_is_made_at(facts->locks[i].value, at, is_terminator))
            facts->locks[i].value = NULL;
}
