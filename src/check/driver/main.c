/* The command `fearless`: which of its forms was meant. */
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check_command.h"
#include "explain.h"
#include "front/front.h"
#include "launcher.h"
#include "message.h"
#include "record.h"
#include "run.h"
#include "setup.h"

static const char usage[] =
    "Fearless concurrency for C: finds use after move, data that threads may outlive, what must\n"
    "not be sent to another thread, and data reached without its lock, before the program runs.\n"
    "\n"
    "Usage:\n"
    "  fearless check FILE... [-- COMPILER FLAGS]   check C files\n"
    "  fearless check -p DIR                        check what DIR/compile_commands.json compiles\n"
    "  fearless COMPILER ARGS...                    check, then compile: `CC=\"fearless gcc\"`\n"
    "  fearless --record FILE COMPILER ARGS...      note the command in FILE, then compile: a\n"
    "                                               compile_commands.json for `check -p`\n"
    "  fearless --explain CODE                      what an error code means, with an example\n"
    "  fearless check --help                        the options of `check`\n"
    "  fearless --version\n"
    "\n"
    "Exit status: 0 nothing found, 1 findings, 2 something could not be checked. As a launcher,\n"
    "1 for findings, else the compiler's own.\n";

/* A file that is opened must never become stdout or stderr because those were closed. */
static void open_standard_files(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    while (fd >= 0 && fd <= STDERR_FILENO && fcntl(fd, F_SETFD, 0) == 0);
    if (fd > STDERR_FILENO)
        close(fd);
    /* Whoever read our output may go away; that ends the output, and not the check. */
    signal(SIGPIPE, SIG_IGN);
}

static void say(const char *text)
{
    write_out(STDOUT_FILENO, text, strlen(text));
}

static int unknown_option(const char *option)
{
    message_error("unknown option `%s`", option);
    message_help("`fearless --help` lists what there is");
    message_end();
    return EXIT_NOT_CHECKED;
}

static int option_command(int argc, char **argv)
{
    const char *option = argv[1];

    if (strcmp(option, "--help") == 0 || strcmp(option, "-h") == 0) {
        say(usage);
        return EXIT_CLEAN;
    }
    if (strcmp(option, "--version") == 0 || strcmp(option, "-V") == 0) {
        char *text =
            g_strdup_printf("fearless %s (libclang %s)\n", FEARLESS_VERSION, front_clang_version());
        say(text);
        g_free(text);
        return EXIT_CLEAN;
    }
    if (g_str_has_prefix(option, "--explain=") && argc == 2)
        return explain(option + strlen("--explain="));
    if (strcmp(option, "--explain") == 0) {
        if (argc == 3)
            return explain(argv[2]);
        message_error("--explain takes one code, as in `fearless --explain E0382`");
        message_end();
        return EXIT_NOT_CHECKED;
    }
    if (strcmp(option, "--record") == 0) {
        if (argc > 3)
            return record(argv[2], argv + 3);
        message_error("--record takes a file and a compiler, as in `fearless --record compile_commands.json gcc -c x.c`");
        message_end();
        return EXIT_NOT_CHECKED;
    }
    return unknown_option(option);
}

int main(int argc, char **argv)
{
    open_standard_files();
    set_colour(NULL);
    if (argc < 2) {
        message_error("nothing to do");
        message_end();
        write_out(STDERR_FILENO, usage, strlen(usage));
        return EXIT_NOT_CHECKED;
    }
    if (argv[1][0] == '-')
        return option_command(argc, argv);
    if (strcmp(argv[1], "check") == 0)
        return check_command(argc - 1, argv + 1);
    return launch(argv + 1);
}
