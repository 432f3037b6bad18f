/* How a finding looks on a terminal: rustc's shape, to the column. */
#ifndef FEARLESS_CHECK_DIAG_RENDER_H
#define FEARLESS_CHECK_DIAG_RENDER_H

#include "diag.h"

struct look {
    bool colour;
    unsigned columns; /* how wide the code may be; 0: as where there is no terminal */
};

/* One finding, with an empty line after it. */
void render_finding(GString *out, const struct finding *f, struct source_table *sources,
                    struct look look);

/*
 * The closing lines: how many errors (and warnings) there were, and where to read more about their
 * codes. Nothing when there were none.
 */
void render_summary(GString *out, const struct findings *sink, bool colour);

/* A message that is about no source: "error: no such file: x.c", with an empty line after it. */
void render_message(GString *out, enum severity severity, bool colour, const char *text);

#endif
