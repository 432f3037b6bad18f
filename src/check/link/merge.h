/*
 * Several stored units become one, as if all their code stood in one file: what a linker joins is one object, and what
 * the compiler made per unit stays apart (docs/design/link.md has the table). One unit alone comes back as it was.
 */
#ifndef FEARLESS_CHECK_LINK_MERGE_H
#define FEARLESS_CHECK_LINK_MERGE_H

#include "base/source.h"
#include "ir/ir.h"

struct merge;

/* Spans of the merged unit are of this table. */
struct merge *merge_new(struct source_table *sources);

/* One more unit; the first gives the whole its name. The bytes must stay. False when they are no stored unit. */
bool merge_add(struct merge *merge, const uint8_t *bytes, size_t length);

/* The unit, whose arena holds all of it; NULL when the bytes of one contradict themselves. The merge is gone. */
struct ir_unit *merge_finish(struct merge *merge);

#endif
