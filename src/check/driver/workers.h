/*
 * Tasks in processes of their own, several at once: what crashes, hangs or eats its stack takes only itself
 * along, and the run goes on with the next.
 */
#ifndef FEARLESS_CHECK_DRIVER_WORKERS_H
#define FEARLESS_CHECK_DRIVER_WORKERS_H

#include <glib.h>

/* Of a task that runs, some times a second: what it has told last; NULL: nothing yet. */
typedef void workers_watch(size_t index, const char *what, void *data);

struct workers_options {
    unsigned parallel;    /* how many at once, at least 1 */
    unsigned timeout;     /* seconds for one task; 0: none */
    workers_watch *watch; /* of the task that runs for the longest time; NULL: nobody does */
};

/* In a task's process: what it does now, in a text that stays, for who watches. */
void workers_tell(const char *what);

/* In the process of a task: does it and writes what came of it to `out`. */
typedef void workers_task(size_t index, int out, void *data);

/*
 * In the caller's process, for each task in the order in which they end: what was written, and, for a task that did not
 * come to its end, why. A writer may have died at any byte, so the bytes must say themselves that they are complete.
 */
typedef void workers_done(size_t index, const guint8 *bytes, size_t length, const char *failure,
                          void *data);

/* Tasks 0 to count - 1. */
void workers_run(size_t count, const struct workers_options *options, workers_task *task,
                 workers_done *done, void *data);

#endif
