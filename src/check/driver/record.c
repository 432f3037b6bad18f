/*
 * A Makefile has no list of what it compiles; each compiler that it calls knows one part. So each adds its entry, under a
 * lock, as make runs several. An entry is one line, and what it is known by stands first in it (where, which file, which
 * output), so a command that is run again takes the place of the one before without anything being parsed.
 */
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "launcher.h"
#include "message.h"
#include "run.h"

static void add_text(GString *out, const char *text)
{
    JsonNode *node = json_node_init_string(json_node_alloc(), text);
    char *quoted = json_to_string(node, FALSE);

    g_string_append(out, quoted);
    g_free(quoted);
    json_node_unref(node);
}

static void add_member(GString *out, const char *name, const char *text)
{
    g_string_append_printf(out, "\"%s\": ", name);
    add_text(out, text);
    g_string_append(out, ", ");
}

/* What -o says; NULL: nothing. */
static const char *output_of(char **argv)
{
    for (char **arg = argv + 1; *arg; arg++)
        if (g_str_has_prefix(*arg, "-o"))
            return (*arg)[2] ? *arg + 2 : arg[1];
    return NULL;
}

/* What an entry is known by, as it begins. To be freed. */
static char *beginning_of(const char *source, char **argv)
{
    GString *out = g_string_new("{ ");
    char *here = g_get_current_dir();
    const char *output = output_of(argv);

    add_member(out, "directory", here);
    add_member(out, "file", source);
    if (output)
        add_member(out, "output", output);
    g_string_append(out, "\"arguments\": [");
    g_free(here);
    return g_string_free(out, FALSE);
}

static void add_entry(GString *out, const char *beginning, char **argv)
{
    g_string_append(out, beginning);
    for (char **arg = argv; *arg; arg++) {
        add_text(out, *arg);
        g_string_append(out, arg[1] ? ", " : "] }");
    }
    g_string_append(out, ",\n");
}

/* The entries of old that none of the new ones replaces, and those. */
static char *merge(const char *old, const struct command *command, char **argv)
{
    GString *out = g_string_new("[\n");
    char **lines = g_strsplit(old, "\n", -1);
    GPtrArray *beginnings = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < command->sources->len; i++)
        g_ptr_array_add(beginnings, beginning_of(g_ptr_array_index(command->sources, i), argv));
    for (char **line = lines; *line; line++) {
        bool keep = **line == '{';
        for (guint i = 0; keep && i < beginnings->len; i++)
            keep = !g_str_has_prefix(*line, g_ptr_array_index(beginnings, i));
        if (keep)
            g_string_append_printf(out, "%s%s\n", *line, g_str_has_suffix(*line, ",") ? "" : ",");
    }
    for (guint i = 0; i < beginnings->len; i++)
        add_entry(out, g_ptr_array_index(beginnings, i), argv);
    g_string_truncate(out, out->len - strlen(",\n"));
    g_string_append(out, "\n]\n");
    g_ptr_array_free(beginnings, TRUE);
    g_strfreev(lines);
    return g_string_free(out, FALSE);
}

static char *read_all(int fd)
{
    GString *text = g_string_new(NULL);
    char part[65536];
    ssize_t n;

    while ((n = read(fd, part, sizeof(part))) > 0)
        g_string_append_len(text, part, n);
    return g_string_free(text, n < 0);
}

/* Why it could not be written; NULL: it was. To be freed. */
static char *write_entries(const char *path, const struct command *command, char **argv)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    char *why = NULL;

    if (fd < 0 || flock(fd, LOCK_EX) != 0)
        why = g_strdup(g_strerror(errno));
    char *old = why ? NULL : read_all(fd);
    if (!why && !old)
        why = g_strdup(g_strerror(errno));
    if (!why && *old && !g_str_has_prefix(old, "[\n{ \"directory\": "))
        why = g_strdup("something else wrote it, which this would destroy");
    if (!why) {
        char *text = merge(old, command, argv);
        if (lseek(fd, 0, SEEK_SET) != 0 || ftruncate(fd, 0) != 0 || !write_out(fd, text, strlen(text)))
            why = g_strdup(g_strerror(errno));
        g_free(text);
    }
    g_free(old);
    if (fd >= 0)
        close(fd);
    return why;
}

int record(const char *path, char **argv)
{
    struct command command;
    char *why = NULL;

    command_parse(&command, (const char *const *)argv + 1, g_strv_length(argv) - 1, compiler_is_cxx(argv[0]), NULL);
    if (command.compiles && command.sources->len)
        why = write_entries(path, &command, argv);
    command_clear(&command);
    if (why) {
        message_error("couldn't record the command in `%s`: %s", path, why);
        message_end();
        g_free(why);
        return EXIT_NOT_CHECKED;
    }
    return become(argv);
}
