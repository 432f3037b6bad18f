#include "message.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "diag/canvas.h"

static bool coloured;

void message_set_colour(bool colour)
{
    coloured = colour;
}

bool message_colour(void)
{
    return coloured;
}

bool write_out(int fd, const char *text, size_t length)
{
    while (length) {
        ssize_t n = write(fd, text, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        text += n;
        length -= (size_t)n;
    }
    return true;
}

static void put(enum style style, const char *label, enum style text_style, const char *before,
                char *text)
{
    GString *out = g_string_new(before);
    char *valid = g_utf8_make_valid(text, -1);

    style_print(out, style, coloured, label);
    char *rest = g_strconcat(": ", valid, NULL);
    style_print(out, text_style, coloured, rest);
    g_string_append_c(out, '\n');
    write_out(STDERR_FILENO, out->str, out->len);
    g_free(rest);
    g_free(valid);
    g_free(text);
    g_string_free(out, TRUE);
}

#define PUT(style, label, text_style, before)                                                      \
    do {                                                                                           \
        va_list ap;                                                                                \
        va_start(ap, fmt);                                                                         \
        put(style, label, text_style, before, g_strdup_vprintf(fmt, ap));                          \
        va_end(ap);                                                                                \
    } while (0)

void message_error(const char *fmt, ...)
{
    PUT(STYLE_ERROR, "error", STYLE_MESSAGE, "");
}

void message_warning(const char *fmt, ...)
{
    PUT(STYLE_WARNING, "warning", STYLE_MESSAGE, "");
}

void message_note(const char *fmt, ...)
{
    PUT(STYLE_MESSAGE, "note", STYLE_NONE, "  = ");
}

void message_remark(const char *fmt, ...)
{
    PUT(STYLE_MESSAGE, "note", STYLE_NONE, "");
    message_end();
}

void message_help(const char *fmt, ...)
{
    PUT(STYLE_MESSAGE, "help", STYLE_NONE, "  = ");
}

void message_end(void)
{
    write_out(STDERR_FILENO, "\n", 1);
}
