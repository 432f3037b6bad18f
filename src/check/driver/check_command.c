#include "check_command.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache.h"
#include "command.h"
#include "compdb.h"
#include "identity.h"
#include "job.h"
#include "message.h"
#include "run.h"
#include "setup.h"

struct request {
    char **files;
    char *build;
    char *colour;
    char *dump;
    char *format_name;
    enum format format;
    char *parallel_text; /* NULL: not given */
    char *timeout_text;
    unsigned parallel;
    unsigned timeout;
    gboolean stats;
    gboolean list_unsafe;
    gboolean fix;
    char *baseline;
    char *new_baseline;
    char *diff;
    char *config_path;
    char **models;
    gboolean no_config;
    gboolean strict;
    gboolean no_cache;
    GPtrArray *flags; /* behind "--" */
};

static bool parse_options(int *argc, char ***argv, struct request *request)
{
    const GOptionEntry entries[] = {
        { "build", 'p', 0, G_OPTION_ARG_FILENAME, &request->build,
          "Check the files of DIR/compile_commands.json (or only FILEs, with its flags)", "DIR" },
        { "jobs", 'j', 0, G_OPTION_ARG_STRING, &request->parallel_text,
          "Check N files at once (default: one per core)", "N" },
        { "timeout", 0, 0, G_OPTION_ARG_STRING, &request->timeout_text,
          "Give up on a file after SECONDS (default: 300)", "SECONDS" },
        { "color", 0, 0, G_OPTION_ARG_STRING, &request->colour,
          "Colours: auto (the default), always or never", "WHEN" },
        { "format", 0, 0, G_OPTION_ARG_STRING, &request->format_name,
          "Show findings as text (the default), gcc (a line each), json or sarif (to stdout)", "FORM" },
        { "dump", 0, 0, G_OPTION_ARG_STRING, &request->dump,
          "Print what a stage made instead of checking: ir", "STAGE" },
        { "fix", 0, 0, G_OPTION_ARG_NONE, &request->fix,
          "Apply the suggestions that are safe, and report what is left", NULL },
        { "baseline", 0, 0, G_OPTION_ARG_FILENAME, &request->baseline,
          "Do not report the findings that FILE knows", "FILE" },
        { "write-baseline", 0, 0, G_OPTION_ARG_FILENAME, &request->new_baseline,
          "Write all findings to FILE instead of reporting them", "FILE" },
        { "diff", 0, 0, G_OPTION_ARG_STRING, &request->diff,
          "Report only findings on lines that changed since the commit REV (asks git)", "REV" },
        { "strict", 0, 0, G_OPTION_ARG_NONE, &request->strict,
          "Report also what cannot be proven right", NULL },
        { "no-cache", 0, 0, G_OPTION_ARG_NONE, &request->no_cache,
          "Use nothing that an earlier run kept (in DIR/.fearless-cache, or ~/.cache/fearless), and keep nothing", NULL },
        { "model", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &request->models,
          "Read what functions out of view do from FILE, annotated as models/*.h are", "FILE" },
        { "config", 0, 0, G_OPTION_ARG_FILENAME, &request->config_path,
          "Read FILE instead of the nearest .fearless", "FILE" },
        { "no-config", 0, 0, G_OPTION_ARG_NONE, &request->no_config, "Read no .fearless", NULL },
        { "list-unsafe", 0, 0, G_OPTION_ARG_NONE, &request->list_unsafe,
          "List what is taken on trust: fl_unsafe blocks, and unseen functions given tracked values", NULL },
        { "stats", 0, 0, G_OPTION_ARG_NONE, &request->stats,
          "Count functions, statements and what could not be lowered", NULL },
        { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &request->files, NULL,
          "FILE... [-- COMPILER FLAGS]" },
        { NULL, 0, 0, 0, NULL, NULL, NULL },
    };
    GOptionContext *context = g_option_context_new(NULL);
    GError *error = NULL;

    g_set_prgname("fearless check");
    g_option_context_set_summary(
        context,
        "Checks C files and reports what is wrong about their ownership, threads and locks.");
    g_option_context_set_description(
        context, "Exit status: 0 nothing found, 1 findings, 2 a file could not be checked.\n\n"
                 "  fearless check queue.c -- -Iinclude -DNDEBUG\n"
                 "  fearless check -p build\n");
    g_option_context_add_main_entries(context, entries, NULL);
    bool ok = g_option_context_parse(context, argc, argv, &error);
    if (!ok) {
        const char *unknown = strstr(error->message, "Unknown option ");
        if (unknown)
            message_error("unknown option `%s`", unknown + strlen("Unknown option "));
        else
            message_error("%s", error->message);
        message_help(
            "`fearless check --help` lists the options; flags for the compiler go behind `--`, "
            "as in `fearless check FILE -- -Iinclude`");
        message_end();
        g_error_free(error);
    }
    g_option_context_free(context);
    return ok;
}

/* What is wrong with a file before anybody looks at its C; NULL: nothing. */
static char *problem_with(const char *path)
{
    struct stat st;
    char start[4096];

    if (stat(path, &st) != 0)
        return g_strdup(g_strerror(errno));
    if (S_ISDIR(st.st_mode))
        return g_strdup("it is a directory");
    if (!S_ISREG(st.st_mode))
        return g_strdup("it is not a regular file");

    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return g_strdup(g_strerror(errno));
    ssize_t n = read(fd, start, sizeof(start));
    int failed = errno;
    close(fd);
    if (n < 0)
        return g_strdup(g_strerror(failed));
    if (memchr(start, '\0', (size_t)n))
        return g_strdup("it is a binary file, not C");
    return NULL;
}

/* Says what is wrong with a file, if anything is. */
static bool usable(const struct job *job)
{
    char *path = job_path_from_here(job);
    char *problem = problem_with(path);
    bool ok = problem == NULL;

    if (problem && !job->is_excluded) {
        message_error("couldn't read `%s`: %s", path, problem);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            message_help(
                "to check a whole project, give its compile_commands.json: `fearless check -p %s`",
                path);
        if (job->origin)
            message_note("it is %s", job->origin);
        message_end();
    } else if (!job->origin && is_cxx_source(path)) {
        message_error("`%s` is not C", path);
        message_end();
        ok = false;
    }
    g_free(problem);
    g_free(path);
    return ok;
}

/* Of the jobs, only those whose file is one of the files; false when one of those is no job's. */
static bool keep_only(GPtrArray *jobs, char **files, const char *build)
{
    bool ok = true;

    for (char **file = files; *file; file++) {
        char *wanted = g_canonicalize_filename(*file, NULL);
        bool found = false;
        for (guint i = 0; i < jobs->len && !found; i++) {
            const struct job *job = g_ptr_array_index(jobs, i);
            char *path = g_canonicalize_filename(job->path, job->directory);
            found = strcmp(path, wanted) == 0;
            g_free(path);
        }
        if (!found) {
            message_error("`%s` is not in the compilation database of `%s`", *file, build);
            message_end();
            ok = false;
        }
        g_free(wanted);
    }
    for (guint i = 0; i < jobs->len;) {
        const struct job *job = g_ptr_array_index(jobs, i);
        char *path = g_canonicalize_filename(job->path, job->directory);
        bool wanted = false;
        for (char **file = files; *file && !wanted; file++) {
            char *full = g_canonicalize_filename(*file, NULL);
            wanted = strcmp(full, path) == 0;
            g_free(full);
        }
        g_free(path);
        if (wanted)
            i++;
        else
            g_ptr_array_remove_index(jobs, i);
    }
    return ok;
}

static void add_flags(GPtrArray *jobs, const GPtrArray *flags)
{
    for (guint i = 0; i < jobs->len; i++) {
        const struct job *job = g_ptr_array_index(jobs, i);
        for (guint k = 0; k < flags->len; k++)
            g_ptr_array_add(job->flags, g_strdup(g_ptr_array_index(flags, k)));
    }
}

/* The configuration of what is checked: the one above the build folder, or else above the first file. */
static bool open_config(const struct request *request, const GPtrArray *jobs, struct config *config)
{
    char *path = g_strdup(request->config_path);

    if (!path && !request->no_config && request->build)
        path = config_find(request->build);
    if (!path && !request->no_config)
        path = config_find_for(g_ptr_array_index(jobs, 0));
    bool ok = !path || config_load(config, path);
    for (char **model = request->models; ok && model && *model; model++)
        ok = config_add_model(config, *model);
    if (ok)
        config_mark_excluded(config, jobs);
    g_free(path);
    return ok;
}

/* Reads what the findings are compared with; false, with a message, when it cannot be. */
static bool open_selection(const struct request *request, bool some_unusable, const struct config *config,
                           struct selection *selection)
{
    const char *known = request->baseline ? request->baseline : request->new_baseline ? NULL : config->baseline;

    selection->config = config;
    selection->new_baseline = request->new_baseline;
    selection->whole_project = request->build && !request->files && !some_unusable;
    if (known && !(selection->baseline = baseline_load(known)))
        return false;
    return !request->diff || (selection->changes = changes_since(request->diff));
}

/* What the request names, as jobs; false, with a message, when it names nothing. */
static bool collect_jobs(const struct request *request, GPtrArray *jobs)
{
    if (request->build) {
        if (!compdb_load(request->build, jobs) ||
            (request->files && !keep_only(jobs, request->files, request->build)))
            return false;
    } else {
        for (char **file = request->files; file && *file; file++)
            g_ptr_array_add(jobs, job_new(*file, NULL));
    }
    if (jobs->len == 0) {
        message_error("there is nothing to check");
        message_help("name C files, as in `fearless check main.c`, or a build folder, as in "
                     "`fearless check -p build`");
        message_end();
        return false;
    }
    add_flags(jobs, request->flags);
    return true;
}

/* Takes out the jobs whose file nobody could check, and says so; returns how many. */
static unsigned take_out_unusable(GPtrArray *jobs)
{
    unsigned unusable = 0;

    for (guint i = 0; i < jobs->len;) {
        const struct job *job = g_ptr_array_index(jobs, i);
        if (usable(job)) {
            i++;
        } else {
            unusable += !job->is_excluded;
            g_ptr_array_remove_index(jobs, i);
        }
    }
    return unusable;
}

/* NULL: there is to be none. */
static struct cache *open_cache(const struct request *request)
{
    char *identity = request->no_cache ? NULL : checker_identity();
    struct cache *cache = identity ? cache_open(request->build, identity) : NULL;

    g_free(identity);
    return cache;
}

static int check_jobs(const struct request *request, GPtrArray *jobs, const struct config *config)
{
    unsigned unusable = take_out_unusable(jobs);
    char *include_dir = find_include_dir();
    int status = EXIT_NOT_CHECKED;
    struct run_options options = {
        .phases = { .check = { .dump_ir = request->dump != NULL,
                                 .dump_stored = g_strcmp0(request->dump, "stored-ir") == 0,
                                .list_unsafe = request->list_unsafe,
                                .strict = request->strict || config->strict,
                                .colour = message_colour(),
                                .models = config->models,
                                .include_dir = include_dir },
                    .workers = { .parallel = !request->parallel_text && config->jobs ? config->jobs : request->parallel,
                                 .timeout = !request->timeout_text && config->has_timeout ? config->timeout
                                                                                          : request->timeout },
                    .cache = open_cache(request),
                    /* A file alone is all there is of its program. */
                    .link = jobs->len > 1 && !request->dump,
                    .is_project = request->build != NULL,
                    .show_progress = true },
        .format = request->format,
        .fix = request->fix,
        .stats = request->stats,
    };
    struct run_result result;

    if (open_selection(request, unusable, config, &options.selection)) {
        run_jobs(jobs, &options, false, &result);
        result.not_checked += unusable;
        status = run_status(&result);
    }
    baseline_free(options.selection.baseline);
    changes_free(options.selection.changes);
    cache_close(options.phases.cache);
    g_free(include_dir);
    return status;
}

static int check_request(const struct request *request)
{
    GPtrArray *jobs = g_ptr_array_new_with_free_func(job_free);
    struct config config = { 0 };
    int status = EXIT_NOT_CHECKED;

    if (collect_jobs(request, jobs) && open_config(request, jobs, &config))
        status = check_jobs(request, jobs, &config);
    config_clear(&config);
    g_ptr_array_free(jobs, TRUE);
    return status;
}

/* A whole number from least on, or a message about the option. */
static bool number_of_option(const char *option, const char *text, unsigned least, unsigned *ret_number)
{
    guint64 number;

    if (!text)
        return true;
    if (!g_ascii_string_to_unsigned(text, 10, least, INT_MAX, &number, NULL)) {
        if (least)
            message_error("%s must be at least %u, not `%s`", option, least, text);
        else
            message_error("%s must not be negative (0 is no limit), and `%s` is no such number", option, text);
        message_help("give it a number, as in `fearless check %s %u FILE`", option, MAX(least, 2));
        message_end();
        return false;
    }
    *ret_number = (unsigned)number;
    return true;
}

static bool valid(struct request *request)
{
    if (!number_of_option("-j", request->parallel_text, 1, &request->parallel) ||
        !number_of_option("--timeout", request->timeout_text, 0, &request->timeout))
        return false;
    if (request->dump && strcmp(request->dump, "ir") != 0 && strcmp(request->dump, "stored-ir") != 0)
        message_error("there is no stage `%s` to dump: --dump=ir is what there is", request->dump);
    else if (request->format_name && !format_of_name(request->format_name, &request->format))
        message_error("--format is text, gcc, json or sarif, not `%s`", request->format_name);
    else if (request->list_unsafe && request->format >= FORMAT_JSON)
        message_error("--list-unsafe and --format=%s both print to stdout: choose one", request->format_name);
    else if (request->new_baseline && (request->baseline || request->diff))
        message_error("--write-baseline takes all findings, --%s leaves some out: choose one",
                      request->baseline ? "baseline" : "diff");
    else if (!set_colour(request->colour))
        message_error("--color is auto, always or never, not `%s`", request->colour);
    else
        return true;
    message_end();
    return false;
}

/* A copy in which "-j2" is "-j" "2", as GOption wants a short option's value. To be freed with g_strfreev. */
static char **split_arguments(int argc, char **argv, int *ret_count)
{
    GPtrArray *args = g_ptr_array_new();

    for (int i = 0; i < argc; i++) {
        if (g_str_has_prefix(argv[i], "-j") && g_ascii_isdigit(argv[i][2])) {
            g_ptr_array_add(args, g_strdup("-j"));
            g_ptr_array_add(args, g_strdup(argv[i] + 2));
        } else {
            g_ptr_array_add(args, g_strdup(argv[i]));
        }
    }
    *ret_count = (int)args->len;
    g_ptr_array_add(args, NULL);
    return (char **)g_ptr_array_free(args, FALSE);
}

/* "@file" stands for the words in it, as for a compiler. */
static bool add_flag(GPtrArray *flags, const char *flag)
{
    GError *error = NULL;
    char **words = NULL;

    if (flag[0] != '@') {
        g_ptr_array_add(flags, g_strdup(flag));
        return true;
    }
    words = response_file_words(flag + 1, NULL, &error);
    if (!words) {
        message_error("couldn't read the compiler's flags from `%s`", flag + 1);
        message_note("%s", error->message);
        message_end();
        g_clear_error(&error);
        return false;
    }
    for (char **word = words; *word; word++)
        g_ptr_array_add(flags, *word);
    g_free(words);
    return true;
}

int check_command(int argc, char **argv)
{
    struct request request = {
        .parallel = g_get_num_processors(),
        .timeout = 300,
        .flags = g_ptr_array_new_with_free_func(g_free),
    };
    int own = argc, status = EXIT_NOT_CHECKED;

    /* Behind the first "--" everything is the compiler's. */
    bool readable = true;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            own = i;
            for (int k = i + 1; k < argc; k++)
                readable = add_flag(request.flags, argv[k]) && readable;
            break;
        }
    }

    char **all = split_arguments(own, argv, &own);
    char **args = g_memdup2(all, ((gsize)own + 1) * sizeof(char *));
    char **rest = args; /* GOption takes out what it has read */
    if (parse_options(&own, &rest, &request) && valid(&request) && readable)
        status = check_request(&request);
    g_strfreev(request.files);
    g_free(request.build);
    g_free(request.colour);
    g_free(request.dump);
    g_free(request.baseline);
    g_free(request.new_baseline);
    g_free(request.diff);
    g_free(request.config_path);
    g_strfreev(request.models);
    g_free(request.format_name);
    g_free(request.parallel_text);
    g_free(request.timeout_text);
    g_ptr_array_free(request.flags, TRUE);
    g_free(args);
    g_strfreev(all);
    return status;
}
