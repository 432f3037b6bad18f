/*
 * A sheet of styled characters that grows as it is drawn on. Snippets are drawn in several passes
 * that overwrite one another (bars, underlines, labels), which is easy on a sheet and hard in a
 * stream.
 */
#ifndef FEARLESS_CHECK_DIAG_CANVAS_H
#define FEARLESS_CHECK_DIAG_CANVAS_H

#include <glib.h>
#include <stdbool.h>

enum style {
    STYLE_NONE,
    STYLE_MESSAGE, /* the headline */
    STYLE_GUTTER,  /* line numbers, bars and arrows */
    STYLE_ERROR,
    STYLE_WARNING,
    STYLE_NOTE,
    STYLE_HELP,
    STYLE_SECONDARY, /* --- and its words */
    STYLE_ADDED,
    STYLE_REMOVED,
};

struct canvas;

struct canvas *canvas_new(void);
void canvas_free(struct canvas *canvas);

/* How many rows have been drawn on. */
unsigned canvas_rows(const struct canvas *canvas);

/* Both overwrite what is there; cells never drawn on are spaces. Each character is one cell. */
void canvas_putc(struct canvas *canvas, unsigned row, unsigned column, gunichar ch,
                 enum style style);
void canvas_puts(struct canvas *canvas, unsigned row, unsigned column, const char *text,
                 enum style style);

/* Behind the last cell of a row. */
void canvas_append(struct canvas *canvas, unsigned row, const char *text, enum style style);

/* Makes room for n empty rows before row. */
void canvas_insert_rows(struct canvas *canvas, unsigned row, unsigned n);

/* Every row, with a newline after each. */
void canvas_print(const struct canvas *canvas, GString *out, bool colour);

/* A stretch of text in one style, for what is no snippet. */
void style_print(GString *out, enum style style, bool colour, const char *text);

#endif
