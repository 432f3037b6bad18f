#include "run.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag/fingerprint.h"
#include "diag/formats.h"
#include "diag/render.h"
#include "explain.h"
#include "fix.h"
#include "message.h"
#include "setup.h"

bool format_of_name(const char *name, enum format *ret_format)
{
    static const char *const names[] = { "text", "gcc", "json", "sarif" };

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            *ret_format = (enum format)i;
            return true;
        }
    }
    return false;
}

static void render_text(GString *out, struct report *all)
{
    struct look look = { message_colour(), terminal_columns() };

    for (unsigned i = 0; i < findings_count(all->findings); i++)
        render_finding(out, findings_at(all->findings, i), all->sources, look);
    render_summary(out, all->findings, message_colour());
}

static void print_findings(struct report *all, enum format format, bool complete)
{
    GString *out = g_string_new(NULL);
    struct sarif_run sarif = { FEARLESS_VERSION, explain_page, complete };
    int to = STDERR_FILENO;

    switch (format) {
    case FORMAT_TEXT:
        render_text(out, all);
        break;
    case FORMAT_GCC:
        format_gcc(out, all->findings, all->sources);
        break;
    case FORMAT_JSON:
        format_json(out, all->findings, all->sources);
        to = STDOUT_FILENO;
        break;
    case FORMAT_SARIF:
        format_sarif(out, all->findings, all->sources, &sarif);
        to = STDOUT_FILENO;
        break;
    }
    write_out(to, out->str, out->len);
    g_string_free(out, TRUE);
}

/* "x.c:12:5: `fl_unsafe` in `fill`", to stdout. */
static void print_list(struct report *all)
{
    GString *out = g_string_new(NULL);

    findings_sort(all->listed, all->sources);
    for (unsigned i = 0; i < findings_count(all->listed); i++) {
        const struct finding *f = findings_at(all->listed, i);
        struct span place = finding_place(f);
        char *path = shown_path(all->sources, place.file);
        struct region region = region_of(all->sources, place);
        g_string_append_printf(out, "%s:%u:%u: %s\n", path, region.line, region.column, f->message);
        g_free(path);
    }
    write_out(STDOUT_FILENO, out->str, out->len);
    g_string_free(out, TRUE);
}

static unsigned count_errors(const struct findings *findings)
{
    unsigned errors = 0;

    for (unsigned i = 0; i < findings_count(findings); i++)
        errors += findings_at(findings, i)->severity == SEVERITY_ERROR;
    return errors;
}

static int by_count(const void *a, const void *b, void *counts)
{
    unsigned na = GPOINTER_TO_UINT(g_hash_table_lookup(counts, a));
    unsigned nb = GPOINTER_TO_UINT(g_hash_table_lookup(counts, b));

    return na != nb ? (na > nb ? -1 : 1) : strcmp(a, b);
}

static void print_stats(const struct phases_result *run, unsigned files)
{
    const struct stats *stats = &run->all.stats;
    GString *out = g_string_new(NULL);
    GList *kinds = g_hash_table_get_keys(stats->opaque);
    uint64_t opaque = 0;

    for (GList *k = kinds; k; k = k->next)
        opaque += GPOINTER_TO_UINT(g_hash_table_lookup(stats->opaque, k->data));
    g_string_append_printf(out, "files checked      %u of %u\n", files - MIN(run->not_checked, files), files);
    g_string_append_printf(out, "functions          %" G_GUINT64_FORMAT "\n", stats->functions);
    g_string_append_printf(out, "statements         %" G_GUINT64_FORMAT "\n", stats->statements);
    g_string_append_printf(out, "opaque operations  %" G_GUINT64_FORMAT "", opaque);
    if (stats->statements)
        g_string_append_printf(out, " (%.2f in 1,000 statements)",
                               1000.0 * (double)opaque / (double)stats->statements);
    g_string_append_c(out, '\n');
    kinds = g_list_sort_with_data(kinds, by_count, stats->opaque);
    for (GList *k = kinds; k; k = k->next)
        g_string_append_printf(out, "  %7u  %s\n",
                               GPOINTER_TO_UINT(g_hash_table_lookup(stats->opaque, k->data)),
                               (const char *)k->data);
    write_out(STDOUT_FILENO, out->str, out->len);
    g_list_free(kinds);
    g_string_free(out, TRUE);
}

void run_jobs(const GPtrArray *jobs, const struct run_options *options, bool quiet_failures,
              struct run_result *ret_result)
{
    struct phases_result run;
    GString *said = g_string_new(NULL);

    phases_run(jobs, &options->phases, &run);
    for (guint i = 0; i < jobs->len; i++) {
        if (run.dumps[i])
            write_out(STDOUT_FILENO, run.dumps[i], strlen(run.dumps[i]));
        if (run.messages[i])
            g_string_append(said, run.messages[i]);
    }

    *ret_result = (struct run_result){ 0, run.not_checked, NULL };
    if (quiet_failures)
        ret_result->not_checked_messages = g_string_free(said, FALSE);
    else {
        write_out(STDERR_FILENO, said->str, said->len);
        g_string_free(said, TRUE);
    }
    allow_report_unused(run.all.allows, !quiet_failures, run.all.findings);
    print_list(&run.all);
    findings_sort(run.all.findings, run.all.sources);
    findings_identify(run.all.findings, run.all.sources);
    struct selected selected;
    run.not_checked += !selection_apply(&options->selection, run.all.findings, run.all.sources, &selected);
    if (options->fix)
        run.not_checked += fix_apply(run.all.findings, run.all.sources);
    ret_result->not_checked = run.not_checked;
    print_findings(&run.all, options->format, run.not_checked == 0);
    if (options->format == FORMAT_TEXT && !quiet_failures)
        selection_tell(&options->selection, &selected, run.not_checked == 0);
    ret_result->errors = count_errors(run.all.findings);
    if (options->stats)
        print_stats(&run, jobs->len);
    phases_clear(&run, jobs);
}

enum exit_status run_status(const struct run_result *result)
{
    if (result->not_checked)
        return EXIT_NOT_CHECKED;
    return result->errors ? EXIT_FINDINGS : EXIT_CLEAN;
}
