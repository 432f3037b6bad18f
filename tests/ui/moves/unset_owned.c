/* E0381 of owned values: the drop at the scope's end is a use, too. */
#include "words.h"

void never(void)
{
    text t;
    text_print(&t); //~ ERROR E0381 used binding `t` isn't initialized
}

void moved_unset(fl_sender(text) tx)
{
    text t;
    if (ready())
        t = text_of("a");
    fl_unwrap(fl_send(tx, fl_move(t))); //~ ERROR E0381 used binding `t` is possibly-uninitialized
}

int auto_of_unset(void)
{
    text t;
    fl_auto(t);
    if (!ready())
        return -1; //~ ERROR E0381 used binding `t`
    t = text_of("a");
    return 0;
}

int received(fl_receiver(text) rx)
{
    text t;
    fl_status s = fl_try_recv(rx, &t);
    if (s == FL_EMPTY)
        return 1;
    puts(t.s); //~ ERROR E0381 used binding `t` is possibly-uninitialized
    fl_drop(t);
    return 0;
}
