/* E0505, E0515, E0597, E0716: a pointer is used after what it points to is gone. See docs/design/loans.md. */
#ifndef FEARLESS_CHECK_LOANS_LOANS_H
#define FEARLESS_CHECK_LOANS_LOANS_H

#include "analysis/context.h"
#include "analysis/origins/origins.h"

void loans_check(struct analysis *analysis, struct origin_program *program, const struct ir_function *fn);

/* E0597: a pointer into what a lock guards, or a refcell holds, is used after its guard. */
void loans_check_guards(struct analysis *analysis, struct origin_program *program, const struct ir_function *fn);

#endif
