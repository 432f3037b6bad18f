/*
 * What the rooms of the front end share: the state of one translation unit's lowering, and the questions
 * that expressions and statements ask about types, declarations and places in the source.
 *
 *     unit.c      parse, diagnostics, models, walk over the top level          -> front.h
 *     types.c     CXType -> ir_type, owned types, handles
 *     records.c   structs, unions, enums, their fields
 *     decls.c     functions, globals, fields, annotations
 *     models.c    what models/ say of libc's functions
 *     spans.c     where the user wrote it; macro names; tokens
 *     init.c      braced initialisers, designators
 *     expr.c ...  expressions     stmt.c ...  statements     scope.c  cleanups and jumps
 *     library.c   the fl.op.* calls                          comments.c   suppressions
 */
#ifndef FEARLESS_CHECK_FRONT_LOWER_H
#define FEARLESS_CHECK_FRONT_LOWER_H

#include <clang-c/Index.h>
#include <glib.h>

#include "base/arena.h"
#include "base/source.h"
#include "ir/build.h"
#include "ir/ir.h"

struct front {
    CXIndex index;
    CXTranslationUnit tu;
    struct source_table *sources;
    struct ir_unit *unit;
    struct arena *arena;
    /* Keys are clang's own objects: data[0] of a CXType (a type with its sugar and qualifiers) or of a
     * CXCursor (one declaration). They are unique in a unit, and asking clang for them costs nothing. */
    GHashTable *types;        /* type -> ir_type */
    GHashTable *type_names;   /* type -> how the user spelled it */
    struct type_nodes *nodes; /* ir/type_nodes.h */
    uint64_t pointer_size;
    GHashTable *records;      /* ir_record -> struct front_record (records.h) */
    GHashTable *fields;       /* field's declaration -> number + 1 */
    GHashTable *functions;    /* each of its declarations -> ir_function */
    GHashTable *globals;      /* each of its declarations -> index + 1 */
    GHashTable *latest;       /* canonical declaration -> CXCursor of the last one, if there are several */
    GHashTable *models;       /* name -> CXCursor, its declaration in models/ (models.c) */
    GPtrArray *function_list; /* of ir_function: becomes unit->functions */
    GPtrArray *global_list;   /* of ir_global */
    GArray *unsafe_list;      /* of struct ir_unsafe */
    GArray *allow_list;       /* of struct ir_allow (comments.c) */
    GArray *string_list;      /* of ir_string */
    GPtrArray *owned_list;    /* of CXCursor *, functions annotated fl.owned (owned.c) */
    GQueue bodies;            /* of CXCursor *: definitions that are still to be lowered */
    struct file_map *files;   /* spans.c */
    struct macro_answers *macro_answers; /* likewise; in the arena */
    GHashTable *opaque;       /* kind -> count */
    bool is_system;           /* what is lowered now stands in a system header */
};

/* types.c */
const struct ir_type *front_type(struct front *front, CXType type);
/*
 * The type of a value: arrays and functions become pointers. Needed because libclang shows the *original*
 * type of whatever goes back to an array parameter: for `int a[3]` it says int[3] of `a`, `a + 1` and `a++`.
 */
const struct ir_type *front_value_type(struct front *front, CXType type);
/* A variable's; of a parameter what it is adjusted to. */
const struct ir_type *front_variable_type(struct front *front, CXCursor variable);
/* `type` with IR_QUAL_... added */
const struct ir_type *front_qualified(struct front *front, const struct ir_type *type, unsigned quals);
/* As the user spelled it, for messages: `int_vec`, `fl_sender(text)`, `struct job *`. In the arena. */
const char *front_type_name(struct front *front, CXType type);
const struct ir_type *front_pointer_to(struct front *front, const struct ir_type *target);
const struct ir_type *front_int_type(struct front *front);
const struct ir_type *front_void_type(struct front *front);

/* decls.c: a declaration's number or object, made when first asked for */
struct ir_function *front_function(struct front *front, CXCursor decl);
uint32_t front_global(struct front *front, CXCursor decl);
uint32_t front_string(struct front *front, CXCursor literal);
/* The last declaration of the same thing: it has the annotations of all. */
CXCursor front_latest(struct front *front, CXCursor decl);
/* globals.c: what the initialiser of a global points to */
void front_read_initializer(struct front *front, CXCursor variable);
/* Projections from a record to a member that may lie in anonymous members: field numbers, outermost first. */
size_t front_field_path(struct front *front, CXCursor field, const struct ir_record **ret_records,
                        uint32_t *ret_indices, size_t capacity);
/* The fl. annotations of a declaration without their prefix; NULL-terminated, never NULL. */
const char *const *front_notes(struct front *front, CXCursor decl);
/* A copy that lives as long as the unit; NULL for an empty one. The string is given back. */
const char *front_take_text(struct front *front, CXString string);

/* spans.c */
struct span front_span(struct front *front, CXCursor cursor, bool *ret_in_macro_body);
struct span front_range_span(struct front *front, CXSourceRange range, bool *ret_in_macro_body);
/* The name in a declaration; the whole declaration's start when it has none. */
struct span front_name_span(struct front *front, CXCursor decl);
struct span front_end_brace(struct front *front, CXCursor compound);
/* The token at a cursor's spelling start; "" when it has none (pasted tokens). In the arena. */
const char *front_first_token(struct front *front, CXCursor cursor);

/* comments.c: `// fearless: allow(CODE) reason`, in the user's files */
void front_read_allows(struct front *front);

/* body.c: the whole body of a function */
void front_lower_body(struct front *front, struct ir_function *fn, CXCursor definition);

#endif
