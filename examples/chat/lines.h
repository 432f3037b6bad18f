/* What the two ends of a chat have in common: texts that own themselves, and lines read from a descriptor. */
#ifndef EXAMPLES_CHAT_LINES_H
#define EXAMPLES_CHAT_LINES_H

#include <fearless.h>

#include <stdlib.h>

typedef struct {
    char *s;
} text;
static inline void text_drop(text *t)
{
    free(t->s);
}
#define FL_OWNED text, text_drop
#include <fearless/owned.h>

/* As printf would write it. Panics when there is no memory. */
__attribute__((format(printf, 1, 2))) text text_of(const char *format, ...);

/* The lines of a descriptor, which somebody else owns, without their ends (\n or \r\n). All zero but for fd at first. */
enum { LINE_MOST = 1024 };
struct lines {
    int fd;
    bool skipping;     /* the rest of a line that is too long */
    size_t start, end; /* of what has been read and not been given yet */
    char bytes[LINE_MOST + 1];
};

/* LINE: *line is it, until the next call, with `?` in place of control characters: what a stranger typed goes to
 * somebody's terminal. LINE_TOO_LONG: more than LINE_MOST bytes; all of it has been left out. LINES_END: also if it
 * breaks off; the beginning of a line is no line. Blocks. */
enum line { LINE, LINE_TOO_LONG, LINES_END };
enum line next_line(struct lines *lines, const char **line);

#endif
