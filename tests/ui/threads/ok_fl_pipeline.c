/* Three stages of threads, connected by channels; everything that crosses is owned. */
#include <fearless.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *s;
} text;

static text text_of(const char *s)
{
    text t = { strdup(s) };
    if (!t.s)
        abort();
    return t;
}
static void text_drop(text *t)
{
    free(t->s);
}
#define FL_OWNED text, text_drop
#include <fearless/owned.h>

FL_THREAD_FN(void, read_lines, fl_sender(text), out)
{
    static const char *const lines[] = { "one", "two", "three" };
    fl_auto(out);
    for (size_t i = 0; i < 3; i++)
        if (fl_send(out, text_of(lines[i])) != FL_OK)
            return;
}

FL_THREAD_FN(void, shout, fl_receiver(text), in, fl_sender(text), out)
{
    fl_auto(in);
    fl_auto(out);
    fl_for_each (t, in) {
        for (char *p = t.s; *p; p++)
            if (*p >= 'a' && *p <= 'z')
                *p = (char)(*p - 'a' + 'A');
        if (fl_send(out, fl_move(t)) != FL_OK)
            break;
    }
}

int main(void)
{
    fl_sender(text) line_tx, loud_tx;
    fl_receiver(text) line_rx, loud_rx;
    fl_channel(&line_tx, &line_rx);
    fl_channel(&loud_tx, &loud_rx);
    fl_auto(loud_rx);

    fl_join_handle(void) reader = fl_spawn(read_lines, fl_move(line_tx));
    fl_join_handle(void) shouter = fl_spawn(shout, fl_move(line_rx), fl_move(loud_tx));
    fl_for_each (t, loud_rx)
        puts(t.s);
    fl_unwrap(fl_join(reader));
    fl_unwrap(fl_join(shouter));
    return 0;
}
