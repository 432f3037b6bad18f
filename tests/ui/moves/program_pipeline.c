/* A correct program: three stages, each owning its two ends; a stage ends when its input does. */
#include "words.h"

FL_THREAD_FN(void, read_lines, fl_sender(text), out)
{
    fl_auto(out);
    char line[256];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '\0')
            continue;
        if (fl_send(out, text_of(line)) != FL_OK)
            break;
    }
}

FL_THREAD_FN(fl_status, decorate, fl_receiver(text), in, fl_sender(text), out)
{
    fl_auto(in);
    fl_auto(out);
    text t;
    fl_status s;
    while ((s = fl_recv(in, &t)) == FL_OK) {
        text_append(&t, "!");
        s = fl_send_or(out, &t);
        if (s != FL_OK) {
            fprintf(stderr, "lost: %s\n", t.s);
            fl_drop(t);
            return s;
        }
    }
    return FL_OK;
}

FL_THREAD_FN(int, print_all, fl_receiver(text), in)
{
    fl_auto(in);
    int lines = 0;
    for (;;) {
        text t;
        switch (fl_recv(in, &t)) {
        case FL_OK:
            puts(t.s);
            fl_drop(t);
            lines++;
            break;
        default:
            return lines;
        }
    }
}

int main(void)
{
    fl_sender(text) raw_in, nice_in;
    fl_receiver(text) raw_out, nice_out;
    fl_channel(&raw_in, &raw_out);
    fl_channel(&nice_in, &nice_out);

    fl_join_handle(void) reader = fl_spawn(read_lines, fl_move(raw_in));
    fl_join_handle(fl_status) middle = fl_spawn(decorate, fl_move(raw_out), fl_move(nice_in));
    fl_join_handle(int) printer = fl_spawn(print_all, fl_move(nice_out));

    fl_status how;
    if (fl_join(middle, &how) != FL_OK)
        fprintf(stderr, "%s\n", fl_panic_message());
    else if (how != FL_OK)
        fprintf(stderr, "%s\n", fl_status_text(how));
    fl_unwrap(fl_join(reader));
    printf("%d lines\n", fl_joined(printer));
    return 0;
}
