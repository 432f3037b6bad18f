#include "phases.h"

#include <string.h>
#include <sys/stat.h>

#include "check_program.h"
#include "diag/render.h"
#include "ir/store.h"
#include "kept_reports.h"
#include "link/programs.h"
#include "message.h"
#include "progress.h"
#include "wire.h"

struct phases {
    const GPtrArray *jobs;
    const struct phases_options *options;
    struct phases_result *result;
    struct progress *progress;
    size_t done;
    struct kept_reports *kept; /* NULL: nothing is */
    GArray *tasks;       /* of struct task: what has to be done in this phase, as nobody kept it */
    GBytes **units;      /* of each job: what was stored of it; NULL: nothing */
    GPtrArray *programs; /* of struct program * */
    GBytes **reports;    /* of each program */
    char **failures;     /* likewise */
    GHashTable *told;    /* code and place of what programs before have told */
};

/* A job or a program, and how much of it there is: a guess at how long it takes. */
struct task {
    size_t index;
    uint64_t size;
};

/* "error: couldn't check `x.c`: why", as message_error() would print it. */
static char *failure_text(const struct job *job, const char *what, const char *why)
{
    char *path = job_path_from_here(job);
    char *text = job->origin ? g_strdup_printf("couldn't check `%s`%s (%s): %s", path, what, job->origin, why)
                             : g_strdup_printf("couldn't check `%s`%s: %s", path, what, why);
    GString *out = g_string_new(NULL);

    render_message(out, SEVERITY_ERROR, message_colour(), text);
    g_free(text);
    g_free(path);
    return g_string_free(out, FALSE);
}

/* Takes the message. */
static void say(struct phases *phases, size_t index, char *message)
{
    char *before = phases->result->messages[index];

    phases->result->messages[index] = before ? g_strconcat(before, message, NULL) : message;
    if (before)
        g_free(message);
    g_free(before);
}

/* Likewise. */
static void not_checked(struct phases *phases, size_t index, char *message)
{
    const struct job *job = g_ptr_array_index(phases->jobs, index);

    if (job->is_excluded) {
        g_free(message);
        return;
    }
    say(phases, index, message);
    phases->result->not_checked++;
}

/* ---------------------------------------------------------------------------------------------------- tasks */

static void begin_tasks(struct phases *phases)
{
    phases->done = 0;
    phases->tasks = g_array_new(FALSE, FALSE, sizeof(struct task));
}

static void add_task(struct phases *phases, size_t index, uint64_t size)
{
    struct task task = { index, size };

    g_array_append_val(phases->tasks, task);
}

static int largest_first(const void *a, const void *b)
{
    const struct task *x = a, *y = b;

    if (x->size != y->size)
        return x->size > y->size ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* The largest first, so that no core waits for one that began with it last. */
static void run_tasks(struct phases *phases, workers_task *run, workers_done *done, workers_watch *watch)
{
    struct workers_options workers = phases->options->workers;

    if (phases->progress)
        workers.watch = watch;
    g_array_sort(phases->tasks, largest_first);
    workers_run(phases->tasks->len, &workers, run, done, phases);
    g_array_free(phases->tasks, TRUE);
}

static const struct task *task_at(const struct phases *phases, size_t task)
{
    return &g_array_index(phases->tasks, struct task, task);
}

/* Are there cores that no other task will take while this one goes on? */
static bool has_spare_cores(const struct phases *phases, const struct task *task)
{
    uint64_t all = 0;

    for (guint i = 0; i < phases->tasks->len; i++)
        all += task_at(phases, i)->size;
    return task->size * phases->options->workers.parallel > all;
}

/* ---------------------------------------------------------------------------------------------- phase 1: files */

static void run_file(size_t task, int out, void *data)
{
    struct phases *phases = data;
    const struct job *job = g_ptr_array_index(phases->jobs, task_at(phases, task)->index);
    struct check_options options = phases->options->check;
    gint64 began = g_get_real_time();
    struct report report;

    options.spare_cores = has_spare_cores(phases, task_at(phases, task));
    report_init(&report);
    check_file(job, &options, &report);
    GByteArray *bytes = wire_write(&report);
    write_out(out, (const char *)bytes->data, bytes->len);
    keep_file_report(phases->kept, job, &report, bytes, began);
}

static void take_file(struct phases *phases, size_t index, const guint8 *bytes, size_t length, const char *failure)
{
    struct report *all = &phases->result->all;
    const struct job *job = g_ptr_array_index(phases->jobs, index);

    phases->done++;
    if (failure || !wire_read(bytes, length, all)) {
        not_checked(phases, index, failure_text(job, "", failure ? failure : "the checker ended before it was done"));
        return;
    }
    if (all->outcome == OUTCOME_NOT_CHECKED)
        not_checked(phases, index, failure_text(job, "", all->messages ? all->messages : "no reason is known"));
    else if (all->outcome == OUTCOME_BROKEN)
        not_checked(phases, index, g_steal_pointer(&all->messages));
    else if (all->messages)
        say(phases, index, g_steal_pointer(&all->messages));
    phases->result->dumps[index] = g_steal_pointer(&all->dump);
    if (all->outcome == OUTCOME_CHECKED)
        phases->units[index] = g_steal_pointer(&all->ir);
    g_clear_pointer(&all->ir, g_bytes_unref);
}

static void file_done(size_t task, const guint8 *bytes, size_t length, const char *failure, void *data)
{
    struct phases *phases = data;

    take_file(phases, task_at(phases, task)->index, bytes, length, failure);
}

static void watch_file(size_t task, const char *what, void *data)
{
    struct phases *phases = data;
    const struct job *job = g_ptr_array_index(phases->jobs, task_at(phases, task)->index);

    progress_tell(phases->progress, phases->done, phases->jobs->len, job->path, what);
}

static uint64_t size_of_file(const struct job *job)
{
    char *path = job_path_from_here(job);
    struct stat st;
    uint64_t size = stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;

    g_free(path);
    return size;
}

static void run_files(struct phases *phases)
{
    begin_tasks(phases);
    for (size_t i = 0; i < phases->jobs->len; i++) {
        const struct job *job = g_ptr_array_index(phases->jobs, i);
        GBytes *kept = kept_file_report(phases->kept, job);
        if (kept) {
            gsize size;
            const guint8 *bytes = g_bytes_get_data(kept, &size);
            take_file(phases, i, bytes, size, NULL);
            g_bytes_unref(kept);
        } else {
            add_task(phases, i, size_of_file(job));
        }
    }
    run_tasks(phases, run_file, file_done, watch_file);
}

/* ------------------------------------------------------------------------------------------- phase 2: programs */

/* The jobs that there is something of, as the linker sees them; ret_jobs: which job each is. */
static struct link_unit *linkable_units(struct phases *phases, uint32_t *ret_jobs, uint32_t *ret_count)
{
    struct link_unit *units = g_new0(struct link_unit, phases->jobs->len + 1);
    uint32_t count = 0;

    for (guint i = 0; i < phases->jobs->len; i++) {
        const struct job *job = g_ptr_array_index(phases->jobs, i);
        gsize size;
        if (!phases->units[i])
            continue;
        const guint8 *bytes = g_bytes_get_data(phases->units[i], &size);
        if (!stored_symbols(bytes, size, &units[count].symbols))
            continue;
        units[count].path = g_canonicalize_filename(job->path, job->directory);
        units[count].directory = job->directory;
        ret_jobs[count++] = i;
    }
    *ret_count = count;
    return units;
}

static void link_all(struct phases *phases)
{
    uint32_t *jobs = g_new0(uint32_t, phases->jobs->len + 1), count = 0;
    struct link_unit *units = linkable_units(phases, jobs, &count);

    phases->programs = link_programs(units, count, phases->options->is_project);
    /* From here on a program's units are jobs. */
    for (guint p = 0; p < phases->programs->len; p++) {
        const struct program *program = g_ptr_array_index(phases->programs, p);
        for (guint i = 0; i < program->units->len; i++) {
            uint32_t *unit = &g_array_index(program->units, uint32_t, i);
            *unit = jobs[*unit];
        }
    }
    for (uint32_t u = 0; u < count; u++) {
        symbols_clear(&units[u].symbols);
        g_free((char *)units[u].path);
    }
    g_free(units);
    g_free(jobs);
}

/* ------------------------------------------------------------------------------------- phase 3: what is found */

static const struct job *job_of(const struct phases *phases, const struct program *program)
{
    return g_ptr_array_index(phases->jobs, g_array_index(program->units, uint32_t, 0));
}

/* To be freed. */
static GBytes **units_of(const struct phases *phases, const struct program *program)
{
    GBytes **units = g_new0(GBytes *, program->units->len + 1);

    for (guint i = 0; i < program->units->len; i++)
        units[i] = phases->units[g_array_index(program->units, uint32_t, i)];
    return units;
}

static void run_program(size_t task, int out, void *data)
{
    struct phases *phases = data;
    const struct program *program = g_ptr_array_index(phases->programs, task_at(phases, task)->index);
    struct check_options options = phases->options->check;
    GBytes **units = units_of(phases, program);
    struct report report;

    options.store = false;
    options.spare_cores = has_spare_cores(phases, task_at(phases, task));
    report_init(&report);
    check_program(units, program->units->len, &options, &report);
    /* Files were counted when they were read. */
    stats_clear(&report.stats);
    GByteArray *bytes = wire_write(&report);
    write_out(out, (const char *)bytes->data, bytes->len);
    keep_program_report(phases->kept, job_of(phases, program), units, program->units->len, &report, bytes);
}

static void program_done(size_t task, const guint8 *bytes, size_t length, const char *failure, void *data)
{
    struct phases *phases = data;
    size_t index = task_at(phases, task)->index;

    phases->done++;
    phases->failures[index] = g_strdup(failure);
    phases->reports[index] = g_bytes_new(bytes, length);
}

static void watch_program(size_t task, const char *what, void *data)
{
    struct phases *phases = data;
    const struct program *program = g_ptr_array_index(phases->programs, task_at(phases, task)->index);

    progress_tell(phases->progress, phases->done, phases->programs->len, job_of(phases, program)->path, what);
}

static uint64_t size_of_units(GBytes *const *units, unsigned count)
{
    uint64_t size = 0;

    for (unsigned i = 0; i < count; i++)
        size += g_bytes_get_size(units[i]);
    return size;
}

/* Code and place: what two programs share is told once, however they came to it. */
static char *told_key(const struct finding *f, const struct source_table *sources)
{
    struct span place = finding_place(f);
    char *path = g_canonicalize_filename(source_path(sources, place.file), NULL);
    char *key = g_strdup_printf("%s %u %u %s %s", f->code, place.begin, place.end, path,
                                place.file ? "" : f->message);

    g_free(path);
    return key;
}

struct filter {
    struct phases *phases;
    unsigned before; /* findings of others, which stay */
    GPtrArray *keys; /* of those that are new */
};

static bool is_news(const struct finding *f, void *data)
{
    struct filter *filter = data;

    if (filter->before) {
        filter->before--;
        return true;
    }
    char *key = told_key(f, filter->phases->result->all.sources);
    bool is_new = !g_hash_table_contains(filter->phases->told, key);
    g_ptr_array_add(filter->keys, key);
    return is_new;
}

static void take_news(struct phases *phases, struct findings *sink, unsigned before)
{
    struct filter filter = {phases, before, g_ptr_array_new()};

    findings_keep(sink, is_news, &filter);
    for (guint i = 0; i < filter.keys->len; i++)
        g_hash_table_add(phases->told, filter.keys->pdata[i]);
    g_ptr_array_free(filter.keys, TRUE);
}

/* False, with the reason, when there is nothing to take. */
static bool take_report(struct phases *phases, size_t index, char **ret_why)
{
    struct report *all = &phases->result->all;
    unsigned findings = findings_count(all->findings), listed = findings_count(all->listed);
    gsize size;
    const guint8 *bytes = g_bytes_get_data(phases->reports[index], &size);

    if (phases->failures[index]) {
        *ret_why = g_strdup(phases->failures[index]);
        return false;
    }
    if (!wire_read(bytes, size, all)) {
        *ret_why = g_strdup("the checker ended before it was done");
        return false;
    }
    if (all->outcome != OUTCOME_CHECKED) {
        *ret_why = g_steal_pointer(&all->messages);
        return false;
    }
    take_news(phases, all->findings, findings);
    take_news(phases, all->listed, listed);
    return true;
}

/* Programs of one unit each, of those that could not be checked as a whole. */
static void split(GPtrArray *into, const struct program *program)
{
    for (guint i = 0; i < program->units->len; i++)
        g_ptr_array_add(into, program_new(g_array_index(program->units, uint32_t, i)));
}

static void run_programs(struct phases *phases)
{
    guint count = phases->programs->len;

    begin_tasks(phases);
    phases->reports = g_new0(GBytes *, count + 1);
    phases->failures = g_new0(char *, count + 1);
    for (size_t p = 0; p < count; p++) {
        const struct program *program = g_ptr_array_index(phases->programs, p);
        GBytes **units = units_of(phases, program);
        phases->reports[p] = kept_program_report(phases->kept, job_of(phases, program), units, program->units->len);
        if (!phases->reports[p])
            add_task(phases, p, size_of_units(units, program->units->len));
        else
            phases->done++;
        g_free(units);
    }
    run_tasks(phases, run_program, program_done, watch_program);
}

static void take_programs(struct phases *phases, bool is_last)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func(program_free);
    GPtrArray *programs = phases->programs;

    for (guint p = 0; p < programs->len; p++) {
        const struct program *program = g_ptr_array_index(programs, p);
        const struct job *job = job_of(phases, program);
        bool is_whole = program->units->len > 1;
        char *why = NULL;
        if (!take_report(phases, p, &why)) {
            not_checked(phases, g_array_index(program->units, uint32_t, 0),
                        failure_text(job, is_whole ? " with the files it is linked from" : "", why ? why : "no reason is known"));
            if (is_whole && !is_last)
                split(parts, program);
        }
        g_free(why);
        g_bytes_unref(phases->reports[p]);
        g_free(phases->failures[p]);
    }
    g_free(phases->reports);
    g_free(phases->failures);
    g_ptr_array_free(programs, TRUE);
    phases->programs = parts;
    if (parts->len) {
        run_programs(phases);
        take_programs(phases, true);
    } else {
        g_ptr_array_free(parts, TRUE);
    }
}

/* ---------------------------------------------------------------------------------------------------- all of it */

void phases_run(const GPtrArray *jobs, const struct phases_options *options, struct phases_result *ret_result)
{
    struct phases_options own = *options;
    struct phases phases = {
        .jobs = jobs,
        .options = &own,
        .result = ret_result,
        .progress = progress_new(options->show_progress),
        .units = g_new0(GBytes *, jobs->len + 1),
    };

    own.check.store = options->link;
    phases.kept = kept_reports_new(options->cache, &own.check);
    own.check.tell_inputs = phases.kept != NULL;
    *ret_result = (struct phases_result){ .messages = g_new0(char *, jobs->len + 1),
                                          .dumps = g_new0(char *, jobs->len + 1) };
    report_init(&ret_result->all);
    run_files(&phases);
    if (options->link) {
        phases.told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        link_all(&phases);
        run_programs(&phases);
        take_programs(&phases, false);
        g_hash_table_destroy(phases.told);
    }
    for (guint i = 0; i < jobs->len; i++)
        if (phases.units[i])
            g_bytes_unref(phases.units[i]);
    g_free(phases.units);
    kept_reports_free(phases.kept);
    progress_free(phases.progress);
}

void phases_clear(struct phases_result *result, const GPtrArray *jobs)
{
    for (guint i = 0; i < jobs->len; i++) {
        g_free(result->messages[i]);
        g_free(result->dumps[i]);
    }
    g_free(result->messages);
    g_free(result->dumps);
    report_clear(&result->all);
}
