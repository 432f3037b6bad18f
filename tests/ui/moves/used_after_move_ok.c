/* The same with a new value in between, or with the use first. */
#include "words.h"

void reads(fl_sender(text) tx)
{
    text t = text_of("a");
    printf("%zu\n", t.len);
    text_print(&t);
    fl_unwrap(fl_send(tx, fl_move(t)));
}

void fills_again(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_unwrap(fl_send(tx, fl_move(t)));
    t = text_of("b");
    text_print(&t);
    fl_drop(t);
}

void auto_does_nothing(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    fl_unwrap(fl_send(tx, fl_move(t)));
}
