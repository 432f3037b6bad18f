/*
 * What each statement does to the move paths, as a list of events in the order of evaluation. Made once
 * for a function; the simulation (moves.c), the summaries and the checks all read this one list, so what
 * "using" or "moving" a place means is decided in one file.
 */
#ifndef FEARLESS_CHECK_MOVES_MOVES_EVENTS_H
#define FEARLESS_CHECK_MOVES_MOVES_EVENTS_H

#include "analysis/moves/move_paths.h"

enum move_event_kind {
    MOVE_EVENT_READ,      /* the value, or a part of it, is read */
    MOVE_EVENT_BORROW,    /* its address is taken by somebody who may read it */
    MOVE_EVENT_LEND,      /* ... who may write it as well, or for the first time */
    MOVE_EVENT_COPY,      /* an owned value is copied to another place without a move */
    MOVE_EVENT_MOVE,      /* fl_move, and the return of a local */
    MOVE_EVENT_CONSUME,   /* a call takes what its argument points to (under `effect`) */
    MOVE_EVENT_INIT,      /* a call fills what its argument points to (under `effect`) */
    MOVE_EVENT_ASSIGN,
    MOVE_EVENT_ZERO,
    MOVE_EVENT_DROP,
    MOVE_EVENT_FORGET,
    MOVE_EVENT_LIVE,
    MOVE_EVENT_DEAD,      /* end of storage; for parameters, the return */
    MOVE_EVENT_RETURN,    /* of a function, for what its parameters point to */
};

/* What an assigned value is. */
enum move_source {
    MOVE_SOURCE_OWNED,    /* a new value that must be dropped */
    MOVE_SOURCE_EMPTY,    /* null, all zero */
    MOVE_SOURCE_UNKNOWN,
};

/* Where a copy goes: what the message and its help depend on. */
enum move_copy_kind {
    MOVE_COPY_ASSIGN,     /* b = a; also into a struct or a channel's slot */
    MOVE_COPY_RETURN,     /* return a, while the scope's end drops it */
    MOVE_COPY_ARGUMENT,   /* f(a), and f takes it over */
    MOVE_COPY_BYTES,      /* memcpy(&b, &a, sizeof a) */
};

struct move_event {
    enum move_event_kind kind;
    struct flow_point at;
    struct move_ref ref;
    struct span span;
    unsigned flags;             /* the statement's IR_FLAG_... */
    uint32_t arm;
    struct effect effect;       /* CONSUME, INIT */
    bool fills_empty;           /* INIT with the empty value */
    bool overwrites;            /* INIT without a look at what was there */
    enum move_source source;    /* ASSIGN */
    const struct ir_type *type; /* ASSIGN: of the place */
    bool is_from_root;          /* ASSIGN: what was moved out of `from` */
    struct move_ref from;
    enum move_copy_kind copy;   /* COPY */
    bool is_look;               /* READ: only to see whether it is the empty value */
    bool is_raw;                /* DROP: the drop function called by hand, which leaves nothing empty */
    bool releases;              /* LEND: its contents may be given back by hand */
    bool fills;                 /* LEND: something that owns may be put into it */
    bool may_refill;            /* LEND to a function out of view, which may put a new value there */
    bool is_take;               /* MOVE, DROP through a pointer: an empty value stays behind, which may be used */
    bool in_terminator_operand; /* evaluated as an operand of the call itself: unsequenced with its siblings */
    const struct ir_call *call; /* the call that moves, consumes or fills, or NULL */
    uint32_t argument;
};

struct move_events {
    GArray *items;        /* of struct move_event, by block and statement */
    uint32_t *first;      /* by block: where its events start; one more at the end */
    GArray *orphans;      /* of struct move_orphan */
};

/* An owned value that has no name: copied out of memory, or made and never kept. */
enum move_orphan_kind {
    MOVE_ORPHAN_FROM_POINTER, /* text t = p->f */
    MOVE_ORPHAN_FROM_GLOBAL,  /* text t = global */
    MOVE_ORPHAN_UNUSED,       /* text_of("x"); */
    MOVE_ORPHAN_LENT,         /* print(text_of("x")), and print does not take it over */
};

struct move_orphan {
    enum move_orphan_kind kind;
    struct flow_point at;
    struct span span;
    struct ir_place place;    /* what was copied */
    const struct ir_type *type;
    const struct ir_call *call;
    uint32_t argument;
    bool is_return;
    bool is_moved;            /* LENT: by fl_move */
    bool is_kept;             /* in a variable, which could be a pointer instead */
};

struct move_events *move_events_new(struct move_paths *paths);
void move_events_free(struct move_events *events);

/* The events of one point are items [*ret_from, *ret_to). */
void move_events_at(const struct move_events *events, struct flow_point at, uint32_t *ret_from, uint32_t *ret_to);

static inline const struct move_event *move_event(const struct move_events *events, uint32_t index)
{
    return &g_array_index(events->items, struct move_event, index);
}

/* Events in two operands that C leaves unsequenced. */
bool move_events_unsequenced(const struct ir_function *fn, const struct move_event *a, const struct move_event *b);

#endif
