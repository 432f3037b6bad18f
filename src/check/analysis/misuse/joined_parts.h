/*
 * What the rooms of F0402 share.
 *
 *     joined_twice.c    the simulation
 *     joined_handles.c  which handles a call uses up; what callers must know
 *     joined_loops.c    elements of an array: one loop joins what another one has joined
 *     joined_report.c   words
 */
#ifndef FEARLESS_CHECK_MISUSE_JOINED_PARTS_H
#define FEARLESS_CHECK_MISUSE_JOINED_PARTS_H

#include "analysis/misuse/misuse.h"
#include "analysis/origins/origin_parts.h"

enum handle_use { HANDLE_JOINED, HANDLE_DETACHED, HANDLE_STARTED_DETACHED, HANDLE_DETACHES_ITSELF };

/* A handle that is of no more use, and why. */
struct used_handle {
    enum handle_use how;
    const struct value *key;        /* the handle itself, or the address that it is read from */
    bool in_memory;                 /* ... which */
    const struct origin *thread;    /* the one thread that it names, started once; NULL: not known */
    const struct origin_set *cells; /* in_memory: the place that it is read from */
    const char *name;               /* as it is written here; NULL: it has none */
    struct flow_point at;
    struct span span;               /* the call */
    struct span inner;              /* in the callee that does it; NO_SPAN: right here */
    const struct ir_function *by;   /* that callee, or the function of the thread that detaches itself */
};

/* The same for callers: how they get to the place or value from a parameter or a global. */
struct joined_for_callers {
    enum handle_use how;
    struct ir_place place;          /* base local: of a parameter; else a global */
    bool by_value;                  /* the handle is the parameter itself */
    struct span span;
};

struct joined_program {
    struct analysis *analysis;
    struct origin_program *origins;
    GArray **summaries;             /* by function: of struct joined_for_callers; NULL: none */
    signed char *foreign;           /* by function: does it call out of view? 0 not known yet, 1 yes, -1 no */
};

struct joined_function {
    struct joined_program *program;
    const struct ir_function *fn;
    struct origins *origins;
    struct values *values;
    struct cfg *cfg;
    GArray *for_callers;            /* of struct used_handle: used up at every return so far; NULL: none was seen */
};

enum { MAX_HANDLES_OF_CALL = 4 };

/* joined_handles.c */
uint32_t joined_handles_of_call(struct joined_function *f, struct flow_point at, struct used_handle *ret);
bool joined_is_foreign(struct joined_program *program, const struct ir_call *call);
void joined_summarise(struct joined_function *f);

/* joined_loops.c */
void joined_loops_check(struct joined_function *f);

/* joined_report.c: second uses up what first has */
void report_joined_twice(struct joined_function *f, const struct used_handle *first, const struct used_handle *second);

#endif
