/* Findings as one JSON array; the names of its members are documented in docs/design/machine-output.md. */
#include <json-glib/json-glib.h>

#include "formats.h"

static void put_text(JsonBuilder *out, const char *name, const char *text)
{
    json_builder_set_member_name(out, name);
    if (text)
        json_builder_add_string_value(out, text);
    else
        json_builder_add_null_value(out);
}

static void put_number(JsonBuilder *out, const char *name, int64_t number)
{
    json_builder_set_member_name(out, name);
    json_builder_add_int_value(out, number);
}

static void put_truth(JsonBuilder *out, const char *name, bool truth)
{
    json_builder_set_member_name(out, name);
    json_builder_add_boolean_value(out, truth);
}

static void put_place(JsonBuilder *out, struct source_table *sources, struct span span)
{
    struct region region = region_of(sources, span);
    char *path = shown_path(sources, span.file);

    put_text(out, "file", path);
    put_number(out, "line", region.line);
    put_number(out, "column", region.column);
    put_number(out, "end_line", region.end_line);
    put_number(out, "end_column", region.end_column);
    put_number(out, "byte", span.begin);
    put_number(out, "end_byte", span.end);
    g_free(path);
}

static void put_spans(JsonBuilder *out, struct source_table *sources, const GArray *labels)
{
    json_builder_set_member_name(out, "spans");
    json_builder_begin_array(out);
    for (unsigned i = 0; i < labels->len; i++) {
        const struct label *label = &g_array_index(labels, struct label, i);
        if (span_is_none(label->span))
            continue;
        json_builder_begin_object(out);
        put_place(out, sources, label->span);
        put_truth(out, "primary", label->primary);
        put_text(out, "label", label->text);
        if (label->step)
            put_number(out, "step", label->step);
        json_builder_end_object(out);
    }
    json_builder_end_array(out);
}

static void put_edits(JsonBuilder *out, struct source_table *sources, const GArray *patches)
{
    json_builder_set_member_name(out, "edits");
    json_builder_begin_array(out);
    for (unsigned i = 0; i < patches->len; i++) {
        const struct patch *patch = &g_array_index(patches, struct patch, i);
        json_builder_begin_object(out);
        put_place(out, sources, patch->span);
        put_text(out, "replacement", patch->replacement);
        json_builder_end_object(out);
    }
    json_builder_end_array(out);
}

enum said_as { AS_NOTE, AS_HELP, AS_SUGGESTION };

static enum said_as said_as(const struct sub *sub)
{
    return sub->patches->len ? AS_SUGGESTION : sub->kind == SUB_HELP ? AS_HELP : AS_NOTE;
}

/* Those of the finding's notes and helps that belong into this list. */
static void put_subs(JsonBuilder *out, struct source_table *sources, const struct finding *f, enum said_as which,
                     const char *name)
{
    json_builder_set_member_name(out, name);
    json_builder_begin_array(out);
    for (unsigned i = 0; i < f->subs->len; i++) {
        const struct sub *sub = g_ptr_array_index(f->subs, i);
        if (said_as(sub) != which)
            continue;
        json_builder_begin_object(out);
        put_text(out, "message", sub->text);
        if (which == AS_SUGGESTION) {
            put_truth(out, "safe", sub->safe);
            put_edits(out, sources, sub->patches);
        } else {
            put_spans(out, sources, sub->labels);
        }
        json_builder_end_object(out);
    }
    json_builder_end_array(out);
}

void format_json(GString *out, const struct findings *sink, struct source_table *sources)
{
    JsonBuilder *builder = json_builder_new();

    json_builder_begin_array(builder);
    for (unsigned i = 0; i < findings_count(sink); i++) {
        const struct finding *f = findings_at(sink, i);
        json_builder_begin_object(builder);
        put_text(builder, "code", f->code);
        put_text(builder, "severity", f->severity == SEVERITY_ERROR ? "error" : "warning");
        put_text(builder, "message", f->message);
        put_text(builder, "function", f->function);
        put_text(builder, "fingerprint", f->fingerprint);
        put_spans(builder, sources, f->labels);
        put_subs(builder, sources, f, AS_NOTE, "notes");
        put_subs(builder, sources, f, AS_HELP, "helps");
        put_subs(builder, sources, f, AS_SUGGESTION, "suggestions");
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);

    JsonNode *root = json_builder_get_root(builder);
    char *text = json_to_string(root, TRUE);
    g_string_append(out, text);
    g_string_append_c(out, '\n');
    g_free(text);
    json_node_unref(root);
    g_object_unref(builder);
}
