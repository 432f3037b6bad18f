/*
 * Data that a lock guards is reached only while that lock is held (F0101), and a pointer to it is not used
 * after its guard has ended (E0597). Locks are let go on every path (F0103), not taken twice (F0104), and let go only
 * where they are held (F0105).
 *
 * What is guarded says the type: a field or global with `fl.guarded_by:LOCK`, which is what fl_mutex(T)'s value
 * has and FL_GUARDED_BY writes. Which lock is held says property simulation over the calls that are noted
 * fl.acquires, fl.acquires_if and fl.releases; locks are named by origins, so `a->lock` is not `b->lock`.
 */
#ifndef FEARLESS_CHECK_LOCKS_GUARDS_H
#define FEARLESS_CHECK_LOCKS_GUARDS_H

#include "analysis/origins/origins.h"
#include "diag/diag.h"
#include "flow/callgraph.h"
#include "ir/ir.h"

struct guard_analysis;

/* All that is seen function by function; makes the context's held_sets. NULL when nothing takes a lock. */
struct guard_analysis *guards_check(struct analysis *analysis, struct origin_program *origins);

/* What only shows when all functions were seen: condition variables, copies, the order of locks. Frees it; NULL, too. */
void guards_check_together(struct guard_analysis *guards);

#endif
