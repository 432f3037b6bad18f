/*
 * One line for each thing that is said, as gcc writes them, so that whatever reads gcc's messages reads these. gcc knows
 * no help: what a suggestion says is a note.
 */
#include "formats.h"

/* A message is one line here, whatever it is elsewhere. */
static void put_words(GString *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\n')
            g_string_append(out, "; ");
        else
            g_string_append_c(out, *text);
    }
}

static void put_line(GString *out, struct source_table *sources, struct span span, const char *kind,
                     const char *text, const char *code)
{
    if (span_is_none(span)) {
        g_string_append(out, "fearless: ");
    } else {
        char *path = shown_path(sources, span.file);
        struct region region = region_of(sources, span);
        g_string_append_printf(out, "%s:%u:%u: ", path, region.line, region.column);
        g_free(path);
    }
    g_string_append_printf(out, "%s: ", kind);
    put_words(out, text);
    if (code)
        g_string_append_printf(out, " [%s]", code);
    g_string_append_c(out, '\n');
}

static void put_labels(GString *out, struct source_table *sources, const GArray *labels)
{
    for (unsigned i = 0; i < labels->len; i++) {
        const struct label *label = &g_array_index(labels, struct label, i);
        if (label->text)
            put_line(out, sources, label->span, "note", label->text, NULL);
    }
}

static void put_sub(GString *out, struct source_table *sources, const struct sub *sub, struct span place)
{
    if (sub->patches->len)
        place = g_array_index(sub->patches, struct patch, 0).span;
    else if (sub->labels->len)
        place = g_array_index(sub->labels, struct label, 0).span;
    put_line(out, sources, place, "note", sub->text, NULL);
    put_labels(out, sources, sub->labels);
}

void format_gcc(GString *out, const struct findings *sink, struct source_table *sources)
{
    for (unsigned i = 0; i < findings_count(sink); i++) {
        const struct finding *f = findings_at(sink, i);
        struct span place = finding_place(f);
        put_line(out, sources, place, f->severity == SEVERITY_ERROR ? "error" : "warning", f->message, f->code);
        put_labels(out, sources, f->labels);
        for (unsigned k = 0; k < f->subs->len; k++)
            put_sub(out, sources, g_ptr_array_index(f->subs, k), place);
    }
}
