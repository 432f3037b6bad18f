/*
 * What a path knows about scalars: the environment of property simulation (paths.h).
 *
 * Only places that reach a condition are followed (a *slot* each): found once for a function, by
 * going backwards from branches and switches through copies, casts and comparisons. What no later
 * condition reads is forgotten at the end of its block, which keeps environments small and lets more paths merge.
 *
 * An entry also remembers how its slot was made from another (`t = s == 0`), so that a branch on t
 * refines s, and learning s decides t. Two places that are compared with each other more than once have a slot for their
 * difference: `if (i != j) lock(j); ... if (i != j) unlock(j);` is one condition.
 */
#ifndef FEARLESS_CHECK_FLOW_PATHS_ENV_H
#define FEARLESS_CHECK_FLOW_PATHS_ENV_H

#include <glib.h>

#include "flow/cfg.h"
#include "flow/range.h"

#define SLOT_NONE UINT32_MAX

struct slot {
    const struct ir_place *place;
    const struct ir_place *other; /* not NULL: no place, but `place - other`, as far as comparisons tell its sign */
    struct range top;
    bool wide_unsigned;
    bool is_memory;   /* behind a pointer, or global: stores and calls may change it */
    bool is_exposed;  /* its address is taken */
    bool is_temp;
    uint32_t live_bit; /* SLOT_NONE: only read in the block that writes it */
};

struct env_table {
    const struct cfg *cfg;
    GArray *slots;        /* of struct slot */
    GHashTable *by_place; /* places with projections, and globals */
    GHashTable *by_pair;  /* the lower slot and the higher one in one word -> the slot of their difference */
    uint32_t *by_local;   /* slot of the whole local, or SLOT_NONE */
    bool *has_parts;      /* by local: some part of it has a slot */
    uint32_t live_words;
    uint64_t *live;       /* by position in the order: live at the start of the block */
    struct ir_place result; /* local 0, whose value the caller may test */
    bool stable_memory;   /* the client accepts that calls and unrelated stores do not change conditions in memory */
};

struct env_table *env_table_new(const struct cfg *cfg, bool stable_memory);
void env_table_free(struct env_table *table);

/* The slot of a place, or SLOT_NONE when it is not followed. */
uint32_t env_slot(const struct env_table *table, const struct ir_place *place);

/* The slot that says how the two sides of a comparison stand to each other; SLOT_NONE: only one place asks that. */
uint32_t env_pair_slot(const struct env_table *table, const struct ir_rvalue *value, bool *ret_is_swapped);

struct env_entry {
    uint32_t slot;
    struct range range;
    uint32_t source;        /* how it was made: source `op` number, or a copy of source; SLOT_NONE: not known */
    bool is_copy;
    enum ir_binary_op op;
    int64_t number;
};

struct env {
    GArray *entries; /* of struct env_entry, by slot */
};

void env_init(struct env *env);
void env_clear(struct env *env);
void env_copy(struct env *to, const struct env *from);

/* Keeps what both know. True when `into` knows less than before. */
bool env_merge(const struct env_table *table, struct env *into, const struct env *from);

void env_statement(const struct env_table *table, struct env *env, const struct ir_statement *statement);
/* Before the client sees the call: its result is unknown, memory may have changed. */
void env_call(const struct env_table *table, struct env *env, const struct ir_call *call);
void env_forget_memory(const struct env_table *table, struct env *env);
/* The argument that decides whether a call returns (`fl.returns_if:N`), and N; NULL for other terminators. */
const struct ir_operand *env_call_condition(const struct ir_terminator *term, int64_t *ret_value);
/* False when the edge cannot be taken. */
bool env_edge(const struct env_table *table, struct env *env, const struct cfg_edge *edge);
/* Forgets what is dead at the start of a block. */
void env_enter(const struct env_table *table, struct env *env, uint32_t block);

bool env_assume(const struct env_table *table, struct env *env, const struct ir_place *place, enum ir_binary_op op,
                int64_t value);
struct range env_range(const struct env_table *table, const struct env *env, const struct ir_operand *operand);
int env_test(const struct env_table *table, const struct env *env, const struct ir_operand *operand,
             enum ir_binary_op op, int64_t value);

#endif
