/*
 * A set of integers: a few constants, or an interval that may have one hole. Enough to know "0", "not 0",
 * "at least 1", "state 0 or 3", and what comparisons with constants say; a null pointer is 0.
 *
 * Joins unite constants up to RANGE_SET_MAX of them and then widen to the bounds -1, 0, 1 and infinity, so
 * a range grows at most RANGE_SET_MAX + 9 times. What is computed is an interval from the start: a loop
 * counter is no state.
 */
#ifndef FEARLESS_CHECK_FLOW_RANGE_H
#define FEARLESS_CHECK_FLOW_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "ir/ir.h"

#define RANGE_SET_MAX 4

struct range {
    int64_t low, high; /* both inside */
    int64_t hole;
    bool has_hole;
    uint8_t count;               /* of constants, in ascending order; 0: an interval */
    int64_t set[RANGE_SET_MAX];
};

/*
 * What a value of a type can be at all. 64-bit unsigned types keep their bits in an int64_t, so their
 * large values are negative here and only comparisons that this cannot confuse are believed.
 */
struct range range_of_type(const struct ir_type *type);

struct range range_of(int64_t value);

/* The interval of both bounds, no set. */
struct range range_between(int64_t low, int64_t high);

static inline bool range_is_const(const struct range *r)
{
    return r->low == r->high;
}

bool range_equal(const struct range *a, const struct range *b);
bool range_contains_range(const struct range *a, const struct range *b); /* b is a subset of a */

/* 1: every value is `op value`, 0: none is, -1: some are. `wide_unsigned`: see range_of_type. */
int range_test(const struct range *r, enum ir_binary_op op, int64_t value, bool wide_unsigned);

/* Keeps what is `op value`; false when nothing is left. */
bool range_refine(struct range *r, enum ir_binary_op op, int64_t value, bool wide_unsigned);

/* Both sets at once; false when nothing is left. */
bool range_intersect(struct range *r, const struct range *with);

/* into := an upper bound of both, never beyond `top`. True when it grew. */
bool range_widen(struct range *into, const struct range *with, const struct range *top);

enum ir_binary_op comparison_negate(enum ir_binary_op op);
/* a op b  ->  b op' a */
enum ir_binary_op comparison_swap(enum ir_binary_op op);

static inline bool is_comparison(enum ir_binary_op op)
{
    return op >= IR_EQ && op <= IR_GE;
}

bool type_is_wide_unsigned(const struct ir_type *type);

#endif
