/* Moved on one way, used on the other; the same condition twice means the same twice. */
#include "words.h"

void either(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    if (ready())
        fl_unwrap(fl_send(tx, fl_move(t)));
    else
        text_print(&t);
}

void returns(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    if (ready()) {
        fl_unwrap(fl_send(tx, fl_move(t)));
        return;
    }
    text_print(&t);
}

void remembered(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    bool sent = false;
    if (ready()) {
        fl_unwrap(fl_send(tx, fl_move(t)));
        sent = true;
    }
    puts("working");
    if (!sent)
        text_print(&t);
}

void panics(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    if (ready()) {
        fl_unwrap(fl_send(tx, fl_move(t)));
        fl_panic("sent too early");
    }
    text_print(&t);
}
