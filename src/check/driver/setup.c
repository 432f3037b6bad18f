#include "setup.h"

#include <glib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "message.h"

/* NO_COLOR: https://no-color.org */
static bool terminal_wants_colour(void)
{
    const char *no_color = g_getenv("NO_COLOR");
    const char *term = g_getenv("TERM");

    return isatty(STDERR_FILENO) && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

bool set_colour(const char *when)
{
    if (!when || strcmp(when, "auto") == 0)
        message_set_colour(terminal_wants_colour());
    else if (strcmp(when, "always") == 0)
        message_set_colour(true);
    else if (strcmp(when, "never") == 0)
        message_set_colour(false);
    else
        return false;
    return true;
}

unsigned terminal_columns(void)
{
    struct winsize size;

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static bool has_header(const char *dir)
{
    char *header = g_build_filename(dir, "fearless.h", NULL);
    bool found = g_file_test(header, G_FILE_TEST_EXISTS);

    g_free(header);
    return found;
}

char *find_include_dir(void)
{
    char *self = g_file_read_link("/proc/self/exe", NULL);

    if (self) {
        char *bin = g_path_get_dirname(self);
        char *dir = g_canonicalize_filename(FEARLESS_INCLUDE_FROM_BIN, bin);
        g_free(bin);
        g_free(self);
        if (has_header(dir))
            return dir;
        g_free(dir);
    }
    return has_header(FEARLESS_INCLUDE_DIR) ? g_strdup(FEARLESS_INCLUDE_DIR) : NULL;
}
