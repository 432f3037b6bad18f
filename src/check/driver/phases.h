/*
 * From files to findings: each file in a process of its own; then, where there are several, which make which programs, and
 * each program in a process of its own (docs/design/link.md).
 */
#ifndef FEARLESS_CHECK_DRIVER_PHASES_H
#define FEARLESS_CHECK_DRIVER_PHASES_H

#include "cache.h"
#include "check_file.h"
#include "workers.h"

struct phases_options {
    struct check_options check;
    struct workers_options workers;
    struct cache *cache; /* NULL: none */
    bool link;          /* findings are those of whole programs; otherwise of each file for itself */
    bool is_project;    /* files belong together though none has a main: the database of a build names them */
    bool show_progress; /* on a terminal, when it takes long */
};

struct phases_result {
    struct report all;    /* its findings and sources are everybody's */
    char **messages;      /* of each job, in the order of the jobs; NULL: nothing to say */
    char **dumps;
    unsigned not_checked; /* files and programs */
};

void phases_run(const GPtrArray *jobs, const struct phases_options *options, struct phases_result *ret_result);
void phases_clear(struct phases_result *result, const GPtrArray *jobs);

#endif
