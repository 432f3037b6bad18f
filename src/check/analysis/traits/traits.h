/*
 * Send and Sync, derived from what a type is made of.
 *
 * C has one thing that Rust's types settle and C's do not: a plain pointer says nothing about what it
 * points to or for how long. So there are three answers. YES and NO hold for every value of the type;
 * BY_VALUE is given when only plain pointers stand in the way, and then the values that are sent decide
 * (threads.c asks where each pointer leads: to a static, to a literal, nowhere, to a local ...).
 *
 * A pointer that its struct owns (owning_fields.h) counts as what it points to. Recursive types are
 * decided by coinduction: a list is Send when everything in a node but the next node is.
 */
#ifndef FEARLESS_CHECK_TRAITS_TRAITS_H
#define FEARLESS_CHECK_TRAITS_TRAITS_H

#include <stdbool.h>
#include <stdint.h>

#include "ir/ir.h"

enum trait { TRAIT_SEND, TRAIT_SYNC };

enum trait_answer { TRAIT_YES, TRAIT_BY_VALUE, TRAIT_NO };

/* Why the innermost type of a chain lacks the trait. */
enum trait_reason {
    TRAIT_REASON_NONE,
    TRAIT_REASON_POINTER,      /* a plain pointer (always BY_VALUE) */
    TRAIT_REASON_VOID_POINTER, /* a field that may hide anything */
    TRAIT_REASON_UNION,        /* pointers in a union: nobody knows which member is live */
    TRAIT_REASON_HANDLE,       /* fl_rc and its weak form; a channel's end is not Sync */
    TRAIT_REASON_CELL,         /* interior mutability without a lock */
    TRAIT_REASON_MARKED,       /* FL_NOT_SEND, FL_NOT_SYNC */
    TRAIT_REASON_GUARD,        /* a guard belongs to the thread that locked */
    TRAIT_REASON_INCOMPLETE,   /* nobody sees what is in it */
    TRAIT_REASON_THREAD,       /* libc's, and bound to its thread: a jmp_buf leads back into a stack */
};

enum trait_step_kind {
    TRAIT_STEP_FIELD,   /* `type` is a record, `field` the one that leads on */
    TRAIT_STEP_HANDLE,  /* `type` is a handle whose element leads on */
    TRAIT_STEP_POINTER, /* `type` is an owned pointer */
    TRAIT_STEP_ARRAY,
};

/* One type on the way from the type that was asked about to the one that lacks the trait. */
struct trait_step {
    enum trait_step_kind kind;
    enum trait trait; /* what `type` lacks because of the step below it */
    const struct ir_type *type;
    const struct ir_field *field;
};

struct trait_proof {
    enum trait_answer answer;
    enum trait_reason reason;
    enum trait missing;            /* what the culprit lacks: asked for Send, an arc needs Sync below */
    const struct ir_type *culprit; /* NULL when the answer is YES */
    const struct trait_step *steps; /* innermost first */
    uint32_t step_count;
};

struct traits;

struct traits *traits_new(const struct ir_unit *unit);
void traits_free(struct traits *traits);

/* Memoised; the proof belongs to `traits`. */
const struct trait_proof *traits_prove(struct traits *traits, const struct ir_type *type, enum trait trait);

/*
 * Does `container`, an owned type, own what the pointer in this field points to? False for a type that
 * is not owned: its pointers are borrows.
 */
bool traits_field_is_owning(struct traits *traits, const struct ir_type *container,
                            const struct ir_record *record, uint32_t field);

/* The locks of pthreads and C11 threads, counted files: libc makes them safe to share whatever is in them. */
bool traits_is_libc_shared(const struct ir_type *type);

/* A lock, of the library or of libc; or an array, a struct, a union with one in it. */
bool traits_is_lock(const struct ir_type *type);
bool traits_contains_lock(const struct ir_type *type);

/* A FILE *, a DIR * ...: libc's object behind a pointer; who closes it is a question for whoever opened it. */
bool traits_is_pointer_to_stream(const struct ir_type *type);

/* How messages spell a type: `fl_rc(counter)`, `struct job`, `int *`, `fl_mutex(int)`. In the unit's arena. */
const char *traits_type_name(struct traits *traits, const struct ir_type *type);

const char *trait_name(enum trait trait);

#endif
