/*
 * libFuzzer on the pipeline of one file: front end, IR, its stored form, verifier, analyses, and what is printed of them.
 * Inputs are C; changes are those of mutate.c, so that most of them come past the parser.
 */
#define MUTATE_IS_PART 1
#include "../mutate.c"

#include <glib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "diag/formats.h"
#include "diag/render.h"
#include "driver/check_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

static const char *a_path(void)
{
    static char path[64];

    if (!*path)
        g_snprintf(path, sizeof path, "/dev/shm/fearless-fuzz-%d.c", (int)getpid());
    return path;
}

static void print(struct report *report)
{
    static const struct sarif_run run = { .version = "0", .complete = true };
    GString *out = g_string_new(NULL);

    findings_sort(report->findings, report->sources);
    for (unsigned i = 0; i < findings_count(report->findings); i++)
        render_finding(out, findings_at(report->findings, i), report->sources, (struct look){ i % 2, i % 3 ? 0 : 40 });
    render_summary(out, report->findings, false);
    format_gcc(out, report->findings, report->sources);
    format_json(out, report->findings, report->sources);
    format_sarif(out, report->findings, report->sources, &run);
    g_string_free(out, TRUE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct check_options options = { .dump_stored = true, .list_unsafe = true, .strict = true, .include_dir = g_getenv("INCLUDE") };
    struct job *job = job_new(a_path(), NULL);
    struct report report;

    g_file_set_contents(a_path(), (const char *)data, (gssize)size, NULL);
    g_ptr_array_add(job->flags, g_strdup("-ferror-limit=1"));
    g_ptr_array_add(job->flags, g_strdup("-w"));
    report_init(&report);
    check_file(job, &options, &report);
    print(&report);
    /* What a unit is stored as must come back as it was; check_unit compares. */
    if (report.messages && strstr(report.messages, "not what it was"))
        abort();
    if (report.messages && strstr(report.messages, "is not consistent"))
        abort();
    report_clear(&report);
    job_free(job);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    char *text = g_strndup((const char *)data, size), *made = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&made, &length);

    mutate(seed, text, out);
    fclose(out);
    if (length <= most) {
        memcpy(data, made, length);
        size = length;
    }
    free(made);
    g_free(text);
    return size;
}
