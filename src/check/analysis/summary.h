/*
 * What a function does to what it is given, as its callers need to know it. Bottom up over the call
 * graph; a function without a body has what its annotations say (models/ annotates libc's).
 *
 * Families add their own part: a struct of their own, a pointer here, filled by their own file.
 */
#ifndef FEARLESS_CHECK_ANALYSIS_SUMMARY_H
#define FEARLESS_CHECK_ANALYSIS_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "ir/ir.h"

struct analysis;

/* When an effect has happened by the time the function returns. */
enum effect_when {
    EFFECT_NEVER,
    EFFECT_ALWAYS,
    EFFECT_IF,     /* exactly when the result is `op value` */
    EFFECT_MAYBE,  /* on some paths; nothing the caller sees tells which */
};

struct effect {
    enum effect_when when;
    enum ir_binary_op op; /* IR_EQ ... IR_GE */
    int64_t value;
    bool has_bounds;      /* of the result when it has happened, and when it has not: more than the predicate says */
    int64_t low, high, else_low, else_high;
    struct span where;    /* in the body: one place where it happens */
};

struct param_summary {
    struct effect consumed;     /* by value: the function takes the argument over (drops, moves or keeps it) */
    struct effect moved;        /* by pointer: the pointee is empty afterwards */
    struct effect initialised;  /* by pointer: the pointee holds a new value, what it held before is not looked at */
    bool fills_empty;           /* ... and that is the empty value */
    bool overwrites;            /* ... without having taken care of what was there at the call */
    struct effect freed;        /* by pointer: the memory it points to is given back (free, fclose) */
    bool fills;                 /* by pointer: something that may own is stored in the pointee, and not all of it is emptied */
    bool releases;              /* by pointer: memory that the pointee leads to is given back by hand */
    bool passed_on;             /* by value: it is copied on, or its address goes to somebody who may take it over */
    bool reads;                 /* by pointer: the pointee may be read as it was at the call */
    bool keeps;                 /* by pointer: the pointer may be stored somewhere that outlives the call */
    bool sent;                  /* goes to another thread (filled by threads) */
    struct span sent_where;
};

struct summary {
    bool from_body;             /* seen, not only declared */
    struct param_summary *params;
    uint32_t param_count;
    bool result_borrows;        /* the result points into what argument 0 owns */
};

/* Fills in what can be known without a body: annotations, defaults. */
void summary_from_notes(struct analysis *analysis, const struct ir_function *fn);

/* The moves family's part, from the body. Called for each round of a recursive component. True when it changed. */
bool summary_from_body(struct analysis *analysis, const struct ir_function *fn);

/* What is known of a call's argument; the default when the callee is unknown. */
struct param_summary summary_argument(const struct analysis *analysis, const struct ir_call *call, uint32_t index);

/* The same of a call at a point, which may be through a pointer whose functions are known. */
struct values;
struct flow_point;
struct param_summary summary_argument_at(const struct analysis *analysis, struct values *values, struct flow_point at,
                                         const struct ir_call *call, uint32_t index);

#endif
