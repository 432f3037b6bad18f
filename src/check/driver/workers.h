/*
 * Checks files in processes of their own, several at once: what crashes, hangs or eats its stack
 * takes only itself along, and the run goes on with the next file.
 */
#ifndef FEARLESS_CHECK_DRIVER_WORKERS_H
#define FEARLESS_CHECK_DRIVER_WORKERS_H

#include <glib.h>

#include "check_file.h"

struct workers_options {
    struct check_options check;
    unsigned parallel; /* how many at once, at least 1 */
    unsigned timeout;  /* seconds for one file; 0: none */
};

/*
 * Called for each job in the order in which they end. A job that did not come to its end has the
 * outcome OUTCOME_NOT_CHECKED and a message that says why.
 */
typedef void workers_done(size_t index, const guint8 *bytes, size_t length, const char *failure,
                          void *data);

void workers_run(const GPtrArray *jobs, const struct workers_options *options, workers_done *done,
                 void *data);

#endif
