/* `--diff REV`: the lines that were changed since a commit, as git tells them. */
#ifndef FEARLESS_CHECK_DRIVER_CHANGES_H
#define FEARLESS_CHECK_DRIVER_CHANGES_H

#include "diag/diag.h"

struct changes;

/*
 * What differs between the files as they are and REV, or the commit where HEAD left REV's history. The repository is
 * that of the current folder. NULL, with a message, when there is none or it does not know REV.
 */
struct changes *changes_since(const char *rev);
void changes_free(struct changes *changes);

/* Keeps the findings of which a label or the place of a note is on a changed line. Returns how many it took out. */
unsigned changes_apply(struct changes *changes, struct findings *sink, struct source_table *sources);

#endif
