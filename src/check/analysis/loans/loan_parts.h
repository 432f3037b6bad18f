/*
 * What the rooms of the loan analysis share.
 *
 *     loans.c        loan ends, and the cells that lead into what ends there
 *     loan_guards.c  the same for what ends with a guard
 *     loan_sends.c   the same for what a channel has been given the address of
 *     loan_callbacks.c  the same for what an unseen function has been given with a function
 *     loan_threads.c the same for thread-locals: they end with the thread
 *     loan_uses.c    from a loan end forward to a use
 *     loan_sources.c from a loan end backward to where the loan was made
 *     loan_left.c    pointers that are left in memory outside
 *     loan_report.c  the words
 */
#ifndef FEARLESS_CHECK_LOANS_LOAN_PARTS_H
#define FEARLESS_CHECK_LOANS_LOAN_PARTS_H

#include "analysis/loans/holds.h"
#include "analysis/loans/loans.h"
#include "analysis/origins/origin_parts.h"

enum loan_end_kind {
    LOAN_END_MOVE,
    LOAN_END_DROP,       /* written by a person */
    LOAN_END_SCOPE_DROP, /* fl_auto */
    LOAN_END_STORAGE,
    LOAN_END_GUARD_SCOPE, /* of a guard */
    LOAN_END_UNLOCK,      /* fl_unlock */
    LOAN_END_SENT,        /* the end of the storage of a variable whose address went into a channel */
    LOAN_END_SHARED,      /* a handle whose value was borrowed as its only owner's gets a second owner */
    LOAN_END_WAIT,        /* a condition wait lets the lock go, and takes it again */
    LOAN_END_THREAD,      /* of the thread, whose variable is borrowed */
};

enum { LOANS_MAX_CANDIDATES = 200 };

struct loan {
    enum loan_end_kind kind;
    struct flow_point at;        /* of the end */
    struct span span;
    const struct ir_call *call;  /* the move is an argument of this call; NULL: it is not */
    struct effect moved;         /* MOVE by a call of what an argument points to: when it has happened; else NEVER */
    const struct origin *place;  /* what ends */
    bool leaves_empty;           /* a take, fl_move(*p): what is in the place's own storage is there still, empty */
    const struct origin *target; /* a part of it ... */
    const struct origin *cell;   /* ... that this cell leads to */
    bool is_only_target;         /* the cell holds nothing else */
    bool is_element;             /* the cell is an array's elements outside: they hold other things, too */
    const struct origin *sent;   /* SENT: the part of the value that leads there; `cell`: the receiver, or the same when
                                    it is not here */
    struct flow_point sent_at;
    const struct hold *hold;     /* ends with a guard: this; `place` is what it guards */
    const struct loan_kept *kept; /* lent to a callback: this */
};

/* An unseen function may have kept the pointer in `cell`, to `target`, for a function that it calls later. */
struct loan_kept {
    struct flow_point at;        /* the call */
    const struct origin *cell, *target;
};

struct loan_use {
    struct flow_point at;
    struct span span;
    bool is_exit; /* nobody uses it here, but it is there when the function is left */
};

struct loan_source {
    struct span borrow;  /* `&x`, `v.data` */
    struct span stored;  /* where the cell got it; NO_SPAN for a pointer variable */
    struct flow_point at; /* the same */
    struct flow_point made_at; /* where the borrow itself is made */
    bool is_at_once;     /* the borrow is made in the expression that the cell gets */
    uint32_t base;       /* the local that the borrowed place starts from, UINT32_MAX: none */
};

struct loans {
    struct analysis *analysis;
    struct origins *origins;
    const struct ir_function *fn;
    struct holds *holds;  /* loan_guards.c */
    GArray *found;       /* of struct loan: candidates */
    GArray *kept;        /* of struct loan_kept; complete before the first candidate */
    GHashTable *reported; /* root of the target and place of the end or of the borrow */
};

void loans_begin(struct loans *loans, struct analysis *analysis, struct origins *origins);
/* Finds the use and the source of each candidate, and reports. */
void loans_check_candidates(struct loans *loans);
void loans_end(struct loans *loans);

/* Adds those of loan_sends.c. */
void loans_find_sends(struct loans *loans);

/* loan_threads.c */
void loans_find_thread_locals(struct loans *l);
bool loan_borrows_thread_local(const struct ir_unit *unit, const struct ir_block *block);

/* loan_callbacks.c */
void loans_find_kept(struct loans *loans);
bool loan_keeps_environment(const struct ir_call *call);

/* A local without a name: read once, in the expression that it was made for. */
static inline bool loan_is_temporary(const struct loans *loans, const struct origin *cell)
{
    return cell->kind == ORIGIN_LOCAL && loans->fn->locals[cell->index].kind == IR_LOCAL_TEMP;
}

/* loan_reads.c: this function, or what it calls, looks at that field (of whichever object). */
bool loan_callee_reads(const struct loans *loans, const struct ir_function *callee, const struct ir_record *record,
                       uint32_t index);

/* The first use of the loan's cell after its end. */
bool loan_find_use(struct loans *loans, const struct loan *loan, struct loan_use *ret);
/* Where the cell got the pointer. */
bool loan_find_source(struct loans *loans, const struct loan *loan, struct loan_source *ret);

/* One of them is (a part of) the other: a struct's own cell stands for its fields. */
bool loan_overlaps(const struct origin_set *cells, const struct origin *cell);

/* A function of the program may set back what lies outside, in ways that are not followed (other threads, too). */
bool loan_may_set_back(const struct ir_terminator *term);

/* In memory that outlives the function. */
bool loan_is_outside(const struct origin *cell);

/* Nothing between the store and the loan's end may have set the cell back. */
bool loan_is_left_behind(const struct loans *loans, const struct loan *loan, struct flow_point stored);

/*
 * Elements of an array outside: on every way to the loan's end the pointer was stored, and no element was written behind that,
 * which may be the same one.
 */
bool loan_is_left_in_array(const struct loans *loans, const struct loan *loan, struct flow_point stored);

void loan_report(struct loans *loans, const struct loan *loan, const struct loan_source *source,
                 const struct loan_use *use);

#endif
