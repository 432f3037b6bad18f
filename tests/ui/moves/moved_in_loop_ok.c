/* A new value in each iteration, or the loop is left after the move. */
#include "words.h"

void fresh_each_time(fl_sender(text) tx)
{
    for (int i = 0; i < 3; i++) {
        text t = text_of("a");
        fl_unwrap(fl_send(tx, fl_move(t)));
    }
}

void refilled(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    for (int i = 0; i < 3; i++) {
        fl_unwrap(fl_send(tx, fl_move(t)));
        t = text_of("next");
    }
}

void leaves(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    for (int i = 0; i < 3; i++) {
        text_print(&t);
        if (i == 1) {
            fl_unwrap(fl_send(tx, fl_move(t)));
            break;
        }
    }
}

void goto_loop(fl_sender(text) tx)
{
    text t;
again:
    t = text_of("a");
    fl_unwrap(fl_send(tx, fl_move(t)));
    if (ready())
        goto again;
}
