/*
 * What the rule families share about one unit: made once, read by all.
 *
 * A family has one entry, called for each function with a body (and no compile error in it), callees before
 * callers, and reports into `sink`. Families may keep results for others in the function's summary.
 */
#ifndef FEARLESS_CHECK_ANALYSIS_CONTEXT_H
#define FEARLESS_CHECK_ANALYSIS_CONTEXT_H

#include "analysis/summary.h"
#include "diag/diag.h"
#include "flow/callgraph.h"
#include "flow/cfg.h"
#include "flow/values.h"
#include "ir/ir.h"

struct analysis {
    const struct ir_unit *unit;
    struct findings *sink;
    struct callgraph *callgraph;
    struct summary *summaries;   /* by function index; those of functions without a body come from their notes */
    bool *no_return;             /* by function index: never returns, by attribute, note or body */
    struct cfg **cfgs;           /* by function index; NULL until asked for, or without a body */
    struct values **values;
    struct held_sets *held_sets; /* locks held in each block, when guards_check() has been; NULL: nothing takes a lock */
};

/* The function's control flow and values; made when first asked for, kept until the unit is done. */
struct cfg *analysis_cfg(struct analysis *analysis, const struct ir_function *fn);
struct values *analysis_values(struct analysis *analysis, const struct ir_function *fn);

/* ------------------------------------------------------------------------------------- the families */

void results_check(struct analysis *analysis, const struct ir_function *fn); /* F0601 */
void init_check(struct analysis *analysis, const struct ir_function *fn);    /* E0381 of plain locals */
void frees_check(struct analysis *analysis, const struct ir_function *fn);   /* F0302 */
bool frees_summarise(struct analysis *analysis, const struct ir_function *fn);
void moves_check(struct analysis *analysis, const struct ir_function *fn);   /* E0382, E0507, F0301 ... F0304 */
void flexible_check(struct analysis *analysis, const struct ir_function *fn); /* F0304 of structs that end in [] */

#endif
