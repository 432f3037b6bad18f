#include "check_command.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "compdb.h"
#include "job.h"
#include "message.h"
#include "run.h"
#include "setup.h"

struct request {
    char **files;
    char *build;
    char *colour;
    char *dump;
    int parallel;
    int timeout;
    gboolean stats;
    GPtrArray *flags; /* behind "--" */
};

static bool parse_options(int *argc, char ***argv, struct request *request)
{
    const GOptionEntry entries[] = {
        { "build", 'p', 0, G_OPTION_ARG_FILENAME, &request->build,
          "Check the files of DIR/compile_commands.json (or only FILEs, with its flags)", "DIR" },
        { "jobs", 'j', 0, G_OPTION_ARG_INT, &request->parallel,
          "Check N files at once (default: one per core)", "N" },
        { "timeout", 0, 0, G_OPTION_ARG_INT, &request->timeout,
          "Give up on a file after SECONDS (default: 300)", "SECONDS" },
        { "color", 0, 0, G_OPTION_ARG_STRING, &request->colour,
          "Colours: auto (the default), always or never", "WHEN" },
        { "dump", 0, 0, G_OPTION_ARG_STRING, &request->dump,
          "Print what a stage made instead of checking: ir", "STAGE" },
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

    if (problem) {
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

static int check_request(const struct request *request)
{
    GPtrArray *jobs = g_ptr_array_new_with_free_func(job_free);
    unsigned unusable = 0;
    int status = EXIT_NOT_CHECKED;

    if (request->build) {
        if (!compdb_load(request->build, jobs) ||
            (request->files && !keep_only(jobs, request->files, request->build)))
            goto out;
    } else {
        for (char **file = request->files; file && *file; file++)
            g_ptr_array_add(jobs, job_new(*file, NULL));
    }
    if (jobs->len == 0) {
        message_error("there is nothing to check");
        message_help("name C files, as in `fearless check main.c`, or a build folder, as in "
                     "`fearless check -p build`");
        message_end();
        goto out;
    }

    add_flags(jobs, request->flags);
    for (guint i = 0; i < jobs->len;) {
        if (usable(g_ptr_array_index(jobs, i))) {
            i++;
        } else {
            g_ptr_array_remove_index(jobs, i);
            unusable++;
        }
    }

    char *include_dir = find_include_dir();
    struct run_options options = {
        .workers = { .check = { .dump_ir = request->dump != NULL,
                                .colour = message_colour(),
                                .include_dir = include_dir },
                     .parallel = (unsigned)request->parallel,
                     .timeout = (unsigned)request->timeout },
        .stats = request->stats,
    };
    struct run_result result;
    run_jobs(jobs, &options, false, &result);
    result.not_checked += unusable;
    status = run_status(&result);
    g_free(include_dir);
out:
    g_ptr_array_free(jobs, TRUE);
    return status;
}

static bool valid(const struct request *request)
{
    if (request->parallel < 1)
        message_error("-j must be at least 1");
    else if (request->timeout < 0)
        message_error("--timeout must not be negative (0 is no limit)");
    else if (request->dump && strcmp(request->dump, "ir") != 0)
        message_error("there is no stage `%s` to dump: --dump=ir is what there is", request->dump);
    else
        return true;
    message_end();
    return false;
}

int check_command(int argc, char **argv)
{
    struct request request = {
        .parallel = (int)g_get_num_processors(),
        .timeout = 300,
        .flags = g_ptr_array_new(),
    };
    int own = argc, status = EXIT_NOT_CHECKED;

    /* Behind the first "--" everything is the compiler's. */
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            own = i;
            for (int k = i + 1; k < argc; k++)
                g_ptr_array_add(request.flags, argv[k]);
            break;
        }
    }

    char **args = g_new0(char *, (gsize)own + 1);
    char **all = args;
    for (int i = 0; i < own; i++)
        args[i] = argv[i];
    if (parse_options(&own, &args, &request)) {
        if (!set_colour(request.colour)) {
            message_error("--color is auto, always or never, not `%s`", request.colour);
            message_end();
        } else if (valid(&request)) {
            status = check_request(&request);
        }
    }
    g_strfreev(request.files);
    g_free(request.build);
    g_free(request.colour);
    g_free(request.dump);
    g_ptr_array_free(request.flags, TRUE);
    g_free(all);
    return status;
}
