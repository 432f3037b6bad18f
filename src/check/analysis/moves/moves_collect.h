/*
 * What the files that make events share: the state of one pass over a function (moves_events.h says what comes out).
 *
 *     moves_events.c    what each statement does
 *     moves_calls.c     what each call does to its arguments
 *     moves_nameless.c  what temporaries and compound literals are for
 *     moves_copies.c    an owned value copied without fl_move: a mistake, or a move in two steps
 *     moves_order.c     which events C leaves unsequenced
 */
#ifndef FEARLESS_CHECK_MOVES_MOVES_COLLECT_H
#define FEARLESS_CHECK_MOVES_MOVES_COLLECT_H

#include "analysis/moves/moves_events.h"

/* How a temporary's value goes on: decides what taking an address means. */
enum temp_use {
    TEMP_UNUSED,
    TEMP_ARGUMENT, /* of a call, which says itself what it does with the pointer */
    TEMP_DEREF,    /* only looked through */
    TEMP_KEPT,     /* stored */
};

struct collector {
    struct move_paths *paths;
    struct move_events *events;
    uint8_t *temp_use;          /* by local */
    bool *is_look;              /* by local: a temporary that is only compared with NULL, or given as what may be empty */
    bool *is_given_away;        /* by local: a compound literal whose contents somebody takes over */
    const struct ir_call **taker; /* by local: the call that does, when it does at once */
    bool *is_swap_temp;         /* by local: holds what was copied from a place that was emptied at once */
    const struct ir_block *block;
    struct flow_point at;
    unsigned flags;
    uint32_t arm;
    bool in_operand;
    const struct ir_call *call; /* whose operands are being evaluated */
};

static inline bool collect_owns(const struct ir_type *type)
{
    return type && ir_type_contains_owned(type);
}

/* moves_events.c: an event at the current point. NULL when the place is not followed. */
struct move_event *collect_event(struct collector *c, enum move_event_kind kind, struct move_ref ref, struct span span);
struct move_event *collect_place(struct collector *c, enum move_event_kind kind, const struct ir_place *place,
                                 struct span span);
/* Getting to a place reads every pointer on the way. */
void collect_way(struct collector *c, const struct ir_place *place, struct span span);
void collect_orphan(struct collector *c, struct move_orphan orphan);
void collect_read(struct collector *c, const struct ir_operand *operand);
/* fl_move of the operand */
struct move_event *collect_move(struct collector *c, const struct ir_operand *operand);
/* The place has a new value. */
void collect_assigned(struct collector *c, const struct ir_place *place, struct span span, enum move_source source);
/* `(void)text_of("x")`, `fl_replace(&t, ...);`: a value in a temporary that nobody reads. */
void collect_discarded(struct collector *c, const struct ir_place *to, struct span span, const struct ir_call *call);

/* moves_calls.c */
void collect_call(struct collector *c, const struct ir_terminator *term);

/* moves_nameless.c; the first three fill temp_use, is_given_away and is_look, before any event is made */
void collect_temp_uses(struct collector *c);
void collect_given_literals(struct collector *c);
void collect_looks(struct collector *c);
bool collect_is_nameless(const struct collector *c, const struct ir_place *place);
bool collect_is_temp(const struct collector *c, const struct ir_place *place);
bool collect_is_literal(const struct collector *c, uint32_t local);

/* `p == NULL`, `0 != p`, `!p` */
bool collect_is_null_test(const struct collector *c, struct flow_point at, const struct ir_rvalue *value);

/* moves_copies.c: `to = copy from` of an owned value; what `to` holds afterwards */
enum move_source collect_copy(struct collector *c, const struct ir_place *to, const struct ir_operand *from);
/* The value is zero: a constant, or what only ever held zeros. depth: 0; how many copies it has been followed through. */
bool collect_stores_zero(const struct collector *c, const struct ir_rvalue *value, unsigned depth);
/* memcpy and its kin */
void collect_copied_bytes(struct collector *c, const struct ir_call *call);
/* memset(&a, 0, sizeof a) */
bool collect_zeroes(const struct ir_call *call, uint32_t argument);
void collect_zeroed_bytes(struct collector *c, const struct ir_call *call);

#endif
