/* Moved in one iteration, moved or used in the next. */
#include "words.h"

void in_for(fl_sender(text) tx)
{
    text t = text_of("a");
    for (int i = 0; i < 3; i++)
        fl_unwrap(fl_send(tx, fl_move(t))); //~ ERROR E0382 use of moved value: `t`
}

void in_while(fl_sender(text) tx)
{
    text t = text_of("a");
    while (t.len > 0) //~ ERROR E0382 use of moved value: `t`
        fl_unwrap(fl_send(tx, fl_move(t)));
    fl_drop(t);
}

void in_do(fl_sender(text) tx)
{
    text t = text_of("a");
    do {
        text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
        fl_unwrap(fl_send(tx, fl_move(t)));
    } while (ready());
}

void in_goto_loop(fl_sender(text) tx)
{
    text t = text_of("a");
again:
    fl_unwrap(fl_send(tx, fl_move(t))); //~ ERROR E0382 use of moved value: `t`
    if (ready())
        goto again;
}

void with_continue(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    for (int i = 0; i < 10; i++) {
        if (i % 2)
            continue;
        fl_unwrap(fl_send(tx, fl_move(t))); //~ ERROR E0382 use of moved value: `t`
    }
}

void used_behind(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    for (int i = 0; i < 3; i++) {
        if (ready()) {
            fl_unwrap(fl_send(tx, fl_move(t)));
            break;
        }
    }
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
}
