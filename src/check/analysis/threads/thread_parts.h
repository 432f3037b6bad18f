/*
 * What the rooms of the thread analysis share; others include threads.h.
 *
 *     threads.c        the walk over the unit, summaries
 *     spawn_args.c     fl_spawn and relatives: Send, and nothing that may die first
 *     scoped_sharing.c fl_spawn_in: what is lent is Sync
 *     channel_sends.c  fl_send to another thread
 *     shared_statics.c variables that threads reach by name are Sync
 *     joins.c          pthread_create: joined before what it borrows is gone? joined at all? (join_parts.h)
 *     send_report.c    E0277
 *     outlive_report.c E0373, E0716, F0406
 */
#ifndef FEARLESS_CHECK_THREADS_THREAD_PARTS_H
#define FEARLESS_CHECK_THREADS_THREAD_PARTS_H

#include <glib.h>

#include "analysis/threads/threads.h"

/* A parameter's memory that this function gives to a thread, for the callers to judge. */
struct thread_sent {
    const struct origin *origin; /* of the function's own origins, rooted in a parameter */
    uint32_t param;
    const struct ir_type *type;  /* of the pointer */
    bool by_channel;             /* sent to a thread that runs already */
    bool must_be_static;         /* fl_spawn; else the thread runs on when the function returns */
    bool live_when_zero, live_when_nonzero; /* ... with such a result (both for a function without one) */
    struct span start;           /* where the thread is started */
    const char *start_name;      /* `fl_spawn`, `pthread_create` */
    const struct ir_function *entry; /* what it runs, or NULL */
};

/* A thread whose handle the function leaves to its callers: they have to join or detach it. */
struct thread_started {
    const struct origin *cell;   /* of the function's own origins, rooted in a parameter; NULL: its result */
    bool when_zero, when_nonzero; /* with such a result */
    struct span start;           /* where the thread is started */
    const char *start_name;
    const struct ir_function *entry; /* NULL: not known here */
    uint32_t entry_param;        /* it is given by the caller; UINT32_MAX: it is not */
};

/* What callers must know of a function. */
struct thread_summary {
    GArray *started;   /* of struct thread_started */
    GArray *sent;      /* of struct thread_sent */
    GPtrArray *joined; /* struct origin: threads that it joins, as values of its parameters and globals */
};

struct thread_analysis {
    struct analysis *context;
    const struct ir_unit *unit;
    const struct callgraph *graph;
    struct traits *traits;
    struct origin_program *program;
    struct findings *sink;
    struct thread_summary **summaries; /* by function index; NULL: nothing to know */
    GHashTable *crossing; /* element type -> whether a channel of it crosses threads, where somebody asked */
};

/* One function that starts, joins or passes on threads. */
struct thread_function {
    struct thread_analysis *analysis;
    const struct ir_function *fn;
    struct origins *origins;
    struct thread_summary *summary;
    bool is_main; /* its parameters live as long as the program */
};

struct thread_start;

/* threads.c */
const struct thread_summary *thread_summary_of(const struct thread_analysis *analysis, const struct ir_function *fn);

/* spawn_args.c */
void spawn_check(struct thread_function *f, struct flow_point at, const struct ir_terminator *term);
/* The same for an argument of a call whose callee passes it on to fl_spawn. */
void spawn_check_passed_on(struct thread_function *f, struct flow_point at, const struct ir_terminator *term,
                           const struct thread_sent *sent, const struct origins *callee);

/* The same for a value of type `element` in `cell` that is sent into a channel which crosses threads. */
void spawn_check_sent(struct thread_function *f, const struct thread_start *start, const struct ir_call *call,
                      const struct ir_operand *operand, const struct origin *cell, const struct ir_type *element,
                      const struct origin_state *state);

/* channel_sends.c */
bool is_maybe_send(const struct ir_call *call);
void channel_send_check(struct thread_function *f, struct flow_point at, const struct ir_terminator *term);

/* shared_statics.c: static variables that threads reach must be Sync */
void shared_statics_check(struct thread_analysis *analysis);

/* scoped_sharing.c: what a thread of a scope is lent by pointer must be Sync, unless it is lent for writing */
void scoped_sharing_check(struct thread_function *f, const struct thread_start *start, const struct ir_call *call,
                          uint32_t argument);

/* joins.c: all pthread_create of a function at once */
void joins_check(struct thread_function *f);

/* ---- words ---- */

/* What is given to a thread, in which words. */
struct thread_start {
    const char *name;          /* `fl_spawn` */
    struct span call;          /* the whole call */
    struct span function;      /* the thread function's name */
    struct span starter;       /* `pthread_create`; NO_SPAN for the library's macros */
    struct span argument;      /* what is handed over */
    struct span inner;         /* where a callee starts the thread; NO_SPAN when it is right here */
    const struct ir_function *inner_function;
    bool by_channel;           /* sent to a thread that runs already */
    bool may_stay;             /* ... or to this one: only what dies first is told of */
    bool has_variable_itself;  /* what the argument borrows from is moved into the thread by another argument */
    const struct origin *hidden; /* what is known to be behind a `void *` in it, and is not Send; or NULL */
    const struct ir_type *shared_by_pointer; /* what is shared by this pointer must be Sync; else NULL */
};

/* send_report.c: steps lead from the culprit out to the argument's type */
void report_not_send(struct thread_function *f, const struct thread_start *start, const struct trait_proof *proof);
/* use: by a thread */
void report_static_not_sync(struct thread_analysis *analysis, const struct ir_global *global, struct span use,
                            const struct trait_proof *proof);
/* value: in the thread function, or NO_SPAN when the type alone says it */
void report_result_not_send(struct thread_function *f, const struct thread_start *start,
                            const struct trait_proof *proof, struct span value);

/* outlive_report.c */
bool span_is_within(struct span inner, struct span outer);
void report_outlives(struct thread_function *f, const struct thread_start *start, const struct origin *borrowed,
                     const struct ir_operand *argument);
/* end: where the storage ends while the thread may run; lost: the handle was overwritten */
void report_not_joined(struct thread_function *f, const struct thread_start *start, const struct origin *borrowed,
                       struct span end, bool detached, bool lost);
void report_loop_variable(struct thread_function *f, const struct thread_start *start,
                          const struct origin *borrowed, struct span change);

#endif
