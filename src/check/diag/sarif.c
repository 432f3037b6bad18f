/*
 * Findings as a log of SARIF 2.1.0 (OASIS, https://docs.oasis-open.org/sarif/sarif/v2.1.0/): what code hosts and
 * editors read. A finding is a result; its secondary labels and the places of its notes are related locations; labels
 * that happen one after the other are a code flow; suggestions are fixes.
 */
#include <json-glib/json-glib.h>
#include <string.h>

#include "formats.h"

struct log {
    JsonBuilder *out;
    struct source_table *sources;
    GPtrArray *rules; /* of char *: codes in the order in which they have a rule */
};

static void open_member(struct log *log, const char *name)
{
    json_builder_set_member_name(log->out, name);
    json_builder_begin_object(log->out);
}

static void open_list(struct log *log, const char *name)
{
    json_builder_set_member_name(log->out, name);
    json_builder_begin_array(log->out);
}

static void open_item(struct log *log)
{
    json_builder_begin_object(log->out);
}

static void close_object(struct log *log)
{
    json_builder_end_object(log->out);
}

static void close_list(struct log *log)
{
    json_builder_end_array(log->out);
}

static void text(struct log *log, const char *name, const char *value)
{
    json_builder_set_member_name(log->out, name);
    json_builder_add_string_value(log->out, value);
}

static void number(struct log *log, const char *name, int64_t value)
{
    json_builder_set_member_name(log->out, name);
    json_builder_add_int_value(log->out, value);
}

static void truth(struct log *log, const char *name, bool value)
{
    json_builder_set_member_name(log->out, name);
    json_builder_add_boolean_value(log->out, value);
}

static void message(struct log *log, const char *name, const char *words)
{
    open_member(log, name);
    text(log, "text", words);
    close_object(log);
}

/* ---- places ---- */

/* A URI: absolute for an absolute path, else relative to where the checker ran. */
static void artifact_location(struct log *log, uint32_t file)
{
    const char *path = source_path(log->sources, file);
    bool absolute = g_path_is_absolute(path);
    char *escaped = g_uri_escape_string(path, "/", FALSE);
    char *uri = absolute ? g_strconcat("file://", escaped, NULL) : g_strdup(escaped);

    open_member(log, "artifactLocation");
    text(log, "uri", uri);
    if (!absolute)
        text(log, "uriBaseId", "PWD");
    close_object(log);
    g_free(uri);
    g_free(escaped);
}

static void region(struct log *log, const char *name, struct span span)
{
    struct region r = region_of(log->sources, span);

    open_member(log, name);
    number(log, "startLine", r.line);
    number(log, "startColumn", r.column);
    number(log, "endLine", r.end_line);
    number(log, "endColumn", r.end_column);
    close_object(log);
}

/* The members of a location object. */
static void location(struct log *log, struct span span, const char *words)
{
    open_member(log, "physicalLocation");
    artifact_location(log, span.file);
    region(log, "region", span);
    close_object(log);
    if (words)
        message(log, "message", words);
}

static void location_item(struct log *log, struct span span, const char *words)
{
    if (span_is_none(span))
        return;
    open_item(log);
    location(log, span, words);
    close_object(log);
}

static void related_locations(struct log *log, const struct finding *f)
{
    struct span place = finding_place(f);

    open_list(log, "relatedLocations");
    for (unsigned i = 0; i < f->labels->len; i++) {
        const struct label *label = &g_array_index(f->labels, struct label, i);
        if (!label->primary || !span_equal(label->span, place))
            location_item(log, label->span, label->text);
    }
    for (unsigned i = 0; i < f->subs->len; i++) {
        const struct sub *sub = g_ptr_array_index(f->subs, i);
        for (unsigned k = 0; k < sub->labels->len; k++) {
            const struct label *label = &g_array_index(sub->labels, struct label, k);
            location_item(log, label->span, label->text ? label->text : sub->text);
        }
    }
    close_list(log);
}

static int by_step(const void *a, const void *b)
{
    const struct label *la = *(struct label *const *)a, *lb = *(struct label *const *)b;

    return la->step < lb->step ? -1 : la->step > lb->step;
}

/* What happens one after the other: two places at least, or there is no story. */
static void code_flow(struct log *log, const struct finding *f)
{
    GPtrArray *steps = g_ptr_array_new();

    for (unsigned i = 0; i < f->labels->len; i++) {
        struct label *label = &g_array_index(f->labels, struct label, i);
        if (label->step && !span_is_none(label->span))
            g_ptr_array_add(steps, label);
    }
    if (steps->len >= 2) {
        g_ptr_array_sort(steps, by_step); /* merge sort: what has the same step stays in order */
        open_list(log, "codeFlows");
        open_item(log);
        open_list(log, "threadFlows");
        open_item(log);
        open_list(log, "locations");
        for (unsigned i = 0; i < steps->len; i++) {
            const struct label *label = g_ptr_array_index(steps, i);
            open_item(log);
            open_member(log, "location");
            location(log, label->span, label->text ? label->text : f->message);
            close_object(log);
            number(log, "executionOrder", i + 1);
            close_object(log);
        }
        close_list(log);
        close_object(log);
        close_list(log);
        close_object(log);
        close_list(log);
    }
    g_ptr_array_free(steps, TRUE);
}

/* ---- results ---- */

static void replacement(struct log *log, const struct patch *patch)
{
    open_item(log);
    region(log, "deletedRegion", patch->span);
    message(log, "insertedContent", patch->replacement);
    close_object(log);
}

static void fix(struct log *log, const struct sub *sub)
{
    open_item(log);
    message(log, "description", sub->text);
    open_list(log, "artifactChanges");
    open_item(log);
    artifact_location(log, g_array_index(sub->patches, struct patch, 0).span.file);
    open_list(log, "replacements");
    for (unsigned i = 0; i < sub->patches->len; i++)
        replacement(log, &g_array_index(sub->patches, struct patch, i));
    close_list(log);
    close_object(log);
    close_list(log);
    open_member(log, "properties");
    truth(log, "safe", sub->safe);
    close_object(log);
    close_object(log);
}

static void fixes(struct log *log, const struct finding *f)
{
    bool any = false;

    for (unsigned i = 0; i < f->subs->len; i++) {
        const struct sub *sub = g_ptr_array_index(f->subs, i);
        if (sub->patches->len == 0)
            continue;
        if (!any)
            open_list(log, "fixes");
        any = true;
        fix(log, sub);
    }
    if (any)
        close_list(log);
}

/* The headline, then what notes and helps say that has no place of its own. */
static char *whole_message(const struct finding *f)
{
    GString *words = g_string_new(f->message);

    for (unsigned i = 0; i < f->subs->len; i++) {
        const struct sub *sub = g_ptr_array_index(f->subs, i);
        if (sub->labels->len == 0 && sub->patches->len == 0)
            g_string_append_printf(words, "\n%s: %s", sub->kind == SUB_HELP ? "help" : "note", sub->text);
    }
    return g_string_free(words, FALSE);
}

static unsigned rule_index(struct log *log, const char *code)
{
    guint index = 0;

    if (!g_ptr_array_find(log->rules, code, &index)) {
        index = log->rules->len;
        g_ptr_array_add(log->rules, (void *)code);
    }
    return index;
}

static const char *label_of(const struct finding *f)
{
    for (unsigned i = 0; i < f->labels->len; i++) {
        const struct label *label = &g_array_index(f->labels, struct label, i);
        if (label->primary)
            return label->text;
    }
    return NULL;
}

static void result(struct log *log, const struct finding *f)
{
    char *words = whole_message(f);

    open_item(log);
    text(log, "ruleId", f->code);
    number(log, "ruleIndex", rule_index(log, f->code));
    text(log, "level", f->severity == SEVERITY_ERROR ? "error" : "warning");
    message(log, "message", words);
    open_list(log, "locations");
    location_item(log, finding_place(f), label_of(f));
    close_list(log);
    related_locations(log, f);
    code_flow(log, f);
    fixes(log, f);
    if (f->fingerprint) {
        open_member(log, "partialFingerprints");
        text(log, "fearless/v1", f->fingerprint);
        close_object(log);
    }
    close_object(log);
    g_free(words);
}

/* ---- the run ---- */

static void rule(struct log *log, const char *code, const struct sarif_run *run)
{
    const char *page = run->page ? run->page(code) : NULL;

    open_item(log);
    text(log, "id", code);
    message(log, "shortDescription", code_lookup(code)->title);
    if (page) {
        open_member(log, "help");
        text(log, "text", page);
        text(log, "markdown", page);
        close_object(log);
    }
    close_object(log);
}

static void tool(struct log *log, const struct sarif_run *run)
{
    open_member(log, "tool");
    open_member(log, "driver");
    text(log, "name", "fearless");
    text(log, "version", run->version);
    text(log, "semanticVersion", run->version);
    open_list(log, "rules");
    for (unsigned i = 0; i < log->rules->len; i++)
        rule(log, g_ptr_array_index(log->rules, i), run);
    close_list(log);
    close_object(log);
    close_object(log);
}

static void base_of_paths(struct log *log)
{
    char *here = g_get_current_dir();
    char *escaped = g_uri_escape_string(here, "/", FALSE);
    char *uri = g_strconcat("file://", escaped, "/", NULL);

    open_member(log, "originalUriBaseIds");
    open_member(log, "PWD");
    text(log, "uri", uri);
    close_object(log);
    close_object(log);
    g_free(uri);
    g_free(escaped);
    g_free(here);
}

void format_sarif(GString *out, const struct findings *sink, struct source_table *sources,
                  const struct sarif_run *run)
{
    struct log log = { json_builder_new(), sources, g_ptr_array_new() };

    open_item(&log);
    text(&log, "$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json");
    text(&log, "version", "2.1.0");
    open_list(&log, "runs");
    open_item(&log);
    open_list(&log, "results");
    for (unsigned i = 0; i < findings_count(sink); i++)
        result(&log, findings_at(sink, i));
    close_list(&log);
    tool(&log, run);
    text(&log, "columnKind", "unicodeCodePoints");
    base_of_paths(&log);
    open_list(&log, "invocations");
    open_item(&log);
    truth(&log, "executionSuccessful", run->complete);
    close_object(&log);
    close_list(&log);
    close_object(&log);
    close_list(&log);
    close_object(&log);

    JsonNode *root = json_builder_get_root(log.out);
    char *json = json_to_string(root, TRUE);
    g_string_append(out, json);
    g_string_append_c(out, '\n');
    g_free(json);
    json_node_unref(root);
    g_ptr_array_free(log.rules, TRUE);
    g_object_unref(log.out);
}
