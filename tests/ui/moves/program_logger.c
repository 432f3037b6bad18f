/* A correct program: a logger thread with a handle struct, closed by hand in the right order. */
#include "words.h"

#include <stdarg.h>

struct logger {
    fl_sender(text) lines;
    fl_join_handle(int) thread;
};

FL_THREAD_FN(int, log_lines, fl_receiver(text), lines)
{
    fl_auto(lines);
    int n = 0;
    fl_for_each (line, lines) {
        fprintf(stderr, "%d %s\n", n++, line.s);
        if (n % 10 == 0)
            fflush(stderr);
    }
    return n;
}

static void logger_drop(struct logger *l)
{
    fl_drop(l->lines);
    fl_drop(l->thread);
}
#define FL_OWNED struct logger, logger_drop
#include <fearless/owned.h>

static struct logger logger_open(void)
{
    struct logger l = { 0 };
    fl_receiver(text) rx;
    fl_channel(&l.lines, &rx);
    l.thread = fl_spawn(log_lines, fl_move(rx));
    return l;
}

static void logger_say(const struct logger *l, const char *format, ...)
{
    char buffer[128];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    fl_ignore(fl_send(l->lines, text_of(buffer)));
}

static int logger_close(struct logger l)
{
    fl_auto(l);
    int n = 0;
    fl_drop(l.lines);
    if (fl_join(l.thread, &n) != FL_OK)
        return -1;
    return n;
}

int main(void)
{
    struct logger l = logger_open();
    for (int i = 0; i < 25; i++)
        logger_say(&l, "line %d", i);
    return logger_close(fl_move(l)) == 25 ? 0 : 1;
}
