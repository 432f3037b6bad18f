/*
 * What a scalar or pointer holds, as a hash-consed expression: two expressions are equal exactly when
 * the pointers are. So the lock that `fl_guard(n, &a->m)` takes, and the one behind `int *p = n`, are
 * recognised as the same whatever locals they travelled through.
 *
 *     q = &a->m; lock(q);          ADDRESS of field m of PARAM a
 *     jp = &jobs[k]; lock(&jp->m)  field m of element (value of k) of (load of jobs)
 *
 * Locals whose address is never taken are followed through all their assignments (SSA on demand: where
 * different values meet there is a PHI of its own). Places in memory are followed by their address; a LOAD of
 * a place that this function writes is unique to the point where it is read, so it equals nothing but itself.
 */
#ifndef FEARLESS_CHECK_FLOW_VALUES_H
#define FEARLESS_CHECK_FLOW_VALUES_H

#include "flow/cfg.h"

enum value_kind {
    VALUE_CONST,    /* `number` */
    VALUE_PARAM,    /* what parameter number `index` (from 0) held at the entry */
    VALUE_LOCAL,    /* the address of local `index` */
    VALUE_GLOBAL,   /* the address of global `index` */
    VALUE_FUNCTION, /* the address of function `index` */
    VALUE_STRING,   /* the address of string literal `index` */
    VALUE_FIELD,    /* the address of field `index` of `record` in what `base` points to */
    VALUE_ELEMENT,  /* the address of element `operand` of the array that `base` points to */
    VALUE_LOAD,     /* what the place at address `base` holds */
    VALUE_UNARY,    /* `op` of base */
    VALUE_BINARY,   /* base `op` operand */
    VALUE_CALL,     /* the result of the call that ends block `index` */
    VALUE_PHI,      /* of several values that meet at the start of block `index` */
    VALUE_UNKNOWN,  /* something made at one point; equal to nothing else */
};

struct value {
    enum value_kind kind;
    uint32_t index;
    int64_t number;
    int op;
    const struct value *base;
    const struct value *operand;
    const struct ir_record *record;
    const struct ir_type *type; /* may be NULL */
    uint32_t depth;             /* nodes on the longest way down */
    uint32_t id;                /* small and dense: for bit sets and stable order */
};

struct values;

struct values *values_new(const struct cfg *cfg);
void values_free(struct values *values);

/* What they are of. */
const struct ir_unit *values_unit(const struct values *values);
const struct ir_function *values_function(const struct values *values);

/* What an operand holds when it is evaluated at a point. Never NULL. */
const struct value *value_of_operand(struct values *values, struct flow_point at, const struct ir_operand *operand);

/* What a place holds just before a point. */
const struct value *value_of_place(struct values *values, struct flow_point at, const struct ir_place *place);

/* Where a place is: an address expression, also for a local whose address nobody takes. */
const struct value *value_address(struct values *values, struct flow_point at, const struct ir_place *place);

/* Some part of it is made anew at this point: another pass of a loop, another call. */
bool value_is_made_at(const struct value *value, struct flow_point at, bool is_terminator);

/* What was cast; NULL stays NULL. */
const struct value *value_without_casts(const struct value *value);

/* The function whose address an operand is, whatever type it was cast to; NULL when that is not known here. */
const struct ir_function *value_function_named(struct values *values, struct flow_point at,
                                               const struct ir_operand *operand);

/* How many statements write a local. */
uint32_t value_definition_count(const struct values *values, uint32_t local);

/* What an address expression is inside of: &x.f[2].g -> the VALUE_LOCAL of x; p->f -> the value of p. */
const struct value *value_root(const struct value *address);

/*
 * The place that a place is when its pointers are known: with p = &v, `p->len` is `v.len`. False when the
 * place does not lead to a local or global. ret_place is in the unit's arena.
 */
bool value_resolve(struct values *values, struct flow_point at, const struct ir_place *place,
                   struct ir_place *ret_place);

/*
 * What an address leads to, as the user would write it: `a->lock`, `jobs[k].m`, `*p`; NULL when it has no
 * such form. And the value itself: `&a->lock`, `p`. In the unit's arena.
 */
const char *value_describe_target(struct values *values, const struct value *address);
/* `a[i].name`, `p->name`: a member of the object at this address. */
const char *value_describe_member(struct values *values, const struct value *object, const char *member);
const char *value_describe(struct values *values, const struct value *value);

#endif
