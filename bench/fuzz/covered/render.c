/*
 * libFuzzer on what is printed of findings: any text, with spans anywhere in it, in each of the forms. What comes out must
 * be UTF-8 without control characters, and JSON where it says so.
 *
 * An input: a byte for each choice, from the end backwards; the rest is the text.
 */
#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag/formats.h"
#include "diag/render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    const uint8_t *data;
    size_t size;
};

static unsigned choice(struct input *in, unsigned among)
{
    return in->size > 0 ? in->data[--in->size] % among : 0;
}

static struct span a_span(struct input *in, uint32_t file, size_t length)
{
    /* Behind the end, too: a file may have changed since it was read. */
    uint32_t begin = (choice(in, 256) * 256 + choice(in, 256)) % (uint32_t)(length + 3);
    return (struct span){ file, begin, begin + choice(in, choice(in, 2) ? 8 : 200) };
}

static void no_control(const GString *out, const char *form, bool colour)
{
    if (!g_utf8_validate(out->str, (gssize)out->len, NULL))
        fprintf(stderr, "%s is not UTF-8:\n%s\n", form, out->str), abort();
    for (size_t i = 0; i < out->len; i++) {
        unsigned char c = (unsigned char)out->str[i];
        if (c < ' ' && c != '\n' && !(colour && c == 0x1b))
            fprintf(stderr, "%s has the character %u:\n%s\n", form, c, out->str), abort();
    }
}

static void is_json(const GString *out, const char *form)
{
    JsonParser *parser = json_parser_new();

    if (!json_parser_load_from_data(parser, out->str, (gssize)out->len, NULL))
        fprintf(stderr, "%s is not JSON:\n%s\n", form, out->str), abort();
    g_object_unref(parser);
    no_control(out, form, false);
}

static void a_finding(struct input *in, struct findings *sink, uint32_t file, size_t length)
{
    struct finding *f = finding_new(sink, "E0382", "words of `v`");
    struct sub *sub;

    finding_primary(f, a_span(in, file, length), choice(in, 2) ? "here" : NULL);
    for (unsigned i = choice(in, 4); i > 0; i--) {
        finding_label(f, a_span(in, file, length), choice(in, 3) ? "label %u" : "two\nlines %u", i);
        finding_step(f, choice(in, 3));
    }
    switch (choice(in, 5)) {
    case 0:
        finding_note(f, "a note");
        break;
    case 1:
        sub = finding_help_at(f, a_span(in, file, length), "there", "a help");
        sub_label(sub, a_span(in, file, length), "and there");
        break;
    case 2:
        finding_suggest(f, 1, &(struct patch){ a_span(in, file, length), choice(in, 2) ? "" : "fl_clone(v)" }, "a patch");
        break;
    default:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct sarif_run run = { .version = "0", .complete = true };
    struct input in = { data, size };
    struct source_table *sources = source_table_new();
    struct findings *sink = findings_new();
    uint32_t file = source_file(sources, "src/main.c");
    unsigned count = 1 + choice(&in, 2);
    GString *out = g_string_new(NULL);
    size_t length = in.size > 40 ? in.size - 40 : 0; /* the text; what is behind it are choices */

    source_set_text(sources, file, (const char *)data, length);
    for (unsigned i = 0; i < count; i++)
        a_finding(&in, sink, file, length);
    findings_sort(sink, sources);
    for (unsigned i = 0; i < findings_count(sink); i++) {
        struct look look = { choice(&in, 2), choice(&in, 200) };
        render_finding(out, findings_at(sink, i), sources, look);
        no_control(out, "text", look.colour);
        g_string_truncate(out, 0);
    }
    format_gcc(out, sink, sources);
    no_control(out, "gcc", false);
    g_string_truncate(out, 0);
    format_json(out, sink, sources);
    is_json(out, "json");
    g_string_truncate(out, 0);
    format_sarif(out, sink, sources, &run);
    is_json(out, "sarif");
    g_string_free(out, TRUE);
    findings_free(sink);
    source_table_free(sources);
    return 0;
}
