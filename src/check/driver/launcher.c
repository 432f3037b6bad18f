/*
 * A finding fails the build: the exit status is 1 and the compiler is not run. What could not be
 * checked does not: the compiler is run, its errors are its own to tell; only when it accepts what
 * could not be checked is that said.
 */
#include "launcher.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "command.h"
#include "config.h"
#include "job.h"
#include "message.h"
#include "run.h"
#include "setup.h"

static int cannot_run(const char *compiler)
{
    int why = errno;

    message_error("couldn't run `%s`: %s", compiler, g_strerror(why));
    message_help(
        "`fearless COMPILER ARGS...` checks and then compiles; `fearless check FILE` only checks; "
        "`fearless --help` says more");
    message_end();
    return EXIT_NOT_CHECKED;
}

int become(char **argv)
{
    signal(SIGPIPE, SIG_DFL);
    execvp(argv[0], argv);
    return cannot_run(argv[0]);
}

/*
 * Runs the compiler; its exit status is returned, or 128 + n when signal n ended it, as a shell
 * says it.
 */
static int run(char **argv)
{
    int status = 0;
    pid_t pid = fork();

    if (pid < 0)
        return become(argv);
    if (pid == 0)
        _exit(become(argv));
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static GPtrArray *jobs_of(const struct command *command)
{
    GPtrArray *jobs = g_ptr_array_new_with_free_func(job_free);

    for (guint i = 0; i < command->sources->len; i++) {
        struct job *job = job_new(g_ptr_array_index(command->sources, i), NULL);
        for (guint k = 0; k < command->flags->len; k++)
            g_ptr_array_add(job->flags, g_strdup(g_ptr_array_index(command->flags, k)));
        g_ptr_array_add(jobs, job);
    }
    return jobs;
}

static int check_and_run(const GPtrArray *jobs, const struct config *config, struct baseline *baseline, char **argv)
{
    char *include_dir = find_include_dir();
    struct run_options options = {
        .phases = { .check = { .strict = config->strict,
                                .colour = message_colour(),
                                .models = config->models,
                                .include_dir = include_dir },
                    .workers = { .parallel = g_get_num_processors(),
                                 .timeout = config->has_timeout ? config->timeout : 300 } },
        .selection = { .config = config, .baseline = baseline },
    };
    struct run_result result;
    int status;

    run_jobs(jobs, &options, true, &result);
    g_free(include_dir);
    if (result.errors) {
        status = EXIT_FINDINGS;
    } else if (result.not_checked) {
        status = run(argv);
        if (status == 0) {
            write_out(STDERR_FILENO, result.not_checked_messages,
                      strlen(result.not_checked_messages));
            message_warning("`%s` accepts this code, but it could not be checked", argv[0]);
            message_end();
        }
    } else {
        status = become(argv);
    }
    g_free(result.not_checked_messages);
    return status;
}

int launch(char **argv)
{
    struct command command;

    set_colour(NULL);
    command_parse(&command, (const char *const *)argv + 1, g_strv_length(argv) - 1,
                  compiler_is_cxx(argv[0]), NULL);
    if (!command.compiles || command.sources->len == 0) {
        command_clear(&command);
        return become(argv);
    }

    struct config config = { 0 };
    struct baseline *baseline = NULL;
    GPtrArray *jobs = jobs_of(&command);
    char *path = config_find_for(g_ptr_array_index(jobs, 0));
    int status = EXIT_NOT_CHECKED;

    if ((!path || config_load(&config, path)) &&
        (!config.baseline || (baseline = baseline_load(config.baseline)))) {
        config_mark_excluded(&config, jobs);
        status = check_and_run(jobs, &config, baseline, argv);
    }
    baseline_free(baseline);
    config_clear(&config);
    g_free(path);
    g_ptr_array_free(jobs, TRUE);
    command_clear(&command);
    return status;
}
