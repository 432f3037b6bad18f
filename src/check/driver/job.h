/* One file to check, and how its compiler is called. */
#ifndef FEARLESS_CHECK_DRIVER_JOB_H
#define FEARLESS_CHECK_DRIVER_JOB_H

#include <glib.h>
#include <stdbool.h>

struct job {
    char *path;      /* as the user or the database wrote it; relative to directory */
    char *directory; /* where the compiler runs; NULL: here */
    char *origin; /* which part of which file asked for it, for messages; NULL: the command line */
    bool is_excluded; /* nobody wants to hear of it, not even that it cannot be checked */
    GPtrArray *flags; /* of char *: no compiler, no file, no -c, -o or what is about dependencies */
};

struct job *job_new(const char *path, const char *directory);
void job_free(void *job);

/* Its path as it is seen from the current directory: shortened when it is below it. To be freed. */
char *job_path_from_here(const struct job *job);

#endif
