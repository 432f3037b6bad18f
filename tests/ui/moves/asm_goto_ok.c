/* The same jumps where nothing that was moved is used. */
#include "words.h"

void label_before_the_move(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    __asm__ goto("" : : : : used);
    fl_unwrap(fl_send(tx, fl_move(t)));
    return;
used:
    text_print(&t);
}

void filled_again(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
again:
    text_print(&t);
    fl_unwrap(fl_send(tx, fl_move(t)));
    t = text_of("b");
    __asm__ goto("" : : : : again, left);
left:
    return;
}

/* The label that is not listed cannot be reached. */
void other_label(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    fl_unwrap(fl_send(tx, fl_move(t)));
    __asm__ goto("used:" : : : : left);
    return;
    text_print(&t);
left:
    return;
}
