/*
 * What the rooms of the front end share: the state of one translation unit's lowering, and the questions
 * that expressions and statements ask about types, declarations and places in the source.
 *
 *     unit.c      parse, diagnostics, models, walk over the top level          -> front.h
 *     types.c     CXType -> ir_type, records, owned types, handles
 *     decls.c     functions, globals, fields, annotations
 *     spans.c     where the user wrote it; macro names; tokens
 *     init.c      braced initialisers, designators
 *     expr.c ...  expressions     stmt.c ...  statements     scope.c  cleanups and jumps
 *     library.c   the fl.op.* calls
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
    GHashTable *types;     /* key of a type -> ir_type */
    GHashTable *records;   /* definition's USR and location -> ir_record */
    GHashTable *functions; /* canonical declaration -> ir_function */
    GHashTable *globals;   /* canonical declaration -> index */
    GHashTable *files;     /* CXFile's unique id -> number in sources */
    GHashTable *models;    /* name -> annotated declaration of models/ (see decls.c) */
    GHashTable *opaque;    /* kind -> count */
};

/* types.c */
const struct ir_type *front_type(struct front *front, CXType type);
/* As the user spelled it, for messages: `int_vec`, `fl_sender(text)`, `struct job *`. In the arena. */
const char *front_type_name(struct front *front, CXType type);
const struct ir_type *front_pointer_to(struct front *front, const struct ir_type *target);
const struct ir_type *front_int_type(struct front *front);
const struct ir_type *front_void_type(struct front *front);

/* decls.c: a declaration's number or object, made when first asked for */
struct ir_function *front_function(struct front *front, CXCursor decl);
uint32_t front_global(struct front *front, CXCursor decl);
uint32_t front_string(struct front *front, CXCursor literal);
/* Projections from a record to a member that may lie in anonymous members: field numbers, outermost first. */
size_t front_field_path(struct front *front, CXCursor field, const struct ir_record **ret_records,
                        uint32_t *ret_indices, size_t capacity);
/* The fl. annotations of a declaration without their prefix; NULL-terminated, never NULL. */
const char *const *front_notes(struct front *front, CXCursor decl);

/* spans.c */
struct span front_span(struct front *front, CXCursor cursor, bool *ret_in_macro_body);
struct span front_range_span(struct front *front, CXSourceRange range, bool *ret_in_macro_body);
struct span front_end_brace(struct front *front, CXCursor compound);
/* The token at a cursor's spelling start; "" when it has none (pasted tokens). In the arena. */
const char *front_first_token(struct front *front, CXCursor cursor);

/* body.c: the whole body of a function */
void front_lower_body(struct front *front, struct ir_function *fn, CXCursor definition);

#endif
