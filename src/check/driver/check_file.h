/*
 * The pipeline for one file: front end, IR, verifier, analyses. Runs in a process of its own
 * (workers.c).
 */
#ifndef FEARLESS_CHECK_DRIVER_CHECK_FILE_H
#define FEARLESS_CHECK_DRIVER_CHECK_FILE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "allow.h"
#include "diag/diag.h"
#include "front/inputs.h"
#include "job.h"

enum outcome {
    OUTCOME_CHECKED,     /* the findings are all there is to say */
    OUTCOME_BROKEN,      /* it does not compile; messages are the compiler's */
    OUTCOME_NOT_CHECKED, /* it was not, for the reason that messages tell */
};

/* What --stats counts. */
struct stats {
    uint64_t functions;
    uint64_t statements;
    GHashTable *opaque; /* kind (char *) -> GUINT count */
};

void stats_clear(struct stats *stats);

struct report {
    enum outcome outcome;
    char *messages; /* shown as they are; NULL: none */
    char *dump;     /* what --dump asks for; NULL: nothing */
    GBytes *ir;     /* the stored unit, if that was asked for */
    struct stats stats;
    struct findings *findings;
    struct findings *listed; /* what --list-unsafe asks for: no mistakes */
    GArray *allows;          /* of struct allow */
    struct source_table *sources;
    struct front_inputs *inputs; /* what a file was made from; it stays in the process that read it */
};

struct check_options {
    bool store;   /* hand the unit on instead of analysing it */
    bool dump_ir;
    bool dump_stored; /* ... as it comes back from its stored form */
    bool list_unsafe;
    bool strict;             /* report also what cannot be proven right */
    bool colour;             /* of the compiler's own messages */
    bool tell_inputs;        /* fill the report's */
    bool spare_cores;        /* parts of one analysis may run at once */
    const char *models;      /* the text of users' models; NULL: none */
    const char *include_dir; /* the folder of <fearless.h>; NULL when it was not found */
};

void report_init(struct report *report);
void report_clear(struct report *report);

/* A frozen unit, of one file or of several: what the analyses find, without what the comments allow. */
void check_unit(const struct ir_unit *unit, const struct check_options *options, struct report *report);

void check_file(const struct job *job, const struct check_options *options, struct report *report);

#endif
