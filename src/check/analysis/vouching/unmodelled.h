/* F0902: operations on tracked values that no analysis models. docs/design/vouching.md */
#ifndef FEARLESS_CHECK_VOUCHING_UNMODELLED_H
#define FEARLESS_CHECK_VOUCHING_UNMODELLED_H

#include "analysis/context.h"
#include "analysis/origins/origins.h"

void unmodelled_check(struct analysis *analysis, struct origin_program *origins);

/* After all other families: one mistake is told once. */
void unmodelled_settle(struct findings *sink);

/* ---- shared by its rooms ---- */

struct unmodelled {
    struct analysis *analysis;
    struct origin_program *program;
    const struct ir_function *fn;
    bool in_thread;   /* a thread of the library runs fn */
    bool any_threads; /* ... or something else in this unit */
};

/* unmodelled_pointers.c: pointers that come from a number or `...`, and are followed */
void unmodelled_pointers(struct unmodelled *u);

/* unmodelled_unions.c: a member is read that was not the one stored */
void unmodelled_unions(struct unmodelled *u);

/* unmodelled_bytes.c */
void unmodelled_bytes_assigned(const struct unmodelled *u, struct flow_point at, const struct ir_statement *st);
void unmodelled_bytes_copied(const struct unmodelled *u, struct flow_point at, const struct ir_terminator *term);

bool unmodelled_is_owned(const struct ir_type *type);
void unmodelled_help(struct finding *f);

#endif
