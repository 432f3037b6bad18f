/*
 * The rules over the lock simulation of one function: what guards.c calls at each point of each path, once the fixed
 * point is reached.
 */
#ifndef FEARLESS_CHECK_LOCKS_GUARD_RULES_H
#define FEARLESS_CHECK_LOCKS_GUARD_RULES_H

#include "analysis/locks/guard_facts.h"

/* One way out of the function. */
struct lock_exit {
    struct lock_facts facts;
    struct span span;  /* the return, the closing brace */
    bool mixed;        /* of several paths */
    int is_zero;       /* the result: 1 yes, 0 no, -1 not known */
};

struct guard_simulation {
    struct guard_function *f;
    bool *reported;      /* by access */
    bool *call_reported; /* by call: F0101 */
    bool *rule_reported; /* by call: F0104, F0105 */
    struct span *tried_at; /* by call that lets go: where taking it has failed on a path to there */
    struct span *held_at, *missing_at; /* by call that lets go: a path on which it is held (where taken); is not */
    struct held_lock *instead; /* by call that lets go what is not held: the one lock that is; no locks: none is */
    GArray *exits;       /* of struct lock_exit */
};

/* guard_access.c */
void guard_check_access(struct guard_simulation *s, struct lock_facts *facts, guint index);
void guard_check_need(struct guard_simulation *s, struct lock_facts *facts, guint index);
void guard_settle_need(const struct guard_need *need);
/* The caller can see this lock: a global, or what a parameter leads to. */
bool guard_is_from_outside(const struct guard_function *f, const struct origin *lock);

/* read_locks.c: held, but for reading only */
void read_lock_check_access(struct guard_simulation *s, const struct lock_facts *facts, guint index);
void read_lock_check_call(struct guard_simulation *s, const struct lock_facts *facts, guint index);

/* try_results.c */
void try_results_find_ignored(struct guard_function *f);
/* With which constants each result is compared: if it is no success, it is one of those. */
void try_results_find_failures(struct guard_function *f);
/* On this path a guard took nothing, and its pointer is NULL: that is all there is to say of an access by it. */
bool try_result_check_null(struct guard_function *f, const struct guard_access *access, const struct held_lock *lock);

/* lock_life.c */
/* A call makes a lock, destroys one, or frees memory. */
void lock_life_step(struct guard_simulation *s, struct lock_facts *facts, guint index, bool reporting);
/* Storage ends, or a handle is dropped. */
void lock_life_check_statement(struct guard_simulation *s, struct lock_facts *facts, struct flow_point at,
                               const struct ir_statement *st, bool reporting);
/* A lock is taken that was destroyed before on this path. */
bool lock_life_check_taking(struct guard_simulation *s, const struct lock_facts *facts, guint index);
/* Every lock that is used has been made before. */
void lock_life_check_made(struct guard_function *f);

/* lock_copies.c: over all functions of the unit, when their calls are known */
void lock_copies_check(struct guard_analysis *analysis);

/* condvars.c */
/* A condition variable is waited on: is the lock held that the call lets go? */
void condvar_check_held(struct guard_simulation *s, struct lock_facts *facts, guint index);
/* Does each wait stand in a loop that looks at its condition? */
void condvar_check_loops(struct guard_function *f);
/* All functions have been seen: one condition variable, one mutex. */
void condvars_settle(struct guard_analysis *analysis);
void condvar_settle_need(const struct guard_need *need);

/* condvar_report.c */
void report_wait_without_loop(struct guard_function *f, const struct guard_call *call, struct span looked_once,
                              bool is_blind_loop);
void report_wait_without_lock(struct guard_function *f, const struct guard_call *call, const struct held_lock *before);
void report_waiter_without_lock(struct guard_function *f, const struct guard_call *call, const struct guard_need *root);
void report_other_mutex(struct guard_function *f, const struct guard_call *call, struct guard_function *first_function,
                        const struct guard_call *first);

/* guard_access.c: whether callers hold the lock is theirs to say: all are in view, and it is taken nowhere here */
bool guard_is_for_callers(const struct guard_function *f, const struct origin_set *locks);
void guard_ask_callers(struct guard_function *f, const struct origin_set *locks, struct guard_need about);

/* guard_rules.c */
/* A lock is about to be taken. True when this thread has it already, and waits for itself. */
bool guard_check_taking(struct guard_simulation *s, struct lock_facts *facts, guint index, bool reporting);
/* A lock is about to be let go. */
void guard_check_releasing(struct guard_simulation *s, struct lock_facts *facts, guint index, unsigned flags);
void guard_settle_releases(struct guard_simulation *s);

/* lock_mixups.c */
/* What is not held is let go; another lock is held. Whether that is a mistake is said when all functions are known. */
void lock_mixup_note(struct guard_function *f, const struct guard_call *call, const struct held_lock *instead);
void lock_mixups_settle(struct guard_analysis *analysis);

/* lock_reentry.c: over all functions of the unit; by recursion, and through pointers to functions */
void lock_reentry_check(struct guard_analysis *analysis);

/* guard_exits.c */
void guard_note_exit(struct guard_simulation *s, struct lock_exit way_out);
void guard_summarise_exits(struct guard_simulation *s);
/* A helper in view takes it, and lets it go again. */
void guard_note_taken(struct guard_simulation *s, const struct lock_facts *facts, const struct guard_call *call);
/* This function calls helpers that keep locks: does it let them go, or use that they are held? */
void guard_mark_used(struct guard_function *f);
void guard_settle_kept(struct kept_lock *kept);
/* The same for those that nobody lets go, when all else is told. */
void guard_settle_total(struct kept_lock *kept);
/* Branches ask the same function twice: what they answer is not known to be one thing. */
bool guard_conditions_repeat(const struct guard_function *f);

/* guard_report.c; inner: what the function that is given a pointer does, NULL: the statement itself writes */
struct param_write;
void report_written_under_read_lock(struct guard_function *f, const struct guard_access *access,
                                    const struct param_write *inner, const struct held_lock *lock);
void report_writer_under_read_lock(struct guard_function *f, const struct guard_call *call, struct span where,
                                   const struct held_lock *lock);

/* lock_report.c */
/* The lock of a library cell, whose parts are private. */
bool guard_is_cell_lock(const struct origin *lock);
void report_taken_twice(struct guard_function *f, const struct held_lock *first, const struct guard_call *second);
void report_kept(const struct kept_lock *kept);
void report_ignored_try(struct guard_function *f, const struct guard_call *call);
void report_null_of_guard(struct guard_function *f, const struct guard_access *access, struct span taking);
void report_release_after_failed_try(struct guard_function *f, const struct guard_call *call, struct span tried);
void report_released_twice(struct guard_function *f, const struct held_lock *lock, const struct guard_call *call);
/* The lock of another element of the same array is held. */
void report_release_of_another(struct guard_function *f, const struct guard_call *call, const struct held_lock *held);
void report_release_of_nothing(struct guard_function *f, const struct guard_call *call, struct span taken_elsewhere);
/* At the beginning of a thread, where nobody else can have taken it. */
void report_release_of_untaken(struct guard_function *f, const struct guard_call *call);

/* lock_protocols.c */
/* Some of them is the same variable, or the same field of the same struct, maybe of another function's origins. */
bool lock_class_is_among(const struct origin *lock, const struct origin_set *locks);
/* A function that f calls keeps a lock of this class on some of its exits. */
bool lock_is_kept_by_callee(const struct guard_function *f, const struct origin_set *locks);
/* Somebody calls the function that keeps it and another one that lets go a lock of its class. */
bool lock_is_released_beside(const struct kept_lock *kept);

#endif
