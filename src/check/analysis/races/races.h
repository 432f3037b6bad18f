/*
 * F0201: two threads reach the same memory, one of them writes, and nothing puts one before the other. For programs
 * on plain POSIX or C11 threads; what threads of the library share is E0133's and the scopes'. docs/design/races.md
 */
#ifndef FEARLESS_CHECK_RACES_RACES_H
#define FEARLESS_CHECK_RACES_RACES_H

#include "analysis/origins/origins.h"

/* Does anything start a thread? */
bool races_need_a_look(const struct analysis *analysis);

/* After guards_check(), which says what is held where. */
void races_check(struct analysis *analysis, struct origin_program *origins);

#endif
