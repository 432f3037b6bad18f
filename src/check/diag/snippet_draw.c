/*
 * Draws the lines of a snippet as rustc does, to the column:
 *
 *      --> file.c:11:36
 *       |
 *    11 |       h = fl_spawn(run, fl_move(v));
 *       |           -------- ^^^^^^^^^^^^^^^ value used here after move
 *       |           |
 *       |           required by a bound in this call
 *
 * Under each line the marks are placed from right to left: the rightmost may have its words behind
 * its underline, each one further left that would run into what is there gets a row further down,
 * and a bar leads from its underline to its words.
 */
#include "snippet.h"

#include <string.h>

struct drawing {
    struct canvas *canvas;
    unsigned bars;  /* the column in which the leftmost bar of a tall span may be */
    unsigned code;  /* the column in which code starts */
    unsigned width; /* of the line numbers */
    enum style primary;
    struct window window;
};

/* A mark and the row below the line in which its words go (0: behind the underline). */
struct placed {
    const struct mark *mark;
    unsigned row;
};

/* The column of a canvas for a column of the source; what is left of the window is at its edge. */
static unsigned code_column(const struct drawing *d, uint32_t column)
{
    unsigned at = d->code + column;

    return at > d->window.left ? at - d->window.left : 0;
}

static enum style mark_style(const struct drawing *d, const struct mark *mark)
{
    return mark->primary ? d->primary : STYLE_SECONDARY;
}

static bool has_text(const struct mark *mark)
{
    return mark->text != NULL;
}

/* Horizontal lines of a tall span leave no room for words beside them. */
static bool takes_row(const struct mark *mark)
{
    return mark->kind == MARK_START || mark->kind == MARK_END;
}

/* Whether the two share a column when both are made wider by padding to the right. */
static bool overlap(const struct mark *a, const struct mark *b, unsigned padding)
{
    return (b->start <= a->start && a->start < b->end + padding) ||
           (a->start <= b->start && b->start < a->end + padding);
}

static int from_right(const void *a, const void *b)
{
    const struct placed *pa = a, *pb = b;

    if (pa->mark->start != pb->mark->start)
        return pa->mark->start > pb->mark->start ? -1 : 1;
    /* Same column: in the order of the labels, which the addresses give. */
    return pa->mark < pb->mark ? -1 : pa->mark > pb->mark;
}

static bool same_columns(const struct mark *a, const struct mark *b)
{
    return a->start == b->start && a->end == b->end;
}

/* Must this mark leave row 0 because of one to its left that it covers? */
static bool leaves_first_row(const struct placed *placed, unsigned n, unsigned i)
{
    const struct mark *mark = placed[i].mark;

    if (!has_text(mark))
        return false;
    for (unsigned j = i + 1; j < n; j++) {
        const struct mark *next = placed[j].mark;
        /* An underline without words under exactly the same columns is the same underline. */
        if (overlap(next, mark, 0) && !(same_columns(mark, next) && !has_text(next)))
            return true;
    }
    return false;
}

/*
 * Must what follows on the left start a new row, because the words of both would not fit into one?
 */
static bool needs_new_row(const struct mark *mark, const struct mark *next, unsigned row)
{
    unsigned words = next->text ? (unsigned)strlen(next->text) + 2 : 0;
    bool run_into = overlap(next, mark, words);

    return (run_into && has_text(mark) && has_text(next)) || (takes_row(mark) && has_text(next)) ||
           (has_text(mark) && takes_row(next)) || (takes_row(mark) && takes_row(next)) ||
           (run_into && next->end <= mark->end && has_text(next) && row == 0);
}

/* Gives each mark its row; the number of rows below the underline is returned. */
static unsigned place_marks(struct placed *placed, unsigned n)
{
    unsigned row = 0, last = 0;
    bool only_starts = true;

    for (unsigned i = 0; i < n; i++) {
        if (row == 0 && leaves_first_row(placed, n, i))
            row++;
        placed[i].row = row;
        for (unsigned j = i + 1; j < n; j++) {
            if (needs_new_row(placed[i].mark, placed[j].mark, row)) {
                row++;
                break;
            }
        }
        last = MAX(last, row);
        only_starts = only_starts && placed[i].mark->kind == MARK_START;
    }
    if (last)
        last++;
    if (only_starts) {
        /*
         * Nothing but starts: turned round, the bars do not cross, and the words' row is not
         * needed.
         */
        unsigned most = 0;
        for (unsigned i = 0; i < n; i++)
            most = MAX(most, placed[i].row);
        for (unsigned i = 0; i < n; i++)
            placed[i].row = most - placed[i].row;
        last = last ? last - 1 : 0;
    }
    return last;
}

/* "____" from the bar to the underline, for starts and ends of tall spans. */
static void draw_horizontals(const struct drawing *d, const struct placed *placed, unsigned n,
                             unsigned line)
{
    for (unsigned i = 0; i < n; i++) {
        const struct mark *mark = placed[i].mark;
        if (!takes_row(mark))
            continue;
        for (unsigned x = d->bars + mark->depth; x < code_column(d, mark->start); x++)
            canvas_putc(d->canvas, line + placed[i].row + 1, x, '_', mark_style(d, mark));
    }
}

/* Bars from underlines down to words, and the bars of tall spans beside the code. */
static void draw_verticals(const struct drawing *d, const struct placed *placed, unsigned n,
                           unsigned line, unsigned rows)
{
    for (unsigned i = 0; i < n; i++) {
        const struct mark *mark = placed[i].mark;
        enum style style = mark_style(d, mark);
        unsigned row = placed[i].row + 1;
        unsigned bar = d->bars + mark->depth - 1;

        if (row > 1 && (has_text(mark) || takes_row(mark))) {
            for (unsigned y = line + 1; y <= line + row; y++)
                canvas_putc(d->canvas, y, code_column(d, mark->start), '|', style);
        }
        if (mark->kind == MARK_START) {
            canvas_putc(d->canvas, line + row, bar, ' ', style);
            for (unsigned y = line + row + 1; y < line + rows + 2; y++)
                canvas_putc(d->canvas, y, bar, '|', style);
        } else if (mark->kind == MARK_END) {
            for (unsigned y = line; y <= line + row; y++)
                canvas_putc(d->canvas, y, bar, '|', style);
        }
    }
}

static void draw_texts(const struct drawing *d, const struct placed *placed, unsigned n,
                       unsigned line)
{
    for (unsigned i = 0; i < n; i++) {
        const struct mark *mark = placed[i].mark;
        if (!has_text(mark))
            continue;
        if (placed[i].row == 0) {
            unsigned behind = mark->end ? mark->end + 1 : 2;
            canvas_puts(d->canvas, line + 1, code_column(d, behind), mark->text,
                        mark_style(d, mark));
        } else {
            canvas_puts(d->canvas, line + placed[i].row + 2, code_column(d, mark->start),
                        mark->text, mark_style(d, mark));
        }
    }
}

static unsigned mark_length(const struct mark *mark)
{
    return mark->end > mark->start ? mark->end - mark->start : mark->start - mark->end;
}

/* Shorter underlines are drawn later, over longer ones, and primary ones over secondary ones. */
static int longest_first(const void *a, const void *b)
{
    const struct placed *pa = a, *pb = b;
    unsigned la = mark_length(pa->mark), lb = mark_length(pb->mark);

    if (la != lb)
        return la > lb ? -1 : 1;
    if (pa->mark->primary != pb->mark->primary)
        return pa->mark->primary ? 1 : -1;
    return from_right(a, b);
}

static void draw_underlines(const struct drawing *d, struct placed *placed, unsigned n,
                            unsigned line)
{
    qsort(placed, n, sizeof(*placed), longest_first);
    for (unsigned i = 0; i < n; i++) {
        const struct mark *mark = placed[i].mark;
        for (unsigned x = mark->start; x < mark->end; x++)
            canvas_putc(d->canvas, line + 1, code_column(d, x), mark->primary ? '^' : '-',
                        mark_style(d, mark));
    }
}

static void draw_gutter_bar(const struct drawing *d, unsigned row)
{
    canvas_putc(d->canvas, row, d->width + 1, '|', STYLE_GUTTER);
}

/* Is there anything to be seen from byte on? */
static bool goes_on(const char *line, size_t length, size_t byte)
{
    while (byte < length && g_ascii_isspace(line[byte]))
        byte++;
    return byte < length;
}

static void draw_window(const struct drawing *d, const char *line, size_t line_length, unsigned row)
{
    static const char cut[] = "...";
    char *text = shown_text(line, line_length);
    size_t length = strlen(text);
    uint32_t width = shown_column(text, length, length);
    uint32_t left = MIN(d->window.left, width);
    uint32_t right =
        width <= d->window.left + d->window.columns ? width : MIN(width, d->window.right);
    size_t from = shown_byte(text, length, left), to = MAX(from, shown_byte(text, length, right));
    char *part = g_strndup(text + from, to - from);
    unsigned end =
        d->code + (unsigned)g_utf8_strlen(part, -1); /* a cell holds a character, however wide */

    canvas_puts(d->canvas, row, d->code, part, STYLE_NONE);
    if (d->window.left)
        canvas_puts(d->canvas, row, d->code, cut, STYLE_GUTTER);
    if (goes_on(text, length, to) && end >= d->code + strlen(cut))
        canvas_puts(d->canvas, row, end - (unsigned)strlen(cut), cut, STYLE_GUTTER);
    g_free(part);
    g_free(text);
}

static void draw_code(const struct drawing *d, struct source_table *sources, uint32_t file,
                      uint32_t number, unsigned row)
{
    size_t length;
    const char *line = source_line(sources, file, number, &length, NULL);
    char *digits = g_strdup_printf("%*u", (int)d->width, number);

    canvas_puts(d->canvas, row, 0, digits, STYLE_GUTTER);
    draw_gutter_bar(d, row);
    if (line)
        draw_window(d, line, length, row);
    g_free(digits);
}

/*
 * A line whose only marks are tall spans that begin at its first character needs no underline:
 * "11 | / for (;;) {" says it all.
 */
static bool draw_short_starts(const struct drawing *d, const struct shown_line *line, unsigned row)
{
    for (unsigned i = 0; i < line->marks->len; i++) {
        const struct mark *mark = &g_array_index(line->marks, struct mark, i);
        if (!(mark->kind == MARK_START && mark->at_line_start) && mark->kind != MARK_PASS)
            return false;
    }
    for (unsigned i = 0; i < line->marks->len; i++) {
        const struct mark *mark = &g_array_index(line->marks, struct mark, i);
        if (mark->kind == MARK_START)
            canvas_putc(d->canvas, row, d->bars + mark->depth - 1, '/', mark_style(d, mark));
    }
    return true;
}

static void draw_line(const struct drawing *d, struct source_table *sources, uint32_t file,
                      const struct shown_line *line)
{
    unsigned row = canvas_rows(d->canvas);
    unsigned n = line->marks->len;

    draw_code(d, sources, file, line->number, row);
    if (draw_short_starts(d, line, row))
        return;

    struct placed *placed = g_new(struct placed, n);
    for (unsigned i = 0; i < n; i++)
        placed[i] = (struct placed){ &g_array_index(line->marks, struct mark, i), 0 };
    qsort(placed, n, sizeof(*placed), from_right);

    unsigned rows = place_marks(placed, n);
    for (unsigned y = 0; y <= rows; y++)
        draw_gutter_bar(d, row + y + 1);
    draw_horizontals(d, placed, n, row);
    draw_verticals(d, placed, n, row, rows);
    draw_texts(d, placed, n, row);
    draw_underlines(d, placed, n, row);
    g_free(placed);
}

/* The bars of tall spans that are open, by depth. */
struct bars {
    GArray *styles; /* of int: an enum style, or -1; index is the depth */
};

static void draw_open_bars(const struct drawing *d, const struct bars *bars, unsigned from,
                           unsigned to)
{
    for (unsigned depth = 0; depth < bars->styles->len; depth++) {
        int style = g_array_index(bars->styles, int, depth);
        for (unsigned y = from; style >= 0 && y < to; y++)
            canvas_putc(d->canvas, y, d->bars + depth - 1, '|', (enum style)style);
    }
}

static void close_bars(struct bars *bars, const struct shown_line *line)
{
    for (unsigned i = 0; i < line->marks->len; i++) {
        const struct mark *mark = &g_array_index(line->marks, struct mark, i);
        if (mark->kind == MARK_END)
            g_array_index(bars->styles, int, mark->depth) = -1;
    }
}

static void open_bars(const struct drawing *d, struct bars *bars, const struct shown_line *line)
{
    for (unsigned i = 0; i < line->marks->len; i++) {
        const struct mark *mark = &g_array_index(line->marks, struct mark, i);
        if (mark->kind == MARK_START)
            g_array_index(bars->styles, int, mark->depth) = (int)mark_style(d, mark);
    }
}

/* What stands between two shown lines: nothing, the one line between them, or "...". */
static void draw_gap(const struct drawing *d, struct source_table *sources, uint32_t file,
                     uint32_t from, uint32_t to)
{
    unsigned row = canvas_rows(d->canvas);

    if (to - from == 2)
        draw_code(d, sources, file, from + 1, row);
    else if (to - from > 2)
        canvas_puts(d->canvas, row, 0, "...", STYLE_GUTTER);
}

static void draw_lines(const struct drawing *d, const struct shown_file *file,
                       struct source_table *sources)
{
    struct bars bars = { g_array_new(FALSE, FALSE, sizeof(int)) };
    const int none = -1;

    for (unsigned i = 0; i <= file->depth; i++)
        g_array_append_val(bars.styles, none);
    for (unsigned i = 0; i < file->lines->len; i++) {
        const struct shown_line *line = g_ptr_array_index(file->lines, i);
        unsigned row = canvas_rows(d->canvas);

        draw_line(d, sources, file->file, line);
        close_bars(&bars, line);
        draw_open_bars(d, &bars, row, canvas_rows(d->canvas));
        open_bars(d, &bars, line);
        if (i + 1 < file->lines->len) {
            const struct shown_line *next = g_ptr_array_index(file->lines, i + 1);
            row = canvas_rows(d->canvas);
            draw_gap(d, sources, file->file, line->number, next->number);
            draw_open_bars(d, &bars, row, canvas_rows(d->canvas));
        }
    }
    g_array_free(bars.styles, TRUE);
}

/* "--> path:line:col", "::: path:line:col" for a further file. */
static void draw_place(const struct drawing *d, const struct shown_file *file,
                       struct source_table *sources, bool first)
{
    GString *place = g_string_new(source_path(sources, file->file));
    unsigned row = canvas_rows(d->canvas);
    uint32_t line, column;

    if (source_line_col(sources, file->file, file->place.begin, &line, &column))
        g_string_append_printf(place, ":%u:%u", line, column);
    canvas_puts(d->canvas, row, d->width, first ? "--> " : "::: ", STYLE_GUTTER);
    canvas_append(d->canvas, row, place->str, STYLE_NONE);
    g_string_free(place, TRUE);
}

void snippet_draw(struct canvas *canvas, const GPtrArray *files, struct source_table *sources,
                  unsigned width, unsigned columns, enum style primary)
{
    for (unsigned i = 0; i < files->len; i++) {
        const struct shown_file *file = g_ptr_array_index(files, i);
        struct drawing d = { canvas, width + 3, width + 3, width, primary, { 0, 0, 0 } };

        if (file->depth)
            d.code = d.bars + file->depth + 1;
        d.window = snippet_window(file, sources, columns > d.code ? columns - d.code : 1);
        if (i > 0)
            draw_gutter_bar(&d, canvas_rows(canvas));
        draw_place(&d, file, sources, i == 0);
        if (file->lines->len) {
            draw_gutter_bar(&d, canvas_rows(canvas));
            draw_lines(&d, file, sources);
        }
    }
}
