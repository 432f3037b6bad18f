#include "render.h"

#include <string.h>

#include "canvas.h"
#include "snippet.h"
#include "suggest.h"

static enum style severity_style(enum severity severity)
{
    return severity == SEVERITY_ERROR ? STYLE_ERROR : STYLE_WARNING;
}

static const char *severity_name(enum severity severity)
{
    return severity == SEVERITY_ERROR ? "error" : "warning";
}

static enum style sub_style(enum sub_kind kind)
{
    return kind == SUB_NOTE ? STYLE_NOTE : STYLE_HELP;
}

static const char *sub_name(enum sub_kind kind)
{
    return kind == SUB_NOTE ? "note" : "help";
}

/* The gutter is as wide as the largest line number anywhere in the message. */
static unsigned gutter_width(const struct finding *f, GPtrArray **snippets, unsigned n,
                             struct source_table *sources)
{
    uint32_t last = 0;
    unsigned width = 1;

    for (unsigned i = 0; i < n; i++)
        last = MAX(last, snippet_last_line(snippets[i]));
    for (unsigned i = 0; i < f->subs->len; i++)
        last = MAX(last, suggest_last_line(g_ptr_array_index(f->subs, i), sources));
    while (last >= 10) {
        last /= 10;
        width++;
    }
    return width;
}

/*
 * The words of a note below a snippet; further lines of them are indented to stand below the first.
 */
static void draw_plain_sub(struct canvas *canvas, const struct sub *sub, unsigned width)
{
    char **lines = g_strsplit(sub->text, "\n", -1);
    unsigned row = canvas_rows(canvas);

    canvas_puts(canvas, row, width + 1, "= ", STYLE_GUTTER);
    canvas_append(canvas, row, sub_name(sub->kind), STYLE_MESSAGE);
    canvas_append(canvas, row, ": ", STYLE_NONE);
    for (unsigned i = 0; lines[i]; i++) {
        if (i > 0)
            canvas_puts(canvas, row + i, width + (unsigned)strlen("= note: ") + 1, lines[i],
                        STYLE_NONE);
        else
            canvas_append(canvas, row, lines[i], STYLE_NONE);
    }
    g_strfreev(lines);
}

static void draw_sub_header(struct canvas *canvas, const struct sub *sub)
{
    unsigned row = canvas_rows(canvas);

    canvas_puts(canvas, row, 0, sub_name(sub->kind), sub_style(sub->kind));
    canvas_append(canvas, row, ": ", STYLE_NONE);
    canvas_append(canvas, row, sub->text, STYLE_NONE);
}

static void draw_separator(struct canvas *canvas, unsigned width)
{
    canvas_putc(canvas, canvas_rows(canvas), width + 1, '|', STYLE_GUTTER);
}

static void draw_sub(struct canvas *canvas, const struct sub *sub, const GPtrArray *snippet,
                     struct source_table *sources, unsigned width, unsigned columns)
{
    if (sub->patches->len) {
        draw_sub_header(canvas, sub);
        suggest_draw(canvas, sub, sources, width);
    } else if (snippet->len) {
        draw_sub_header(canvas, sub);
        snippet_draw(canvas, snippet, sources, width, columns, sub_style(sub->kind));
    } else {
        draw_plain_sub(canvas, sub, width);
    }
}

void render_finding(GString *out, const struct finding *f, struct source_table *sources,
                    struct look look)
{
    enum { DEFAULT_COLUMNS = 140 };
    unsigned columns = look.columns ? look.columns : DEFAULT_COLUMNS;
    unsigned n = f->subs->len + 1;
    GPtrArray **snippets = g_new(GPtrArray *, n);
    struct canvas *canvas = canvas_new();

    snippets[0] = snippet_collect(f->labels, sources);
    for (unsigned i = 1; i < n; i++) {
        const struct sub *sub = g_ptr_array_index(f->subs, i - 1);
        snippets[i] = snippet_collect(sub->labels, sources);
    }

    unsigned width = gutter_width(f, snippets, n, sources);
    char *head = g_strdup_printf("%s[%s]", severity_name(f->severity), f->code);
    canvas_puts(canvas, 0, 0, head, severity_style(f->severity));
    canvas_append(canvas, 0, ": ", STYLE_MESSAGE);
    canvas_append(canvas, 0, f->message, STYLE_MESSAGE);
    g_free(head);

    snippet_draw(canvas, snippets[0], sources, width, columns, severity_style(f->severity));
    if (snippets[0]->len && n > 1)
        draw_separator(canvas, width);
    for (unsigned i = 1; i < n; i++) {
        const struct sub *sub = g_ptr_array_index(f->subs, i - 1);
        draw_sub(canvas, sub, snippets[i], sources, width, columns);
    }

    canvas_print(canvas, out, look.colour);
    g_string_append_c(out, '\n');
    for (unsigned i = 0; i < n; i++)
        g_ptr_array_free(snippets[i], TRUE);
    g_free(snippets);
    canvas_free(canvas);
}

void render_message(GString *out, enum severity severity, bool colour, const char *text)
{
    style_print(out, severity_style(severity), colour, severity_name(severity));
    char *rest = g_strdup_printf(": %s", text);
    style_print(out, STYLE_MESSAGE, colour, rest);
    g_free(rest);
    g_string_append(out, "\n\n");
}

static char *counted(unsigned n, const char *one, const char *many)
{
    return g_strdup_printf("%u %s", n, n == 1 ? one : many);
}

static int code_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "Some errors have detailed explanations: E0373, E0382." and how to read them. */
static void render_explain_hint(GString *out, const struct findings *sink, bool colour)
{
    enum { MOST_CODES = 9 };
    GPtrArray *codes = g_ptr_array_new();

    for (unsigned i = 0; i < findings_count(sink); i++) {
        const struct finding *f = findings_at(sink, i);
        if (!g_ptr_array_find(codes, f->code, NULL))
            g_ptr_array_add(codes, (void *)f->code);
    }
    g_ptr_array_sort(codes, code_compare);

    const char *first = g_ptr_array_index(codes, 0);
    GString *text = g_string_new(NULL);
    if (codes->len == 1) {
        g_string_printf(text, "For more information about this error, try `fearless --explain %s`.",
                        first);
    } else {
        for (unsigned i = 0; i < codes->len && i < MOST_CODES; i++)
            g_string_append_printf(text, "%s%s", i ? ", " : "",
                                   (const char *)g_ptr_array_index(codes, i));
        if (codes->len > MOST_CODES)
            g_string_append(text, "...");
        char *line = g_strdup_printf("Some errors have detailed explanations: %s%s", text->str,
                                     codes->len > MOST_CODES ? "" : ".");
        style_print(out, STYLE_MESSAGE, colour, line);
        g_string_append_c(out, '\n');
        g_free(line);
        g_string_printf(text, "For more information about an error, try `fearless --explain %s`.",
                        first);
    }
    style_print(out, STYLE_MESSAGE, colour, text->str);
    g_string_append_c(out, '\n');
    g_string_free(text, TRUE);
    g_ptr_array_free(codes, TRUE);
}

void render_summary(GString *out, const struct findings *sink, bool colour)
{
    unsigned errors = 0, warnings = 0;

    for (unsigned i = 0; i < findings_count(sink); i++) {
        if (findings_at(sink, i)->severity == SEVERITY_ERROR)
            errors++;
        else
            warnings++;
    }
    if (errors + warnings == 0)
        return;

    char *some_errors = counted(errors, "previous error", "previous errors");
    char *some_warnings = counted(warnings, "warning emitted", "warnings emitted");
    char *text = errors && warnings
                     ? g_strdup_printf("aborting due to %s; %s", some_errors, some_warnings)
                 : errors ? g_strdup_printf("aborting due to %s", some_errors)
                          : g_strdup(some_warnings);
    render_message(out, errors ? SEVERITY_ERROR : SEVERITY_WARNING, colour, text);
    render_explain_hint(out, sink, colour);
    g_free(text);
    g_free(some_warnings);
    g_free(some_errors);
}
