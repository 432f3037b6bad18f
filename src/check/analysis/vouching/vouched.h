/* fl_unsafe: what its author vouches for is not told; one that vouches for nothing is (F0901). */
#ifndef FEARLESS_CHECK_VOUCHING_VOUCHED_H
#define FEARLESS_CHECK_VOUCHING_VOUCHED_H

#include "diag/diag.h"
#include "ir/ir.h"

/* Comes last: it takes findings out of the sink. */
void vouched_apply(const struct ir_unit *unit, struct findings *sink);

/*
 * What the promise of this unit rests on besides what was checked, as findings that are no mistakes: each fl_unsafe
 * (F0901), each trait that is marked by hand (E0277), and the first call of each function whose body and contract are not seen with a value that owns, is owned,
 * or is guarded (F0902).
 */
void vouched_list(const struct ir_unit *unit, struct findings *list);

/*
 * For --strict: the calls of the last kind are findings (F0902) where nobody vouches for them. What is taken on trust
 * is what could not be proven.
 */
void vouched_report_trusted(const struct ir_unit *unit, struct findings *sink);

/* A value of this type, or what it points to, owns something or has data that a lock guards. */
bool vouched_is_tracked(const struct ir_type *type);

#endif
