#define _GNU_SOURCE /* vasprintf */
#include "lines.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

text text_of(const char *format, ...)
{
    text t;
    va_list arguments;

    va_start(arguments, format);
    const int length = vasprintf(&t.s, format, arguments);
    va_end(arguments);
    if (length < 0)
        fl_panic("no memory for a text");
    return t;
}

/* Ends the line that is there from start to newline. */
static const char *finish_line(char *start, char *newline)
{
    if (newline > start && newline[-1] == '\r')
        newline--;
    *newline = '\0';
    for (char *c = start; c < newline; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    return start;
}

/* Reads more behind what is there, which is moved to the front. False: there is no more. */
static bool read_more(struct lines *lines)
{
    lines->end -= lines->start;
    memmove(lines->bytes, lines->bytes + lines->start, lines->end);
    lines->start = 0;

    ssize_t got;
    do
        got = read(lines->fd, lines->bytes + lines->end, sizeof lines->bytes - lines->end);
    while (got < 0 && errno == EINTR);
    if (got <= 0)
        return false;
    lines->end += (size_t)got;
    return true;
}

enum line next_line(struct lines *lines, const char **line)
{
    do {
        char *const start = lines->bytes + lines->start;
        const size_t n = lines->end - lines->start;
        char *const newline = memchr(start, '\n', n);
        if (newline) {
            lines->start += (size_t)(newline + 1 - start);
            if (lines->skipping) {
                lines->skipping = false;
                return LINE_TOO_LONG;
            }
            *line = finish_line(start, newline);
            return LINE;
        }
        if (n == sizeof lines->bytes)
            lines->skipping = true;
        if (lines->skipping)
            lines->start = lines->end;
    } while (read_more(lines));
    return LINES_END;
}
