/*
 * Types as the analyses see them. Hash-consed: two types are the same type exactly when the pointers
 * are equal (records and enums are the same when they are declared by the same definition).
 *
 * The front end makes them; the analyses only read. Qualifiers belong to the node: `const int` and
 * `int` are two nodes with `unqualified` leading from one to the other.
 */
#ifndef FEARLESS_CHECK_IR_TYPE_H
#define FEARLESS_CHECK_IR_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

enum ir_type_kind {
    IR_TYPE_VOID,
    IR_TYPE_BOOL,
    IR_TYPE_INT,      /* every integer and character type; bits, is_signed */
    IR_TYPE_FLOAT,
    IR_TYPE_COMPLEX,
    IR_TYPE_VECTOR,   /* target = element */
    IR_TYPE_ENUM,     /* enumeration */
    IR_TYPE_POINTER,  /* target = pointee */
    IR_TYPE_ARRAY,    /* target = element; count, or IR_COUNT_UNKNOWN for VLA, flexible, incomplete */
    IR_TYPE_FUNCTION, /* target = result; params, is_variadic */
    IR_TYPE_RECORD,   /* record */
    IR_TYPE_ATOMIC,   /* target = the type without _Atomic */
    IR_TYPE_HANDLE,   /* one of the library's handles; handle_kind, target = element type */
    IR_TYPE_BLOCK,    /* pointer to a block (^); target = function type */
    IR_TYPE_OTHER,    /* va_list and what clang has beyond C; name says what */
};

enum ir_handle_kind {
    IR_HANDLE_NONE,
    IR_HANDLE_SENDER,
    IR_HANDLE_RECEIVER,
    IR_HANDLE_SHARED_RECEIVER,
    IR_HANDLE_JOIN_HANDLE,
    IR_HANDLE_ARC,
    IR_HANDLE_WEAK,
    IR_HANDLE_RC,
    IR_HANDLE_RC_WEAK,
    IR_HANDLE_BOX,
    IR_HANDLE_OTHER, /* a tag struct marked `handle.NAME` whose name is none of these */
};

enum { IR_QUAL_CONST = 1, IR_QUAL_VOLATILE = 2, IR_QUAL_RESTRICT = 4 };

#define IR_COUNT_UNKNOWN UINT64_MAX

/* Marks on a struct or on an owned type (fl.send, fl.cell, ...). */
enum {
    IR_TRAIT_SEND = 1 << 0,     /* FL_SEND: a person vouches for it */
    IR_TRAIT_SYNC = 1 << 1,
    IR_TRAIT_NOT_SEND = 1 << 2,
    IR_TRAIT_NOT_SYNC = 1 << 3,
    IR_TRAIT_CELL = 1 << 4,     /* interior mutability without a lock: not Sync */
    IR_TRAIT_SCOPE = 1 << 5,    /* a scope that threads are started in */
    IR_TRAIT_SLICE = 1 << 6,    /* a part of an array, told apart from others that were cut with it */
    IR_TRAIT_LOCK = 1 << 7,     /* a lock: where it lies is what it is */
};

struct ir_type;
struct ir_function;

struct ir_field {
    const char *name;            /* NULL for an anonymous struct or union member */
    const struct ir_type *type;
    const char *type_name;       /* as written: `int_vec` */
    struct span span;            /* the name */
    int bit_width;               /* -1: no bit-field */
    const char *guarded_by;      /* text after `fl.guarded_by:`, or NULL */
    bool guarded_shared;         /* rwlock data: reads need only a shared lock */
    const char *const *notes;    /* every other fl. annotation, NULL-terminated; never NULL */
};

struct ir_record {
    const char *tag;             /* `job` of `struct job`; NULL when it has none */
    bool is_union;
    bool is_complete;
    bool has_flexible_array;
    struct ir_field *fields;
    size_t field_count;
    unsigned traits;             /* IR_TRAIT_... */
    struct span span;            /* the tag, or the keyword */
};

struct ir_enumeration {
    const char *tag;
    int64_t *values;             /* the enumerators' values, in the order of declaration */
    const char **names;
    size_t value_count;
};

struct ir_type {
    enum ir_type_kind kind;
    unsigned quals;                      /* IR_QUAL_... */
    const struct ir_type *unqualified;   /* itself when quals is 0 */
    const char *name;                    /* for messages: a typedef of the record if it has no tag, else C spelling */
    uint64_t size;                       /* bytes; 0 when incomplete or void */
    unsigned bits;
    bool is_signed;
    bool is_variadic;
    enum ir_handle_kind handle_kind;
    const char *handle_name;             /* `fl_sender`: how messages spell the handle */
    const struct ir_type *target;
    uint64_t count;
    const struct ir_type *const *params;
    size_t param_count;
    struct ir_record *record;
    struct ir_enumeration *enumeration;

    /* FL_OWNED: set on the unqualified node. Handles are owned without it. */
    bool is_owned;
    const char *drop_name;               /* the user's drop function as spelled, for messages; NULL for handles */
    const struct ir_function *drop;      /* the wrapper's or the user's body when it is in view */
};

/* Type T has a destructor to be run: FL_OWNED or a handle (join handles, arcs, boxes, channel ends). */
bool ir_type_is_owned(const struct ir_type *type);

/* ... or is an array, struct or union that contains such a type. */
bool ir_type_contains_owned(const struct ir_type *type);
/* const, or an array of const elements. */
bool ir_type_is_constant(const struct ir_type *type);

bool ir_type_is_pointer_like(const struct ir_type *type); /* pointer, block, handle */
bool ir_type_is_scalar(const struct ir_type *type);

/* `name` declared with the type, as C writes it: `int (*name)[3]`; the type alone when name is "". */
struct arena;
char *ir_type_spell(struct arena *arena, const struct ir_type *type, const char *name);

#endif
