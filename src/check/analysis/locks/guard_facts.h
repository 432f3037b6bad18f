/*
 * The facts of the lock simulation: the locks that one path holds, and those that it has let go, each with where
 * that happened. docs/design/locks.md says what reads what off them.
 *
 * Order: a set of held locks is greater the fewer it holds (must-analysis). Merge: intersection of what is
 * held; what one side has let go is let go. Height: at most MAX_LOCKS entries, each held -> let go.
 */
#ifndef FEARLESS_CHECK_LOCKS_GUARD_FACTS_H
#define FEARLESS_CHECK_LOCKS_GUARD_FACTS_H

#include "analysis/locks/guard_parts.h"

enum { MAX_LOCKS = 12 };

struct held_lock {
    const struct origin_set *locks; /* what it may be; the same object always gives the same set */
    const struct value *value;      /* its address as an expression; NULL: not known (any more) */
    uint32_t guard;                 /* the local that ends it, UINT32_MAX: none */
    bool held, shared, ended_by_scope;
    bool exact;  /* `locks` is one object, not one of many */
    bool failed; /* the call that takes it has said on this path that it did not */
    bool given;  /* held at the entry: the function requires it */
    bool foreign; /* let go without having been taken here: the caller's */
    bool destroyed; /* at `end` */
    bool tried;  /* a call that tries to take it has said that it did not */
    bool quiet;  /* told of already, or a function that is not seen may have changed it */
    struct span start, end; /* NO_SPAN: not known */
    struct span downgraded; /* where it became a lock for reading; NO_SPAN: it did not */
};

struct lock_facts {
    uint32_t count;
    bool forgot; /* there were too many: one that is not here may be held all the same */
    struct held_lock locks[MAX_LOCKS];
};

/* Paths that differ in these are kept apart. What a guard held in a scope that is over sets none apart. */
bool lock_facts_same(void *ctx, const void *a, const void *b);
/* When there are too many: those first that hold the same locks. They agree in what counts; what one let go is quiet. */
unsigned lock_facts_distance(void *ctx, const void *a, const void *b);
bool lock_facts_agree(void *ctx, const void *a, const void *b);
bool lock_facts_merge(void *ctx, void *into, const void *from);

bool locks_may_be_same(const struct origin_set *a, const struct origin_set *b);
/* The call is certainly about the lock of this entry. */
bool lock_is_that_of(const struct held_lock *lock, const struct guard_call *call);

/* An entry that may be of these locks, a held one before others; NULL: none. */
struct held_lock *lock_facts_find(struct lock_facts *facts, const struct origin_set *locks);
/* The held lock that the guard in this local ends. */
struct held_lock *lock_facts_of_guard(struct lock_facts *facts, uint32_t guard);
/* What a call that lets go lets go, or has let go before. */
struct held_lock *lock_facts_released_by(struct lock_facts *facts, const struct guard_call *call);

struct held_lock *lock_facts_add(struct lock_facts *facts, struct held_lock lock);
struct held_lock *lock_facts_acquire(struct lock_facts *facts, const struct guard_call *call);

/* Behind this point the expressions that it makes anew name something else. */
void lock_facts_remake(struct lock_facts *facts, struct flow_point at, bool is_terminator);

#endif
