#include "words.h"

void empty_before(fl_sender(text) tx)
{
    text t = { 0 };
    t = text_of("a");
    fl_unwrap(fl_send(tx, fl_move(t)));
    t = text_of("b");
    fl_drop(t);
    t = text_of("c");
    fl_drop(t);
}

void in_loop(void)
{
    text t = { 0 };
    fl_auto(t);
    for (int i = 0; i < 3; i++) {
        fl_drop(t);
        t = text_of("b");
    }
}

void same_condition(void)
{
    text t = { 0 };
    bool have = false;
    if (ready()) {
        t = text_of("a");
        have = true;
    }
    if (!have)
        t = text_of("b");
    fl_drop(t);
}

void forgotten(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_forget(t);
    t = text_of("b");
    fl_drop(t);
    (void)tx;
}
