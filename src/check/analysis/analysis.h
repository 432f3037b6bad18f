/*
 * All rule families over one frozen unit, in their order. Findings are data; nothing is printed here.
 */
#ifndef FEARLESS_CHECK_ANALYSIS_ANALYSIS_H
#define FEARLESS_CHECK_ANALYSIS_ANALYSIS_H

#include "diag/diag.h"
#include "ir/ir.h"

void analysis_run(const struct ir_unit *unit, struct findings *sink);

#endif
