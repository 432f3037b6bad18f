#include "words.h"

void filled_by_call(fl_receiver(text) rx)
{
    text t;
    if (fl_recv(rx, &t) != FL_OK)
        return;
    text_print(&t);
    fl_drop(t);
}

int auto_of_empty(void)
{
    text t = { 0 };
    fl_auto(t);
    if (!ready())
        return -1;
    t = text_of("a");
    return 0;
}

int received(fl_receiver(text) rx)
{
    text t;
    switch (fl_try_recv(rx, &t)) {
    case FL_OK:
        puts(t.s);
        fl_drop(t);
        return 0;
    case FL_EMPTY:
        return 1;
    default:
        return 2;
    }
}

void unwrapped(fl_receiver(text) rx)
{
    text t;
    fl_unwrap(fl_recv(rx, &t));
    text_print(&t);
    fl_drop(t);
}
