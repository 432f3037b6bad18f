/* Which of a run's findings are told: those that are not known, and not of lines that nobody changed. */
#ifndef FEARLESS_CHECK_DRIVER_SELECTION_H
#define FEARLESS_CHECK_DRIVER_SELECTION_H

#include "baseline.h"
#include "changes.h"
#include "config.h"

/* All NULL: everything is told as it is. */
struct selection {
    const struct config *config;
    struct baseline *baseline;
    const char *new_baseline; /* where to write all findings, which are not told then */
    struct changes *changes;
    bool whole_project; /* what the baseline has and this run has not is gone */
};

/* How many were left out, and why. */
struct selected {
    unsigned written, known, gone, unchanged;
};

/*
 * Takes out of a sorted and identified sink what is not told. False, with a message, when the new baseline could not be
 * written.
 */
bool selection_apply(const struct selection *selection, struct findings *sink, struct source_table *sources,
                     struct selected *ret_selected);

/* Tells people what was left out; complete: every file could be checked. */
void selection_tell(const struct selection *selection, const struct selected *selected, bool complete);

#endif
