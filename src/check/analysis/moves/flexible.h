/* A struct that ends in `[]`, and what a copy of one leaves behind. */
#ifndef FEARLESS_CHECK_MOVES_FLEXIBLE_H
#define FEARLESS_CHECK_MOVES_FLEXIBLE_H

#include "analysis/context.h"

bool flexible_is_at_end(const struct ir_type *type);

/* doer: what copies ("this", "the thread") */
void flexible_report(struct findings *sink, const struct ir_type *type, struct span span, const char *doer);

#endif
