/* Read before it is moved, and filled after it. */
#include "words.h"

void input(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    __asm__ volatile("" : : "r"(t.len), "m"(t));
    fl_unwrap(fl_send(tx, fl_move(t)));
}

void other_operands(fl_sender(text) tx)
{
    text t = text_of("a");
    size_t length = t.len;
    fl_auto(t);
    fl_unwrap(fl_send(tx, fl_move(t)));
    __asm__ volatile("" : "+r"(length) : "r"(1) : "memory");
}

void filled(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    fl_unwrap(fl_send(tx, fl_move(t)));
    fl_unsafe { __asm__ volatile("" : "=m"(t)); }
    text_print(&t);
}
