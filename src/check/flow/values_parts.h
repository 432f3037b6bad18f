/*
 * What the rooms of the value expressions share; others include values.h.
 *
 *     values_table.c     the expressions, each once
 *     values_writes.c    where the locals of a function get their values, and what else it writes
 *     values.c           what a local, a place, an operand holds at a point
 *     values_describe.c  expressions as C
 */
#ifndef FEARLESS_CHECK_FLOW_VALUES_PARTS_H
#define FEARLESS_CHECK_FLOW_VALUES_PARTS_H

#include <glib.h>

#include "flow/values.h"

struct value_definition {
    uint32_t local;
    struct flow_point at;
    const struct value *value; /* once somebody has asked: a chain of them is walked once, and not from each of its links */
};

struct values {
    const struct cfg *cfg;
    GHashTable *interned;     /* struct value * -> itself */
    GPtrArray *all;           /* owns them */
    GArray *definitions;      /* by local, then in the order of blocks and statements */
    uint32_t *first;          /* by local: where its definitions start */
    bool *followed;           /* by local: scalar, and nobody has its address */
    GHashTable *at_start;     /* (block, local) -> value */
    GHashTable *written;      /* (record, field), types and globals that the function stores to */
};

/* values_table.c */
void values_table_init(struct values *values);
void values_table_clear(struct values *values);
const struct value *value_intern(struct values *values, struct value v);
/* The same, unless it is too deep to be worth its cost. */
const struct value *value_compound(struct values *values, struct flow_point at, struct value v);
/* Which of the things made at one point is not said: a point makes one value. */
const struct value *value_unknown_at(struct values *values, struct flow_point at, const struct ir_type *type);
const struct value *value_constant(struct values *values, int64_t number, const struct ir_type *type);

/* values_writes.c */
void values_writes_init(struct values *values);
void values_writes_clear(struct values *values);
/* The last definition in a block before a statement; NULL: there is none. */
struct value_definition *value_last_definition(const struct values *values, uint32_t local, uint32_t block, uint32_t before);
bool value_defined_in_loop(const struct values *values, uint32_t local, uint32_t loop);
/* The function stores to this place, or to one that may be the same. */
bool value_is_written(const struct values *values, const struct ir_place *place);

#endif
