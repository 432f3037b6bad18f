/* A part of one analysis in a process of its own, while the rest goes on: the memory is there for both. */
#ifndef FEARLESS_CHECK_DRIVER_APART_H
#define FEARLESS_CHECK_DRIVER_APART_H

#include <stdbool.h>

#include "base/source.h"
#include "diag/diag.h"

struct apart_options {
    struct source_table *sources; /* of the findings */
    bool at_once; /* false: it is waited for where it begins, as no core is free; what is found is the same */
};

struct apart;

/* NULL: no process was to be had. */
struct apart *apart_begin(void (*part)(void *data), void *data, struct findings *sink, const struct apart_options *options);

/*
 * Adds what was found. Where the part did not come to its end this process ends, too, and as it did: half an analysis is
 * none, and who watches over this process knows what to say.
 */
void apart_end(struct apart *apart, struct findings *sink, const struct apart_options *options);

#endif
