/* `fearless check --fix`: safe suggestions, applied to the files. */
#ifndef FEARLESS_CHECK_DRIVER_FIX_H
#define FEARLESS_CHECK_DRIVER_FIX_H

#include "diag/diag.h"

/*
 * Applies the first safe suggestion of each finding that has one, says of each where and what, and takes those findings
 * out of the sink. Suggestions never overlap: the one that comes later in the file waits for the next run. A file is
 * replaced as a whole or not at all. Returns how many files could not be written.
 */
unsigned fix_apply(struct findings *sink, struct source_table *sources);

#endif
