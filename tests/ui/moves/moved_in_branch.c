/* Moved on one way, used on all. */
#include "words.h"

void in_if(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    if (ready())
        fl_unwrap(fl_send(tx, fl_move(t)));
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
}

void in_else(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    if (ready()) {
        puts("ready");
    } else {
        fl_unwrap(fl_send(tx, fl_move(t)));
    }
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
}

void in_both(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    if (ready())
        fl_unwrap(fl_send(tx, fl_move(t)));
    else
        fl_detach(fl_spawn(print_text, fl_move(t)));
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
}

void in_conditional(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    fl_ignore(ready() ? fl_send(tx, fl_move(t)) : FL_OK);
    printf("%s\n", t.s); //~ ERROR E0382 use of moved value: `t`
}

void behind_and(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    if (ready() && fl_send(tx, fl_move(t)) == FL_OK)
        puts("sent");
    printf("%s\n", t.s); //~ ERROR E0382 use of moved value: `t`
}
