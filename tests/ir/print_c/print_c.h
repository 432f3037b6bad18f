/*
 * IR -> C, to validate the lowering: a program whose function bodies are printed back from the IR must
 * behave as the original does.
 *
 *     print_c.c       the file: the original text, with its bodies replaced
 *     print_types.c   types of our own with the layout of the IR's
 *     print_body.c    locals, blocks, statements
 *
 * All pointers are printed as `void *` and every place says its type when it is reached, so nothing but the
 * IR decides what the program does. What the IR does not keep (the value of a floating constant) is taken
 * from the source text of its span; what it does not model at all cannot be printed, and says so.
 */
#ifndef FEARLESS_TESTS_PRINT_C_H
#define FEARLESS_TESTS_PRINT_C_H

#include <glib.h>

#include "base/source.h"
#include "ir/ir.h"

struct printer {
    const struct ir_unit *unit;
    struct source_table *sources;
    const struct ir_function *fn;
    GString *types;          /* definitions, in the order they are needed */
    GHashTable *type_names;  /* ir_type (unqualified) or ir_record -> name */
    GString *out;
    const char *unprintable; /* the first thing that C cannot be made of, or NULL */
};

/* The name of a C type with that layout; const and restrict are left out. */
const char *print_type(struct printer *p, const struct ir_type *type);

/* The body of p->fn, with its braces. */
void print_body(struct printer *p);

void print_failed(struct printer *p, const char *what);

/* What the user wrote there; owned by the arena. */
const char *print_source(struct printer *p, struct span span);

#endif
