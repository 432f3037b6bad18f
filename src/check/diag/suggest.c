/*
 * A patch is shown as rustc shows it: code that is only added to is shown once, with "+++" below
 * what is new; code that something is taken from is shown as a "-" line and a "+" line; whole new
 * lines have a "+" in the gutter.
 */
#include "suggest.h"

#include <string.h>

#include "snippet.h"

/* A patch without the parts of its replacement that were there before. */
struct edit {
    uint32_t begin, end;
    char *replacement;
};

/* A line as it will be; marks are the bytes [from, to) of it that are new. */
struct new_line {
    GString *text;
    GArray *marks; /* of struct range */
};

struct range {
    uint32_t from, to;
};

struct change {
    uint32_t file;
    const char *source;
    uint32_t first_line, last_line; /* of the old code */
    GArray *edits;                  /* of struct edit */
    GPtrArray *lines;               /* of struct new_line *, replacing first_line to last_line */
};

static bool blank(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!g_ascii_isspace(text[i]))
            return false;
    }
    return true;
}

/*
 * `v` becoming `fl_move(v)` shows as an insertion before and behind when the two are patches of
 * their own, and a replacement that merely starts as the old code did, or ends as it did, is an
 * insertion, too.
 */
static struct edit trimmed_edit(const char *source, const struct patch *patch)
{
    uint32_t old_length = patch->span.end - patch->span.begin;
    const char *old = source + patch->span.begin;
    const char *new = patch->replacement;
    size_t new_length = strlen(new), prefix = 0;

    if (new_length == 0)
        return (struct edit){ patch->span.begin, patch->span.end, g_strdup("") };
    while (prefix < old_length && prefix < new_length && old[prefix] == new[prefix])
        prefix++;
    while (prefix && (old[prefix] & 0xC0) == 0x80)
        prefix--;

    size_t rest = old_length - prefix;
    if (rest <= new_length - prefix && memcmp(new + new_length - rest, old + prefix, rest) == 0) {
        uint32_t at = patch->span.begin + (uint32_t)prefix;
        return (struct edit){ at, at, g_strndup(new + prefix, new_length - rest - prefix) };
    }
    return (struct edit){ patch->span.begin, patch->span.end, g_strdup(new) };
}

static void new_line_free(void *data)
{
    struct new_line *line = data;

    g_string_free(line->text, TRUE);
    g_array_free(line->marks, TRUE);
    g_free(line);
}

static struct new_line *start_line(struct change *change)
{
    struct new_line *line = g_new0(struct new_line, 1);

    line->text = g_string_new(NULL);
    line->marks = g_array_new(FALSE, FALSE, sizeof(struct range));
    g_ptr_array_add(change->lines, line);
    return line;
}

static struct new_line *current_line(struct change *change)
{
    return g_ptr_array_index(change->lines, change->lines->len - 1);
}

/* Appends code, which may go over lines, as new or as what was there before. */
static void append_code(struct change *change, const char *code, size_t length, bool is_new)
{
    while (true) {
        const char *newline = memchr(code, '\n', length);
        size_t part = newline ? (size_t)(newline - code) : length;
        struct new_line *line = current_line(change);
        struct range mark = { (uint32_t)line->text->len, (uint32_t)(line->text->len + part) };

        g_string_append_len(line->text, code, (gssize)part);
        if (is_new)
            g_array_append_val(line->marks, mark);
        if (!newline)
            break;
        start_line(change);
        code = newline + 1;
        length -= part + 1;
    }
}

static void edit_clear(void *data)
{
    g_free(((struct edit *)data)->replacement);
}

static void change_clear(struct change *change)
{
    g_array_free(change->edits, TRUE);
    g_ptr_array_free(change->lines, TRUE);
}

/* Where the line that holds offset ends, its line end not counted. */
static uint32_t line_end(struct source_table *sources, uint32_t file, uint32_t line)
{
    size_t length = 0;
    uint32_t start = 0;

    source_line(sources, file, line, &length, &start);
    return start + (uint32_t)length;
}

static void drop_empty_end(struct change *change)
{
    while (change->lines->len > 1 && current_line(change)->text->len == 0)
        g_ptr_array_set_size(change->lines, (int)change->lines->len - 1);
}

/* False when the source is not there any more, or the patch lies outside of it. */
static bool make_change(struct change *change, const struct sub *sub, struct source_table *sources)
{
    const struct patch *patches = &g_array_index(sub->patches, struct patch, 0);
    unsigned n = sub->patches->len;
    uint32_t column, at, last_end = 0;
    size_t length;

    *change = (struct change){ .file = patches[0].span.file };
    change->source = source_text(sources, change->file, &length);
    if (!change->source)
        return false;
    for (unsigned i = 0; i < n; i++) {
        struct span s = patches[i].span;
        if (s.file != change->file || s.begin > s.end || s.end > length || s.begin < last_end)
            return false;
        last_end = s.end;
    }

    change->edits = g_array_new(FALSE, FALSE, sizeof(struct edit));
    g_array_set_clear_func(change->edits, edit_clear);
    change->lines = g_ptr_array_new_with_free_func(new_line_free);
    for (unsigned i = 0; i < n; i++) {
        struct edit edit = trimmed_edit(change->source, &patches[i]);
        g_array_append_val(change->edits, edit);
    }

    source_line_col(sources, change->file, patches[0].span.begin, &change->first_line, &column);
    source_line_col(sources, change->file, last_end, &change->last_line, &column);
    source_line(sources, change->file, change->first_line, &length, &at);
    start_line(change);
    for (unsigned i = 0; i < n; i++) {
        const struct edit *edit = &g_array_index(change->edits, struct edit, i);
        append_code(change, change->source + at, edit->begin - at, false);
        append_code(change, edit->replacement, strlen(edit->replacement), true);
        at = edit->end;
    }

    /* A replacement that ends a line is shown without the line that follows it. */
    if (g_str_has_suffix(g_array_index(change->edits, struct edit, n - 1).replacement, "\n"))
        drop_empty_end(change);
    else
        append_code(change, change->source + at,
                    line_end(sources, change->file, change->last_line) - at, false);
    return true;
}

/* Does the edit take anything away that can be seen? */
static bool removes_code(const struct change *change, const struct edit *edit)
{
    return !blank(change->source + edit->begin, edit->end - edit->begin);
}

static unsigned put_line(struct canvas *canvas, unsigned width, uint32_t number, const char *sign,
                         enum style style, const char *text, size_t length)
{
    unsigned row = canvas_rows(canvas);
    char *digits = g_strdup_printf("%*u", (int)width, number);
    char *shown = shown_text(text, length);

    canvas_puts(canvas, row, 0, digits, STYLE_GUTTER);
    canvas_puts(canvas, row, width + 1, sign, style);
    canvas_puts(canvas, row, width + 3, shown, STYLE_NONE);
    g_free(shown);
    g_free(digits);
    return row;
}

/* Draws the bytes of a stretch of a drawn line once more, in colour. */
static void paint(struct canvas *canvas, unsigned row, unsigned code, const char *text,
                  struct range range, enum style style)
{
    char *before = shown_text(text, range.from);
    char *part = shown_text(text + range.from, range.to - range.from);

    canvas_puts(canvas, row, code + (unsigned)g_utf8_strlen(before, -1), part, style);
    g_free(part);
    g_free(before);
}

static void paint_new(struct canvas *canvas, unsigned row, unsigned code,
                      const struct new_line *line)
{
    for (unsigned i = 0; i < line->marks->len; i++)
        paint(canvas, row, code, line->text->str, g_array_index(line->marks, struct range, i),
              STYLE_ADDED);
}

/*
 * Old lines with "-", the new one with "+", unless nothing is left of it. When lines are taken away
 * whole, what is left is the line after them: it has not changed, and is not shown.
 */
static void draw_diff(struct canvas *canvas, const struct change *change,
                      struct source_table *sources, unsigned width)
{
    const struct new_line *only = g_ptr_array_index(change->lines, 0);

    for (uint32_t n = change->first_line; n <= change->last_line; n++) {
        size_t length;
        uint32_t start;
        const char *old = source_line(sources, change->file, n, &length, &start);
        if (n > change->first_line && n == change->last_line && length == only->text->len &&
            memcmp(old, only->text->str, length) == 0)
            return;
        unsigned row = put_line(canvas, width, n, "- ", STYLE_REMOVED, old, length);

        for (unsigned i = 0; i < change->edits->len; i++) {
            const struct edit *edit = &g_array_index(change->edits, struct edit, i);
            uint32_t begin = MAX(edit->begin, start),
                     end = MIN(edit->end, start + (uint32_t)length);
            if (begin < end) {
                struct range range = { begin - start, end - start };
                paint(canvas, row, width + 3, old, range, STYLE_REMOVED);
            }
        }
    }
    if (!blank(only->text->str, only->text->len)) {
        unsigned row = put_line(canvas, width, change->first_line, "+ ", STYLE_ADDED,
                                only->text->str, only->text->len);
        paint_new(canvas, row, width + 3, only);
    }
}

/* One line that is only added to: the new code is underlined with "+". */
static void draw_insertions(struct canvas *canvas, const struct change *change, unsigned width)
{
    const struct new_line *line = g_ptr_array_index(change->lines, 0);
    unsigned row = put_line(canvas, width, change->first_line, "| ", STYLE_GUTTER, line->text->str,
                            line->text->len);

    paint_new(canvas, row, width + 3, line);
    canvas_putc(canvas, row + 1, width + 1, '|', STYLE_GUTTER);
    for (unsigned i = 0; i < line->marks->len; i++) {
        struct range mark = g_array_index(line->marks, struct range, i);
        const char *text = line->text->str;

        /* Blanks at the ends are not underlined, unless there is nothing else. */
        if (!blank(text + mark.from, mark.to - mark.from)) {
            while (g_ascii_isspace(text[mark.from]))
                mark.from++;
            while (g_ascii_isspace(text[mark.to - 1]))
                mark.to--;
        }
        uint32_t end = shown_column(text, line->text->len, mark.to);
        for (uint32_t x = shown_column(text, line->text->len, mark.from); x < end; x++)
            canvas_putc(canvas, row + 1, width + 3 + x, '+', STYLE_ADDED);
    }
}

/* Several lines of new code: "+" for a line that is all new, "~" for one that is in part. */
static void draw_lines(struct canvas *canvas, const struct change *change, unsigned width)
{
    for (unsigned i = 0; i < change->lines->len; i++) {
        const struct new_line *line = g_ptr_array_index(change->lines, i);
        const char *sign = "| ";
        enum style style = STYLE_GUTTER;

        if (line->marks->len) {
            const struct range *mark = &g_array_index(line->marks, struct range, 0);
            bool all = line->marks->len == 1 && mark->from == 0 && mark->to == line->text->len;
            bool nothing = line->marks->len == 1 && mark->from == mark->to && mark->to == 0;
            if (!nothing || all) {
                sign = all ? "+ " : "~ ";
                style = STYLE_ADDED;
            }
        }
        unsigned row = put_line(canvas, width, change->first_line + i, sign, style, line->text->str,
                                line->text->len);
        paint_new(canvas, row, width + 3, line);
    }
}

uint32_t suggest_last_line(const struct sub *sub, struct source_table *sources)
{
    uint32_t last = 0;

    for (unsigned i = 0; i < sub->patches->len; i++) {
        const struct patch *patch = &g_array_index(sub->patches, struct patch, i);
        uint32_t line = 0, column;
        if (source_line_col(sources, patch->span.file, patch->span.end, &line, &column))
            last = MAX(last, line);
    }
    return last;
}

/* A patch on a line that no terminal can show is told in words alone. */
static bool can_be_shown(const struct change *change)
{
    enum { LONGEST = 1000 };

    for (unsigned i = 0; i < change->lines->len; i++) {
        const struct new_line *line = g_ptr_array_index(change->lines, i);
        if (line->text->len > LONGEST)
            return false;
    }
    return true;
}

/* One line before, and the same line with more in it after. */
static bool only_inserts(const struct change *change)
{
    for (unsigned i = 0; i < change->edits->len; i++) {
        if (strchr(g_array_index(change->edits, struct edit, i).replacement, '\n'))
            return false;
    }
    return change->first_line == change->last_line;
}

void suggest_draw(struct canvas *canvas, const struct sub *sub, struct source_table *sources,
                  unsigned width)
{
    struct change change;
    bool removes = false;

    if (!make_change(&change, sub, sources))
        return;
    if (!can_be_shown(&change)) {
        change_clear(&change);
        return;
    }
    for (unsigned i = 0; i < change.edits->len; i++)
        removes = removes || removes_code(&change, &g_array_index(change.edits, struct edit, i));

    canvas_putc(canvas, canvas_rows(canvas), width + 1, '|', STYLE_GUTTER);
    if (!removes && only_inserts(&change)) {
        draw_insertions(canvas, &change, width);
    } else {
        if (removes && change.lines->len == 1)
            draw_diff(canvas, &change, sources, width);
        else
            draw_lines(canvas, &change, width);
        canvas_putc(canvas, canvas_rows(canvas), width + 1, '|', STYLE_GUTTER);
    }
    change_clear(&change);
}
