#include "canvas.h"

struct cell {
    gunichar ch;
    enum style style;
};

struct canvas {
    GPtrArray *rows; /* of GArray of struct cell */
};

static void row_free(void *row)
{
    g_array_free(row, TRUE);
}

struct canvas *canvas_new(void)
{
    struct canvas *canvas = g_new0(struct canvas, 1);

    canvas->rows = g_ptr_array_new_with_free_func(row_free);
    return canvas;
}

void canvas_free(struct canvas *canvas)
{
    g_ptr_array_free(canvas->rows, TRUE);
    g_free(canvas);
}

unsigned canvas_rows(const struct canvas *canvas)
{
    return canvas->rows->len;
}

static GArray *row_new(void)
{
    return g_array_new(FALSE, FALSE, sizeof(struct cell));
}

static GArray *row_at(struct canvas *canvas, unsigned row)
{
    while (canvas->rows->len <= row)
        g_ptr_array_add(canvas->rows, row_new());
    return g_ptr_array_index(canvas->rows, row);
}

void canvas_putc(struct canvas *canvas, unsigned row, unsigned column, gunichar ch,
                 enum style style)
{
    GArray *cells = row_at(canvas, row);
    const struct cell blank = { ' ', STYLE_NONE };

    while (cells->len <= column)
        g_array_append_val(cells, blank);
    g_array_index(cells, struct cell, column) = (struct cell){ ch, style };
}

void canvas_puts(struct canvas *canvas, unsigned row, unsigned column, const char *text,
                 enum style style)
{
    row_at(canvas, row);
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        canvas_putc(canvas, row, column++, g_utf8_get_char(p), style);
}

void canvas_append(struct canvas *canvas, unsigned row, const char *text, enum style style)
{
    canvas_puts(canvas, row, row_at(canvas, row)->len, text, style);
}

void canvas_insert_rows(struct canvas *canvas, unsigned row, unsigned n)
{
    if (row >= canvas->rows->len)
        return;
    for (unsigned i = 0; i < n; i++)
        g_ptr_array_insert(canvas->rows, (int)row, row_new());
}

/* The colours are rustc's, so that a terminal set up for one suits the other. */
static const char *style_start(enum style style)
{
    switch (style) {
    case STYLE_NONE:
        break;
    case STYLE_MESSAGE:
        return "\033[1m";
    case STYLE_GUTTER:
    case STYLE_SECONDARY:
        return "\033[1m\033[94m";
    case STYLE_ERROR:
        return "\033[1m\033[91m";
    case STYLE_WARNING:
        return "\033[1m\033[33m";
    case STYLE_NOTE:
        return "\033[1m\033[92m";
    case STYLE_HELP:
        return "\033[1m\033[96m";
    case STYLE_ADDED:
        return "\033[92m";
    case STYLE_REMOVED:
        return "\033[91m";
    }
    return "";
}

static void switch_style(GString *out, enum style from, enum style to)
{
    if (from == to)
        return;
    if (from != STYLE_NONE)
        g_string_append(out, "\033[0m");
    g_string_append(out, style_start(to));
}

void canvas_print(const struct canvas *canvas, GString *out, bool colour)
{
    for (unsigned r = 0; r < canvas->rows->len; r++) {
        const GArray *cells = g_ptr_array_index(canvas->rows, r);
        enum style style = STYLE_NONE;

        for (unsigned c = 0; c < cells->len; c++) {
            const struct cell *cell = &g_array_index(cells, struct cell, c);
            if (colour)
                switch_style(out, style, cell->style);
            style = cell->style;
            g_string_append_unichar(out, cell->ch);
        }
        if (colour)
            switch_style(out, style, STYLE_NONE);
        g_string_append_c(out, '\n');
    }
}

void style_print(GString *out, enum style style, bool colour, const char *text)
{
    if (colour)
        switch_style(out, STYLE_NONE, style);
    g_string_append(out, text);
    if (colour)
        switch_style(out, style, STYLE_NONE);
}
