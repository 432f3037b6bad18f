/*
 * What the rooms of the guard analysis share; others include guards.h.
 *
 *     guards.c        the simulation: which locks are held where
 *     guard_sites.c   what happens at each point: accesses, acquisitions, releases
 *     guard_facts.c   the locks of one path
 *     lock_protocols.c  locks that one function keeps and another one lets go
 *     lock_instances.c  elements of one array, told apart
 *     recursive_locks.c  locks that their owner may take again
 *     guard_access.c  guarded data without its lock
 *     try_results.c   what says whether a lock was taken is looked at
 *     lock_copies.c   locks that are copied
 *     lock_life.c     locks that are used before they are made, or die while they are held
 *     condvars.c      waits on condition variables
 *     read_locks.c    guarded data written under a read lock
 *     lock_reentry.c  locks that are taken twice by recursion, or through a pointer to a function
 *     lock_mixups.c   helpers that let go what neither they nor their callers hold
 *     lock_roots.c    the first function of a thread: nobody holds a lock before, nobody lets one go behind
 *     guard_rules.c   locks that are taken twice, kept, or let go without being held
 *     guard_exits.c   what a function leaves held: its summary, and paths that disagree
 *     lock_names.c    `guarded_by:lock`, `requires:a->lock` -> origins
 *     guard_report.c  F0101, F0102, F0108
 *     lock_report.c   F0103 to F0105, F0111
 *     condvar_report.c  F0501, F0502
 *     lock_order.h    in which order locks are taken
 */
#ifndef FEARLESS_CHECK_LOCKS_GUARD_PARTS_H
#define FEARLESS_CHECK_LOCKS_GUARD_PARTS_H

#include <glib.h>

#include "analysis/locks/guards.h"
#include "analysis/origins/origin_parts.h"
#include "flow/values.h"

/* Guarded data is read, written, or a pointer to it is handed on. */
struct guard_access {
    struct flow_point at;
    const struct origin *data;          /* the guarded field or global */
    const struct ir_field *field;       /* NULL: a global */
    const struct origin_set *locks;     /* the lock that it needs (of each instance it may be) */
    const struct value *instance;       /* the object that both lie in, as an address; NULL: not known */
    struct span span;
    bool writes;
    bool is_cell;                       /* a library cell's value: nobody but a guard leads there */
    bool is_behind;                     /* not in the data itself, but in what a pointer there owns */
    const struct ir_place *place;       /* as written; NULL: a pointer's value is handed on */
    uint32_t pointer;                   /* the local whose pointer leads there, UINT32_MAX: by name */
    const struct ir_call *call;         /* a pointer to it is argument number `argument` of this call; NULL: none is */
    uint32_t argument;
};

enum guard_condition { GUARD_ALWAYS, GUARD_IF_ZERO, GUARD_IF_NONZERO };

/* A call that takes or gives back a lock, or needs one. */
struct guard_call {
    uint32_t block;
    bool acquires, releases, needs;
    bool waits, is_timed;            /* on `condvar`, for a time; lets `locks`, or what `guard` holds, go meanwhile */
    const struct origin_set *condvar;
    bool makes, destroys, frees;     /* a lock; the memory that locks may lie in */
    bool downgrades;                 /* held for writing before, for reading behind */
    bool writes;                     /* the callee, whose callers hold the lock, writes what it guards: `inside` */
    bool takes;                      /* a helper takes it meanwhile, and has let it go when it returns */
    bool excludes;                   /* FL_EXCLUDES: the same, by its own word */
    bool leaves;                     /* a helper keeps it on some of its exits: `kept` */
    bool shared;
    bool is_try;                     /* it does not wait for itself */
    bool is_ignored;                 /* ... and nobody looks at its result */
    int64_t failures[2];             /* ... what it is compared with: EBUSY */
    uint32_t failure_count;
    bool may_fail;                   /* its status is 0 when the lock was taken; nobody need look */
    bool unsure;                     /* a helper may do this; nothing tells when */
    bool happens;                    /* some path goes through it */
    bool exact;                      /* `locks` is one object, not one of many */
    enum guard_condition condition;
    const struct value *value;       /* the lock's address; NULL: not known */
    const struct value *instance;    /* needs: the object whose lock it is, as an address; NULL: not known */
    struct span inside;              /* in a helper: where */
    struct kept_lock *kept;
    bool moves;                      /* what the guard in local `from` holds is held by `guard` */
    uint32_t from;
    const struct origin_set *locks;  /* acquires, releases (a lock), needs */
    uint32_t guard;                  /* acquires: the local that gets the guard; releases: whose guard it is */
    struct span span;
    const struct ir_function *callee; /* whose need; the helper that does this; NULL: the call itself does */
    struct guard_need *need;          /* needs: for which access further down, NULL: FL_REQUIRES */
};

/* What happened to a lock on the way to where it is missing. */
struct guard_history {
    bool was_held;
    bool ended_by_scope;
    struct span start, end;
    uint32_t guard;      /* the guard's local, UINT32_MAX: none */
    const struct origin *other; /* the same lock of another object, which is held; NULL: none is */
    const struct value *other_value; /* ... its address; NULL: not known */
    struct span other_start;    /* where it was taken, or the function that requires it */
};

/*
 * An access without its lock in a function whose callers can all be seen, or such a function's call of another.
 * If one of the callers holds the lock (or that of another instance), the function relies on that, and the others are
 * wrong; if none does, the access (the call) itself is.
 */
struct guard_need {
    bool is_wait;              /* not an access: `call` waits on a condition variable */
    struct guard_function *function;
    struct guard_need *parent; /* of a call: for what in the callee; NULL: an access */
    struct guard_access access;
    struct guard_call call;
    struct guard_history history;
    bool is_met_somewhere;
    GArray *unmet; /* of struct guard_unmet */
};
struct guard_unmet {
    struct guard_function *caller;
    struct guard_call call;
    struct guard_history history;
};

/*
 * F0103 that waits for the callers: one that lets the lock go, or relies on it, shows that it is left held on purpose.
 */
struct kept_lock {
    struct guard_function *function;
    const struct origin_set *locks;
    const struct value *value;
    struct span exit, start, released;
    struct kept_lock *first;  /* of several exits: the one that callers know; NULL: this */
    bool is_used;
    bool is_total;            /* it lets it go on no path: a mistake where nobody else does */
};

/* What a call of the function does to a lock that its caller can see. */
struct guard_effect {
    const struct origin *lock;      /* in the function's own origins */
    bool acquires, releases, takes;
    bool shared, is_try, unsure;
    enum guard_condition condition; /* of the result */
    struct span where;
    struct kept_lock *kept;
};

/* What callers must know: locks in the function's own origins. */
struct guard_summary {
    GArray *needs;   /* of struct guard_requirement */
    GArray *effects; /* of struct guard_effect */
    GArray *writes;  /* of struct guard_write */
    GArray *waits;   /* of struct guard_wait */
};
/* Waited for without a loop, under the caller's lock: the loop may be the caller's, too. */
struct guard_wait {
    const struct origin_set *locks, *condition;
    bool is_timed;
    struct span where;
};
/* Written under a lock that the function requires: a read lock would not do. */
struct guard_write {
    const struct origin_set *locks;
    struct span where;
};
struct guard_requirement {
    const struct origin_set *locks;
    struct guard_need *need;
};

struct guard_analysis {
    const struct ir_unit *unit;
    const struct callgraph *graph;
    struct origin_program *program;
    struct findings *sink;
    struct guard_summary **summaries; /* by function index */
    GPtrArray *functions;             /* struct guard_function, until all is reported */
    struct guard_function **by_index; /* the same, by function index; NULL: it has nothing to do with locks itself */
    GPtrArray *needs;                 /* struct guard_need */
    GPtrArray *kept;                  /* struct kept_lock */
    struct analysis *context;
    struct param_writes *param_writes;
    GArray *condvar_uses;             /* condvars.c: which mutex each wait lets go */
    struct recursive_locks *recursive; /* locks that their owner may take again */
    struct lock_roots *roots;
    GArray *open_releases;            /* lock_mixups.c */
};

/* What is held on one path when a call begins. */
struct held_lock;
struct guard_moment {
    uint32_t block;
    uint32_t count;
    const struct held_lock *held;
};

struct guard_function {
    struct guard_analysis *analysis;
    const struct ir_function *fn;
    struct origins *origins;
    struct values *values;
    GArray *accesses; /* of struct guard_access, in order of their points */
    GArray *calls;    /* of struct guard_call */
    GPtrArray *required; /* struct origin_set: FL_REQUIRES of this function */
    GArray *moments;  /* of struct guard_moment: each different one of each call that can be reached */
    GArray *relocked; /* of struct span: where a loop takes a lock again that it has not let go, which has been told */
    bool conditions_repeat;
};

/* guard_sites.c */
void guard_sites_find(struct guard_function *f);
/* Names guarded data itself, or may take or need a lock. */
bool guard_function_names_guarded(const struct ir_unit *unit, const struct ir_function *fn);
bool guard_function_is_interesting(const struct guard_analysis *analysis, const struct ir_function *fn);

/* As long as the function runs, this expression is the address of one object: no element of an array is chosen. */
bool guard_value_names_one(const struct cfg *cfg, const struct value *v);

/* recursive_locks.c */
struct recursive_locks;
struct recursive_locks *recursive_locks_new(const struct analysis *analysis, struct origin_program *program);
void recursive_locks_free(struct recursive_locks *recursive);
/* Its owner may take it again, or is told that it must not and looks. */
bool lock_may_be_taken_again(const struct guard_function *f, const struct guard_call *call);

/* lock_ranks.c: the two blocks are reached when one parameter is zero, and when it is not; by two branches */
bool branches_are_opposed(const struct guard_function *f, uint32_t one, uint32_t other);

/* lock_roots.c */
struct lock_roots;
struct lock_roots *lock_roots_new(const struct analysis *context);
void lock_roots_free(struct lock_roots *roots);
/* Nobody calls it: it is how a thread begins. */
bool lock_root_is(const struct guard_function *f);
/* Nothing that it calls can have taken one of these locks without its summary saying so. */
bool lock_root_sees_all(const struct guard_function *f, const struct origin_set *locks);
/* It is kept on every path, and nobody is in view who could let it go. */
bool lock_is_never_released(const struct kept_lock *kept);

/* lock_instances.c */
struct held_lock;
struct lock_facts;
/* In this block the two are certainly not the same, at least on some run. */
bool lock_addresses_differ(const struct guard_function *f, uint32_t block, const struct value *a, const struct value *b);
/* The object whose field this is the address of, or of something in it; NULL: it is not. */
const struct value *lock_instance(const struct value *address, const struct ir_record *record, uint32_t index);
bool lock_is_of_another(const struct guard_function *f, uint32_t block, const struct held_lock *lock,
                        const struct value *instance);
/* An entry that may be of these locks and of this object, a held one before others; NULL: none. */
struct held_lock *lock_facts_find_for(const struct guard_function *f, uint32_t block, struct lock_facts *facts,
                                      const struct origin_set *locks, const struct value *instance);

/* lock_names.c: the origins that `text` names, empty when it cannot be read */
const struct origin_set *lock_beside_field(struct origins *o, const struct origin *field);
const struct origin_set *lock_of_global(struct origins *o, uint32_t global, const char *text);
/* over the parameters of callee, seen from a call (call != NULL) or from its own body */
const struct origin_set *lock_of_parameters(struct origins *o, const struct origin_state *state,
                                            const struct ir_function *callee, const struct ir_call *call,
                                            const char *text);

/* lock_report.c */
/* As the program writes it: "`jobs[k].lock`"; of a cell the cell; "the lock" where it has no name. */
const char *lock_name(struct guard_function *f, const struct origin_set *locks, const struct value *value);

/* guard_report.c */
/* "`a->lock`", "its lock"; of a cell's lock, the cell */
const char *guard_name_of_lock(struct guard_function *f, const struct origin *lock, bool is_cell);
void report_unguarded(struct guard_function *f, const struct guard_access *access, const struct guard_history *history);
void report_unmet_requirement(struct guard_function *f, const struct guard_call *call,
                              const struct guard_history *history);

#endif
