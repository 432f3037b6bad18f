/*
 * `.fearless`: what a project has decided about its checks, beside its code. A key file as GLib reads them, so that no
 * language of our own has to be learnt (docs/adopting.md has its keys).
 */
#ifndef FEARLESS_CHECK_DRIVER_CONFIG_H
#define FEARLESS_CHECK_DRIVER_CONFIG_H

#include <stdbool.h>

#include "diag/diag.h"
#include "job.h"

struct config {
    char *path;          /* NULL: there is none, and all below is empty */
    char *folder;        /* the file's: its paths are relative to it */
    bool strict;
    unsigned jobs;       /* 0: not said */
    unsigned timeout;    /* seconds; only if has_timeout */
    bool has_timeout;
    char *baseline;      /* NULL: none */
    char *models;        /* the text of all of them, in one; NULL: none */
    GPtrArray *excludes; /* of char *: patterns of fnmatch(3), in which `*` takes `/` too */
    GHashTable *levels;  /* code (interned) -> enum level */
};

/* The nearest one in a folder or those above it; NULL when there is none. To be freed. */
char *config_find(const char *folder);

/* The same for a file that is to be checked. */
char *config_find_for(const struct job *job);

/* Reads one. False, with a message that has the line, for anything in it that is not understood. */
bool config_load(struct config *config, const char *path);
/* One more model, from the command line: the path is from here. */
bool config_add_model(struct config *config, const char *path);
void config_clear(struct config *config);

/* Is a file among those that the project does not want to hear of? Its path is as seen from the current folder. */
bool config_excludes(const struct config *config, const char *path);

/* Marks the jobs of such files. They are read, as others may call into them, and nothing is told of them. */
void config_mark_excluded(const struct config *config, const GPtrArray *jobs);

/* Takes out what is allowed or in excluded files, and makes errors of what is denied, warnings of what warns. */
void config_apply(const struct config *config, struct findings *sink, const struct source_table *sources);

#endif
