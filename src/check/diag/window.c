/*
 * Lines can be longer than a terminal is wide, or indented deeper than is of any use. Then a window
 * of them is shown, the same for all lines of a file, so that what stands below one another still
 * does. Which one is rustc's choice: all that is underlined with all its words, if it fits, else
 * what is underlined.
 */
#include "snippet.h"

#include <string.h>

enum {
    PADDING = 6,    /* beside what is underlined */
    DEEP = 20,      /* indentation beyond this is cut ... */
    DEEP_LEFT = 16, /* ... to this */
    WIDEST = 1000,  /* of a window that nothing fits into; rustc knows no such limit */
};

/* What the lines of a file need, in display columns. */
struct extent {
    uint32_t indentation;           /* the least of any line */
    uint32_t span_left, span_right; /* what is underlined */
    uint32_t label_right;           /* and the ends of the words behind */
    uint32_t longest;
    uint32_t primary; /* where the first primary label is */
};

static void add_line(struct extent *extent, const struct shown_line *line, const char *text,
                     size_t length)
{
    size_t blanks = 0;

    while (blanks < length && g_ascii_isspace(text[blanks]))
        blanks++;
    if (blanks < length)
        extent->indentation = MIN(extent->indentation, shown_column(text, length, blanks));
    extent->longest = MAX(extent->longest, shown_column(text, length, length));
    for (unsigned i = 0; i < line->marks->len; i++) {
        const struct mark *mark = &g_array_index(line->marks, struct mark, i);
        uint32_t words = mark->text ? (uint32_t)strlen(mark->text) + 1 : 0;
        extent->span_left = MIN(extent->span_left, MIN(mark->start, mark->end));
        extent->span_right = MAX(extent->span_right, MAX(mark->start, mark->end));
        extent->label_right = MAX(extent->label_right, mark->end + words);
        if (mark->primary && extent->primary == UINT32_MAX)
            extent->primary = mark->start;
    }
}

static struct extent extent_of(const struct shown_file *file, struct source_table *sources)
{
    struct extent extent = { .indentation = UINT32_MAX,
                             .span_left = UINT32_MAX,
                             .primary = UINT32_MAX };

    for (unsigned i = 0; i < file->lines->len; i++) {
        const struct shown_line *line = g_ptr_array_index(file->lines, i);
        size_t length;
        const char *text = source_line(sources, file->file, line->number, &length, NULL);
        if (text)
            add_line(&extent, line, text, length);
    }
    if (extent.indentation == UINT32_MAX)
        extent.indentation = 0;
    if (extent.span_left == UINT32_MAX)
        extent.span_left = 0;
    if (extent.primary == UINT32_MAX)
        extent.primary = extent.span_left;
    return extent;
}

static uint32_t less(uint32_t n, uint32_t by)
{
    return n > by ? n - by : 0;
}

struct window snippet_window(const struct shown_file *file, struct source_table *sources,
                             unsigned columns)
{
    struct extent extent = extent_of(file, sources);
    uint32_t blanks = less(extent.indentation, PADDING);
    uint32_t from = less(extent.span_left, PADDING), to = extent.span_right + PADDING;
    uint32_t words_to = extent.label_right + PADDING;
    struct window window = { blanks > DEEP ? blanks - DEEP_LEFT : 0, 0, columns };

    window.right = MAX(extent.longest, window.left);
    if (window.right - window.left <= columns)
        return window;
    if (less(words_to, blanks) <= columns) {
        window.left = blanks;
    } else if (less(words_to, from) <= columns) {
        window.left = less(from, (columns - less(words_to, from)) / 2);
    } else if (to - from <= columns) {
        window.left = less(from, (columns - (to - from)) / 5 * 2);
    } else if (to - from <= WIDEST) {
        window.left = from;
        window.right = to;
        return window;
    } else {
        window.left = less(extent.primary, columns / 2);
    }
    window.right = window.left + columns;
    return window;
}
