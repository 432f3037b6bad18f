/* F0407: a jump or the end of the thread leaves a guard, an owned value or an open scope behind. */
#ifndef FEARLESS_CHECK_THREADS_JUMPS_H
#define FEARLESS_CHECK_THREADS_JUMPS_H

#include "analysis/context.h"
#include "analysis/origins/origins.h"

void jumps_check(struct analysis *analysis, struct origin_program *program);

#endif
