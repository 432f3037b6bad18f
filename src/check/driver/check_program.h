/* The second half of the pipeline: stored units of several files, merged into one, and what the analyses find in it. */
#ifndef FEARLESS_CHECK_DRIVER_CHECK_PROGRAM_H
#define FEARLESS_CHECK_DRIVER_CHECK_PROGRAM_H

#include "check_file.h"

void check_program(GBytes *const *units, unsigned count, const struct check_options *options, struct report *report);

#endif
