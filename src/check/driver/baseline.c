/*
 * The file is text, a finding a line, in the order of the findings: it is kept beside the code, so people read its
 * changes in reviews, and version control merges it. Only the first word of a line counts.
 */
#include "baseline.h"

#include <string.h>

#include "message.h"

struct baseline {
    GHashTable *known; /* set of fingerprints (char *) */
};

static const char headline[] = "# Findings that `fearless check --baseline=FILE` knows and does not report.\n"
                               "# Written by --write-baseline; a line that is taken out is reported again.\n";

/* "CODE" or "3f2e... F0101 queue.c push"; false for what no baseline has. */
static bool read_line(struct baseline *baseline, const char *line)
{
    size_t digits = strspn(line, "0123456789abcdef");

    if (digits != 16 || (line[digits] != '\0' && line[digits] != ' '))
        return false;
    g_hash_table_add(baseline->known, g_strndup(line, digits));
    return true;
}

struct baseline *baseline_load(const char *path)
{
    struct baseline *baseline = g_new0(struct baseline, 1);
    char *text = NULL;
    GError *error = NULL;

    baseline->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!g_file_get_contents(path, &text, NULL, &error)) {
        message_error("couldn't read the baseline `%s`", path);
        message_note("%s", error->message);
        message_help("write one with `fearless check --write-baseline=%s ...`", path);
        message_end();
        g_error_free(error);
        baseline_free(baseline);
        return NULL;
    }

    char **lines = g_strsplit(text, "\n", -1);
    unsigned wrong = 0;
    for (unsigned i = 0; lines[i] && !wrong; i++) {
        char *line = g_strstrip(lines[i]);
        if (*line && *line != '#' && !read_line(baseline, line))
            wrong = i + 1;
    }
    if (wrong) {
        message_error("`%s` is not a baseline: line %u does not begin with a fingerprint", path, wrong);
        message_help("after a merge conflict, keep the lines of both sides, or write it anew with --write-baseline");
        message_end();
        g_clear_pointer(&baseline, baseline_free);
    }
    g_strfreev(lines);
    g_free(text);
    return baseline;
}

void baseline_free(struct baseline *baseline)
{
    if (!baseline)
        return;
    g_hash_table_destroy(baseline->known);
    g_free(baseline);
}

struct matching {
    GHashTable *known;
    unsigned matched;
};

static bool is_new(const struct finding *f, void *data)
{
    struct matching *matching = data;
    bool known = g_hash_table_contains(matching->known, f->fingerprint);

    matching->matched += known;
    return !known;
}

unsigned baseline_apply(const struct baseline *baseline, struct findings *sink, unsigned *ret_gone)
{
    struct matching matching = { baseline->known, 0 };

    findings_keep(sink, is_new, &matching);
    *ret_gone = g_hash_table_size(baseline->known) - matching.matched;
    return matching.matched;
}

bool baseline_write(const char *path, const struct findings *sink, const struct source_table *sources)
{
    GString *out = g_string_new(headline);
    GError *error = NULL;

    for (unsigned i = 0; i < findings_count(sink); i++) {
        const struct finding *f = findings_at(sink, i);
        char *name = g_path_get_basename(source_path(sources, finding_place(f).file));
        g_string_append_printf(out, "%s %s %s %s\n", f->fingerprint, f->code, name, f->function ? f->function : "-");
        g_free(name);
    }
    bool ok = g_file_set_contents(path, out->str, (gssize)out->len, &error);
    g_string_free(out, TRUE);
    if (!ok) {
        message_error("couldn't write the baseline `%s`", path);
        message_note("%s", error->message);
        message_end();
        g_error_free(error);
    }
    return ok;
}
