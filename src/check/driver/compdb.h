/* compile_commands.json: which files a project has and how each is compiled. */
#ifndef FEARLESS_CHECK_DRIVER_COMPDB_H
#define FEARLESS_CHECK_DRIVER_COMPDB_H

#include <glib.h>
#include <stdbool.h>

/*
 * Adds a job for every C file of the database, which is given by its own path or by the folder that
 * it is in. False, with a message printed, when there is none or it is broken.
 */
bool compdb_load(const char *path, GPtrArray *jobs);

#endif
