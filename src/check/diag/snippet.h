/*
 * The part of a message that shows source lines: labels sorted into files and lines (snippet.c),
 * and those lines drawn with their underlines, bars and words (snippet_draw.c).
 */
#ifndef FEARLESS_CHECK_DIAG_SNIPPET_H
#define FEARLESS_CHECK_DIAG_SNIPPET_H

#include "canvas.h"
#include "diag.h"

enum mark_kind {
    MARK_SPAN,  /* begins and ends on this line */
    MARK_START, /* a span over several lines begins: " ____^" */
    MARK_PASS,  /* ... passes: "|" */
    MARK_END,   /* ... ends: "|____^" */
};

/* What a label is on one line. Columns are display columns from 0; end is exclusive. */
struct mark {
    enum mark_kind kind;
    uint32_t start, end;
    unsigned depth; /* of a span over several lines: which bar is its own, 1 being the leftmost */
    bool at_line_start; /* nothing but blanks before it */
    bool primary;
    const char *text; /* borrowed from the label; NULL when it has none */
};

struct shown_line {
    uint32_t number;
    GArray *marks; /* of struct mark */
};

struct shown_file {
    uint32_t file;
    unsigned depth;    /* the number of bars to the left of the code */
    struct span place; /* what "-->" names */
    GPtrArray *lines;  /* of struct shown_line *, in order */
};

/* Files in the order in which they are shown, the one with the primary label first. */
GPtrArray *snippet_collect(const GArray *labels, struct source_table *sources);

/* The largest line number that is shown, or 0. */
uint32_t snippet_last_line(const GPtrArray *files);

/*
 * Everything from the first "-->" on, the gutter being width characters wide and the whole, where
 * it can be, no wider than columns.
 */
void snippet_draw(struct canvas *canvas, const GPtrArray *files, struct source_table *sources,
                  unsigned width, unsigned columns, enum style primary);

/*
 * The columns [left, right) of a file's lines that are shown; what is cut off is marked with "...".
 */
struct window {
    uint32_t left, right;
    uint32_t columns; /* how wide it may be */
};

struct window snippet_window(const struct shown_file *file, struct source_table *sources,
                             unsigned columns);

/* ---- shared with suggest.c ---- */

/*
 * A source line as it is shown: tabs as four blanks, control characters as pictures. To be freed.
 */
char *shown_text(const char *line, size_t length);

/* The display column of a byte in a line. */
uint32_t shown_column(const char *line, size_t length, size_t byte);

/* The byte at which a display column starts: the first whose column is not less. */
size_t shown_byte(const char *line, size_t length, uint32_t column);

#endif
