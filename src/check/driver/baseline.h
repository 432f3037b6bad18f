/* Findings that are known and left for later: a file of their fingerprints. */
#ifndef FEARLESS_CHECK_DRIVER_BASELINE_H
#define FEARLESS_CHECK_DRIVER_BASELINE_H

#include "diag/diag.h"

struct baseline;

/* NULL, with a message, when the file cannot be read or is none. */
struct baseline *baseline_load(const char *path);
void baseline_free(struct baseline *baseline);

/*
 * Takes the known findings out of a sink that was identified (diag/fingerprint.h). Returns how many there were; in
 * ret_gone, how many of the baseline are not found any more.
 */
unsigned baseline_apply(const struct baseline *baseline, struct findings *sink, unsigned *ret_gone);

/* Writes the fingerprints of all findings; the file is replaced as a whole or not at all. False, with a message. */
bool baseline_write(const char *path, const struct findings *sink, const struct source_table *sources);

#endif
