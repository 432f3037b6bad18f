/*
 * Threads used in ways that no type and no lock can put right, in plain C:
 *
 *     joined_twice.c   F0402: one thread joined or detached twice
 *     hidden_state.c   F0403: several threads in a function that keeps its state in one place
 *     signal_handlers.c  F0404: what a signal handler must not touch
 *     fork_children.c  F0405: what the child of a process with several threads must not call
 *
 * docs/design/misuse.md
 */
#ifndef FEARLESS_CHECK_MISUSE_MISUSE_H
#define FEARLESS_CHECK_MISUSE_MISUSE_H

#include "analysis/context.h"
#include "analysis/origins/origins.h"

/* After threads_check(), which tells of threads that are not joined at all. */
void joined_twice_check(struct analysis *analysis, struct origin_program *origins);

void signal_handlers_check(struct analysis *analysis);

/* After guards_check(), which says what is held where. */
void hidden_state_check(struct analysis *analysis, struct origin_program *origins);

#endif
