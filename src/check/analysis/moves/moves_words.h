/*
 * How the moves family's messages name things: a node, its type, why a move of it matters.
 */
#ifndef FEARLESS_CHECK_MOVES_MOVES_WORDS_H
#define FEARLESS_CHECK_MOVES_MOVES_WORDS_H

#include "analysis/moves/moves_state.h"

const char *move_node_name(const struct move_simulation *sim, uint32_t node);
const char *move_node_type_name(const struct move_simulation *sim, const struct move_node *node);
/* The variable that the root is, or is behind. */
const struct ir_local *move_local(const struct move_simulation *sim);

bool type_is_cloneable(const struct ir_type *type);
bool type_is_join_handle(const struct ir_type *type);
/* A handle as the user would write it, also where a macro wrote the declaration. */
const char *owned_type_name(struct arena *arena, const struct ir_type *type, const char *written);
/* What stands in the place of rustc's "does not implement the `Copy` trait". */
const char *why_moves_matter(const struct ir_type *type);

struct sub *suggest_wrap(struct finding *f, struct span span, const char *before, const char *after, const char *help);

#endif
