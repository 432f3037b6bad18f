/* Assigned over a value that is still owned. */
#include "words.h"

void straight(void)
{
    text t = text_of("a");
    t = text_of("b"); //~ ERROR F0303 `t` is overwritten while it owns a value
    fl_drop(t);
}

void one_branch(fl_sender(text) tx)
{
    text t = text_of("a");
    if (ready())
        fl_unwrap(fl_send(tx, fl_move(t)));
    t = text_of("b"); //~ ERROR F0303 `t` is overwritten while it owns a value
    fl_drop(t);
}

void in_loop(void)
{
    text t = { 0 };
    for (int i = 0; i < 3; i++)
        t = text_of("b"); //~ ERROR F0303 `t` is overwritten while it owns a value
    fl_drop(t);
}

void field(void)
{
    struct job j = { 1, text_of("n"), text_of("b") };
    fl_auto(j);
    j.name = text_of("c"); //~ ERROR F0303 `j.name` is overwritten while it owns a value
}

void by_receiving(fl_receiver(text) rx)
{
    text t = text_of("a");
    fl_auto(t);
    if (fl_recv(rx, &t) == FL_OK) //~ ERROR F0303 `t` is overwritten while it owns a value
        text_print(&t);
}

void zeroed(void)
{
    text t = text_of("a");
    t = (text){ 0 }; //~ ERROR F0303 `t` is overwritten while it owns a value
}
