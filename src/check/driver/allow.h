/* `// fearless: allow(CODE) reason`: findings that a comment allows, and comments that allow nothing. */
#ifndef FEARLESS_CHECK_DRIVER_ALLOW_H
#define FEARLESS_CHECK_DRIVER_ALLOW_H

#include <glib.h>
#include <stdbool.h>

#include "diag/diag.h"
#include "ir/ir.h"

/* What became of one allowed code; a header's is used when it is in any of the files that include it. */
struct allow {
    struct span span;
    const char *code; /* of the catalogue */
    bool is_used;
    bool is_in_header;
};

/*
 * Takes what the unit's comments allow out of the sink, and tells which comments say no reason or name no code: those
 * allow nothing. The others are added to allows (of struct allow).
 */
void allow_apply(const struct ir_unit *unit, struct findings *sink, GArray *allows);

/* One more to what is known of a whole run. */
void allow_merge(GArray *allows, const struct allow *more);

/* Tells which were used in no file. Headers are only judged by a run that sees a whole project. */
void allow_report_unused(const GArray *allows, bool judge_headers, struct findings *sink);

#endif
