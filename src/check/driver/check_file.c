#include "check_file.h"

#include <string.h>

#include "analysis/analysis.h"
#include "analysis/vouching/vouched.h"
#include "apart.h"
#include "front/front.h"
#include "ir/ir.h"
#include "ir/store.h"
#include "link/merge.h"
#include "workers.h"

void report_init(struct report *report)
{
    *report = (struct report){ .outcome = OUTCOME_NOT_CHECKED };
    report->stats.opaque = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    report->findings = findings_new();
    report->listed = findings_new();
    report->allows = g_array_new(FALSE, FALSE, sizeof(struct allow));
    report->sources = source_table_new();
}

void report_clear(struct report *report)
{
    g_free(report->messages);
    g_free(report->dump);
    g_clear_pointer(&report->ir, g_bytes_unref);
    g_hash_table_destroy(report->stats.opaque);
    findings_free(report->findings);
    findings_free(report->listed);
    g_array_free(report->allows, TRUE);
    source_table_free(report->sources);
    front_inputs_free(report->inputs);
}

void stats_clear(struct stats *stats)
{
    stats->functions = stats->statements = 0;
    g_hash_table_remove_all(stats->opaque);
}

static void count(struct stats *stats, const struct ir_unit *unit)
{
    for (uint32_t i = 0; i < unit->function_count; i++)
        stats->functions += unit->functions[i]->has_body;
    stats->statements += unit->statement_count;
    for (uint32_t i = 0; i < unit->opaque_kind_count; i++) {
        void *before = g_hash_table_lookup(stats->opaque, unit->opaque_kinds[i]);
        unsigned sum = GPOINTER_TO_UINT(before) + unit->opaque_counts[i];
        g_hash_table_insert(stats->opaque, g_strdup(unit->opaque_kinds[i]), GUINT_TO_POINTER(sum));
    }
}

static char *dump(const struct ir_unit *unit)
{
    GString *out = g_string_new(NULL);

    ir_dump_unit(unit, out);
    return g_string_free(out, FALSE);
}

/* The unit as the next phase would see it; NULL when it is not what was stored. */
static struct ir_unit *stored_and_read(const struct ir_unit *unit, struct source_table *sources)
{
    GByteArray *bytes = ir_store(unit, sources, false);
    struct merge *merge = merge_new(sources);

    merge_add(merge, bytes->data, bytes->len);
    struct ir_unit *read = merge_finish(merge);
    GByteArray *again = read ? ir_store(read, sources, false) : NULL;
    if (!again || again->len != bytes->len || memcmp(again->data, bytes->data, bytes->len) != 0 ||
        strcmp(dump(unit), dump(read)) != 0)
        return NULL;
    return read;
}

static struct apart *begin(void (*part)(void *part_data), void *part_data, struct findings *sink, void *options)
{
    return apart_begin(part, part_data, sink, options);
}

static void end(struct apart *apart, struct findings *sink, void *options)
{
    apart_end(apart, sink, options);
}

static void analyse(const struct ir_unit *unit, const struct check_options *options, struct report *report)
{
    struct apart_options apart = { report->sources, options->spare_cores };
    struct analysis_host host = { workers_tell, begin, end, &apart };

    analysis_run(unit, report->findings, &host);
}

void check_unit(const struct ir_unit *unit, const struct check_options *options, struct report *report)
{
    if (options->dump_stored && !(unit = stored_and_read(unit, report->sources))) {
        report->messages = g_strdup("what is stored of it is not what it was");
        return;
    }
    if (options->dump_ir)
        report->dump = dump(unit);
    /* The verifier says which rule was broken, on stderr; analyses may rely on every rule. */
    if (!ir_verify(unit)) {
        report->outcome = OUTCOME_NOT_CHECKED;
        g_free(report->messages);
        report->messages =
            g_strdup("the intermediate representation of this file is not consistent");
        return;
    }
    report->outcome = OUTCOME_CHECKED;
    if (options->dump_ir || options->store)
        return;
    analyse(unit, options, report);
    if (options->strict)
        vouched_report_trusted(unit, report->findings);
    allow_apply(unit, report->findings, report->allows);
    if (options->list_unsafe)
        vouched_list(unit, report->listed);
}

void check_file(const struct job *job, const struct check_options *options, struct report *report)
{
    if (options->tell_inputs)
        report->inputs = front_inputs_new();
    struct front_options front = {
        .path = job->path,
        .directory = job->directory,
        .flags = (const char *const *)job->flags->pdata,
        .flag_count = job->flags->len,
        .include_dir = options->include_dir,
        .models = options->models,
        .color = options->colour,
        .inputs = report->inputs,
    };
    struct ir_unit *unit = NULL;

    switch (front_unit(&front, report->sources, &unit, &report->messages)) {
    case FRONT_OK:
        count(&report->stats, unit);
        check_unit(unit, options, report);
        if (options->store && report->outcome == OUTCOME_CHECKED)
            report->ir = g_byte_array_free_to_bytes(ir_store(unit, report->sources, job->directory != NULL));
        break;
    case FRONT_BROKEN:
        report->outcome = OUTCOME_BROKEN;
        break;
    case FRONT_NO_FILE:
    case FRONT_FAILED:
        report->outcome = OUTCOME_NOT_CHECKED;
        break;
    }
    /*
     * Nothing is freed: the process ends here, and taking the unit apart would take as long as
     * making it.
     */
}
