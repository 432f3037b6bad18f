/* E0499, E0502: a refcell is borrowed while it is borrowed already. See docs/design/loans.md. */
#ifndef FEARLESS_CHECK_LOANS_REFCELLS_H
#define FEARLESS_CHECK_LOANS_REFCELLS_H

#include "analysis/context.h"
#include "analysis/origins/origins.h"

void refcells_check(struct analysis *analysis, struct origin_program *program);

#endif
