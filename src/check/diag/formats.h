/* Findings for programs instead of people: gcc's lines, JSON, SARIF (docs/design/machine-output.md). */
#ifndef FEARLESS_CHECK_DIAG_FORMATS_H
#define FEARLESS_CHECK_DIAG_FORMATS_H

#include "diag.h"

/* A span in the numbers that all forms use: lines and columns from 1, columns in characters, ends exclusive. */
struct region {
    uint32_t line, column, end_line, end_column;
};

/* All 1 when the file cannot be read any more. */
struct region region_of(struct source_table *sources, struct span span);

/* A path as text in UTF-8, whatever bytes it has. To be freed. */
char *shown_path(const struct source_table *sources, uint32_t file);

/* "x.c:3:7: error: words [E0382]", a line for each finding, then one for each of its further places and notes. */
void format_gcc(GString *out, const struct findings *sink, struct source_table *sources);

/* One array. */
void format_json(GString *out, const struct findings *sink, struct source_table *sources);

/* What a SARIF log says about the tool and the run. */
struct sarif_run {
    const char *version;
    const char *(*page)(const char *code); /* the text of --explain in Markdown, or NULL */
    bool complete;                         /* every file could be checked */
};

/* One log with one run. */
void format_sarif(GString *out, const struct findings *sink, struct source_table *sources,
                  const struct sarif_run *run);

#endif
