#include "progress.h"

#include <glib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "setup.h"

struct progress {
    gint64 start;
    char *shown; /* NULL: nothing is */
};

struct progress *progress_new(bool wanted)
{
    const char *term = g_getenv("TERM");

    if (!wanted || !isatty(STDERR_FILENO) || !term || g_strcmp0(term, "dumb") == 0)
        return NULL;
    struct progress *progress = g_new0(struct progress, 1);
    progress->start = g_get_monotonic_time();
    return progress;
}

static void clear_line(void)
{
    static const char clear[] = "\r\033[K";

    write_out(STDERR_FILENO, clear, sizeof clear - 1);
}

void progress_free(struct progress *progress)
{
    if (!progress)
        return;
    if (progress->shown)
        clear_line();
    g_free(progress->shown);
    g_free(progress);
}

void progress_tell(struct progress *progress, size_t done, size_t total, const char *what, const char *stage)
{
    if (!progress || g_get_monotonic_time() - progress->start < G_USEC_PER_SEC)
        return;
    unsigned columns = terminal_columns();
    char *text = g_strdup_printf("[%zu/%zu] %s%s%s", done, total, what, stage ? ": " : "", stage ? stage : "");
    glong room = columns > 1 ? (glong)columns - 1 : 79;
    char *line = g_utf8_validate(text, -1, NULL) ? g_utf8_substring(text, 0, MIN(room, g_utf8_strlen(text, -1)))
                                                 : g_strdup_printf("[%zu/%zu]", done, total);
    if (g_strcmp0(line, progress->shown) != 0) {
        clear_line();
        write_out(STDERR_FILENO, line, strlen(line));
    }
    g_free(progress->shown);
    progress->shown = line;
    g_free(text);
}
