/* Checks a list of jobs and tells what was found: the whole of a run behind its options. */
#ifndef FEARLESS_CHECK_DRIVER_RUN_H
#define FEARLESS_CHECK_DRIVER_RUN_H

#include <glib.h>
#include <stdbool.h>

#include "workers.h"

enum exit_status {
    EXIT_CLEAN = 0,
    EXIT_FINDINGS = 1,
    EXIT_NOT_CHECKED = 2,
};

struct run_options {
    struct workers_options workers;
    bool stats;
};

struct run_result {
    unsigned findings;
    unsigned not_checked; /* files */
    char *
        not_checked_messages; /* with quiet_failures: what would have been printed; NULL: nothing */
};

/*
 * Prints findings, the compiler's messages and the closing lines to stderr, dumps and statistics to
 * stdout. With quiet_failures the messages about files that could not be checked are handed back
 * instead of printed.
 */
void run_jobs(const GPtrArray *jobs, const struct run_options *options, bool quiet_failures,
              struct run_result *ret_result);

enum exit_status run_status(const struct run_result *result);

#endif
