/* Which lines are shown, and what each label is on each of them. */
#include "snippet.h"

#include <string.h>

/* A label that spans several lines. Two with the same span share one bar. */
struct tall {
    uint32_t file;
    uint32_t first_line, last_line;
    uint32_t start, end; /* display columns on the first and on the last line */
    bool at_line_start;
    unsigned depth;
    bool doubled; /* another one has exactly this span: shown at its last line only */
    bool primary;
    const char *text;
};

static void shown_line_free(void *data)
{
    struct shown_line *line = data;

    g_array_free(line->marks, TRUE);
    g_free(line);
}

static void shown_file_free(void *data)
{
    struct shown_file *file = data;

    g_ptr_array_free(file->lines, TRUE);
    g_free(file);
}

static struct shown_file *file_for(GPtrArray *files, uint32_t number, struct span place)
{
    for (unsigned i = 0; i < files->len; i++) {
        struct shown_file *file = g_ptr_array_index(files, i);
        if (file->file == number)
            return file;
    }

    struct shown_file *file = g_new0(struct shown_file, 1);
    file->file = number;
    file->place = place;
    file->lines = g_ptr_array_new_with_free_func(shown_line_free);
    g_ptr_array_add(files, file);
    return file;
}

static struct shown_line *line_for(struct shown_file *file, uint32_t number)
{
    unsigned i = 0;

    for (; i < file->lines->len; i++) {
        struct shown_line *line = g_ptr_array_index(file->lines, i);
        if (line->number == number)
            return line;
        if (line->number > number)
            break;
    }

    struct shown_line *line = g_new0(struct shown_line, 1);
    line->number = number;
    line->marks = g_array_new(FALSE, FALSE, sizeof(struct mark));
    g_ptr_array_insert(file->lines, (int)i, line);
    return line;
}

static void add_mark(struct shown_file *file, uint32_t line, struct mark mark)
{
    g_array_append_val(line_for(file, line)->marks, mark);
}

struct position {
    uint32_t line, column;
    bool at_line_start;
};

static struct position position_of(struct source_table *sources, uint32_t file, uint32_t offset)
{
    struct position at = { 1, 0, false };
    uint32_t column, start;
    size_t length;

    source_line_col(sources, file, offset, &at.line, &column);
    const char *line = source_line(sources, file, at.line, &length, &start);
    at.column = shown_column(line, length, offset - start);
    at.at_line_start = true;
    for (size_t i = 0; i < offset - start && i < length; i++)
        at.at_line_start = at.at_line_start && g_ascii_isspace(line[i]);
    return at;
}

/* Lines with next to nothing on them add nothing to a snippet when the span has others. */
static bool line_says_little(struct source_table *sources, uint32_t file, uint32_t number)
{
    static const char *const little[] = { "", "{", "}", "(", ")", "[", "]" };
    size_t length;
    const char *line = source_line(sources, file, number, &length, NULL);

    if (!line)
        return false;
    while (length && g_ascii_isspace(*line)) {
        line++;
        length--;
    }
    while (length && g_ascii_isspace(line[length - 1]))
        length--;
    if (length >= 2 && line[0] == '/' && line[1] == '/')
        return !(length >= 3 && (line[2] == '/' || line[2] == '!'));
    for (unsigned i = 0; i < G_N_ELEMENTS(little); i++) {
        if (strlen(little[i]) == length && memcmp(line, little[i], length) == 0)
            return true;
    }
    return false;
}

static bool same_tall_span(const struct tall *a, const struct tall *b)
{
    return a->file == b->file && a->first_line == b->first_line && a->last_line == b->last_line &&
           a->start == b->start && a->end == b->end;
}

static int tall_compare(const void *a, const void *b)
{
    const struct tall *ta = a, *tb = b;

    if (ta->first_line != tb->first_line)
        return ta->first_line < tb->first_line ? -1 : 1;
    return ta->last_line > tb->last_line ? -1 : ta->last_line < tb->last_line;
}

/*
 * Spans that overlap get bars of their own, the outermost span the leftmost. Counting is from the
 * right first (every later, overlapping span pushes the earlier ones on), then turned round.
 */
static unsigned assign_depths(GArray *talls)
{
    unsigned deepest = 0;

    g_array_sort(talls, tall_compare);
    for (unsigned i = 0; i < talls->len; i++) {
        const struct tall pusher = g_array_index(talls, struct tall, i);
        for (unsigned j = 0; j < talls->len; j++) {
            struct tall *other = &g_array_index(talls, struct tall, j);
            bool same = same_tall_span(&pusher, other);
            bool overlap =
                pusher.first_line <= other->last_line && other->first_line <= pusher.last_line;
            if (!same && overlap)
                other->depth++;
            else if (same && j != i)
                other->doubled = true;
            else
                break;
        }
    }
    for (unsigned i = 0; i < talls->len; i++)
        deepest = MAX(deepest, g_array_index(talls, struct tall, i).depth);
    for (unsigned i = 0; i < talls->len; i++) {
        struct tall *tall = &g_array_index(talls, struct tall, i);
        tall->depth = deepest - tall->depth + 1;
    }
    return deepest;
}

/* The first lines of a tall span are shown, up to four, less those at the end that say little. */
static uint32_t first_lines_end(struct source_table *sources, const struct tall *tall)
{
    uint32_t middle = MIN(tall->first_line + 4, tall->last_line);

    for (uint32_t line = middle - 1; line >= tall->first_line; line--) {
        if (!line_says_little(sources, tall->file, line))
            return line + 1;
    }
    return tall->first_line;
}

static void add_tall(struct shown_file *file, struct source_table *sources, const struct tall *tall)
{
    struct mark end = { .kind = tall->doubled ? MARK_SPAN : MARK_END,
                        .start = tall->end ? tall->end - 1 : 0,
                        .end = tall->end,
                        .depth = tall->depth,
                        .primary = tall->primary,
                        .text = tall->text };

    if (!tall->doubled) {
        struct mark start = { .kind = MARK_START,
                              .start = tall->start,
                              .end = tall->start + 1,
                              .depth = tall->depth,
                              .at_line_start = tall->at_line_start,
                              .primary = tall->primary };
        struct mark pass = { .kind = MARK_PASS, .depth = tall->depth, .primary = tall->primary };
        uint32_t middle = MIN(tall->first_line + 4, tall->last_line);
        uint32_t before_last = tall->last_line - 1;

        add_mark(file, tall->first_line, start);
        for (uint32_t line = tall->first_line + 1; line < first_lines_end(sources, tall); line++)
            add_mark(file, line, pass);
        if (middle < before_last && !line_says_little(sources, tall->file, before_last))
            add_mark(file, before_last, pass);
    }
    add_mark(file, tall->last_line, end);
}

static void add_label(GPtrArray *files, GArray *talls, const struct label *label,
                      struct source_table *sources)
{
    struct shown_file *file = file_for(files, label->span.file, label->span);

    if (source_line_count(sources, label->span.file) == 0)
        return; /* not readable: only its name is shown */

    struct position from = position_of(sources, label->span.file, label->span.begin);
    struct position to =
        position_of(sources, label->span.file, MAX(label->span.begin, label->span.end));
    if (from.line == to.line) {
        struct mark mark = { .kind = MARK_SPAN,
                             .start = from.column,
                             .end = to.column > from.column ? to.column : from.column + 1,
                             .primary = label->primary,
                             .text = label->text };
        add_mark(file, from.line, mark);
        return;
    }

    struct tall tall = { .file = label->span.file,
                         .first_line = from.line,
                         .last_line = to.line,
                         .start = from.column,
                         .end = to.column,
                         .at_line_start = from.at_line_start,
                         .depth = 1,
                         .primary = label->primary,
                         .text = label->text };
    g_array_append_val(talls, tall);
}

GPtrArray *snippet_collect(const GArray *labels, struct source_table *sources)
{
    GPtrArray *files = g_ptr_array_new_with_free_func(shown_file_free);
    GArray *talls = g_array_new(FALSE, FALSE, sizeof(struct tall));

    /* The file of the first primary label is shown first, and "-->" names that label. */
    for (unsigned i = 0; i < labels->len; i++) {
        const struct label *label = &g_array_index(labels, struct label, i);
        if (label->primary && !span_is_none(label->span)) {
            file_for(files, label->span.file, label->span);
            break;
        }
    }
    for (unsigned i = 0; i < labels->len; i++) {
        const struct label *label = &g_array_index(labels, struct label, i);
        if (!span_is_none(label->span))
            add_label(files, talls, label, sources);
    }

    unsigned deepest = assign_depths(talls);
    for (unsigned i = 0; i < talls->len; i++) {
        const struct tall *tall = &g_array_index(talls, struct tall, i);
        add_tall(file_for(files, tall->file, NO_SPAN), sources, tall);
    }
    for (unsigned i = 0; i < files->len; i++) {
        struct shown_file *file = g_ptr_array_index(files, i);
        file->depth = deepest;
    }
    g_array_free(talls, TRUE);
    return files;
}

uint32_t snippet_last_line(const GPtrArray *files)
{
    uint32_t last = 0;

    for (unsigned i = 0; i < files->len; i++) {
        const struct shown_file *file = g_ptr_array_index(files, i);
        if (file->lines->len) {
            const struct shown_line *line = g_ptr_array_index(file->lines, file->lines->len - 1);
            last = MAX(last, line->number);
        }
    }
    return last;
}
