/* What scopes.c says: rustc's roles, and a note where the thread was started that borrows. */
#ifndef FEARLESS_CHECK_EFFECTS_SCOPE_REPORT_H
#define FEARLESS_CHECK_EFFECTS_SCOPE_REPORT_H

#include "analysis/effects/effects.h"

struct scope_words {
    struct findings *sink;
    struct origins *origins;
    const struct ir_function *fn;
};

/* `start` began the thread whose effect the first one is. A place is told of once. */
void report_scope_pair(const struct scope_words *words, const struct ir_terminator *start, const struct memory_effect *a,
                       const struct memory_effect *b, bool same_start, bool is_divisible);
void report_scope_ended(const struct scope_words *words, const struct ir_terminator *start,
                        const struct memory_effect *in_thread, const struct memory_effect *end);
void report_scope_assigned(const struct scope_words *words, const struct ir_terminator *start,
                           const struct memory_effect *in_thread, const struct memory_effect *write);
/* What is lent by `arg` goes out of scope before the thread has been joined. */
void report_scope_dies_first(const struct scope_words *words, const struct ir_terminator *start, const struct ir_operand *arg,
                             uint32_t local, struct span end);

#endif
