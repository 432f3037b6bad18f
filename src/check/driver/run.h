/* Checks a list of jobs and tells what was found: the whole of a run behind its options. */
#ifndef FEARLESS_CHECK_DRIVER_RUN_H
#define FEARLESS_CHECK_DRIVER_RUN_H

#include <glib.h>
#include <stdbool.h>

#include "phases.h"
#include "selection.h"

enum exit_status {
    EXIT_CLEAN = 0,
    EXIT_FINDINGS = 1,
    EXIT_NOT_CHECKED = 2,
};

enum format {
    FORMAT_TEXT,  /* for people, to stderr */
    FORMAT_GCC,   /* a line each, to stderr */
    FORMAT_JSON,  /* a document, to stdout */
    FORMAT_SARIF, /* likewise */
};

/* False for a name that is none. */
bool format_of_name(const char *name, enum format *ret_format);

struct run_options {
    struct phases_options phases;
    enum format format;
    struct selection selection;
    bool stats;
    bool fix; /* apply safe suggestions, and do not count what they repair */
};

struct run_result {
    unsigned errors; /* findings that are none are warnings, which make no exit status */
    unsigned not_checked; /* files */
    char *
        not_checked_messages; /* with quiet_failures: what would have been printed; NULL: nothing */
};

/*
 * Prints findings (see enum format where), the compiler's messages and the closing lines to stderr, dumps
 * and statistics to stdout. With quiet_failures the messages about files that could not be checked are handed back
 * instead of printed.
 */
void run_jobs(const GPtrArray *jobs, const struct run_options *options, bool quiet_failures,
              struct run_result *ret_result);

enum exit_status run_status(const struct run_result *result);

#endif
