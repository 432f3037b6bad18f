/*
 * All rule families over one frozen unit, in their order. Findings are data; nothing is printed here.
 */
#ifndef FEARLESS_CHECK_ANALYSIS_ANALYSIS_H
#define FEARLESS_CHECK_ANALYSIS_ANALYSIS_H

#include "diag/diag.h"
#include "ir/ir.h"

struct apart;

/* What who runs the analyses has for them. */
struct analysis_host {
    /* A long part begins; the words stay. NULL: nobody watches. */
    void (*stage)(const char *what);
    /*
     * A part in a process of its own, beside what comes next: it may read everything and leave findings, and nothing else.
     * NULL: there are none; a result of NULL: not this time.
     */
    struct apart *(*begin)(void (*part)(void *part_data), void *part_data, struct findings *sink, void *data);
    /* Waits for it, and takes what it found. */
    void (*end)(struct apart *apart, struct findings *sink, void *data);
    void *data;
};

/* host: NULL for nothing of that. */
void analysis_run(const struct ir_unit *unit, struct findings *sink, const struct analysis_host *host);

#endif
