/* A value is used after it was moved: read, borrowed, moved again, dropped. */
#include "words.h"

void reads(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_unwrap(fl_send(tx, fl_move(t)));
    printf("%zu\n", t.len); //~ ERROR E0382 use of moved value: `t`
}

void borrows(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_unwrap(fl_send(tx, fl_move(t)));
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
}

void moves(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_unwrap(fl_send(tx, fl_move(t)));
    fl_unwrap(fl_send(tx, fl_move(t))); //~ ERROR E0382 use of moved value: `t`
}

void drops(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_unwrap(fl_send(tx, fl_move(t)));
    fl_drop(t); //~ ERROR E0382 use of moved value: `t`
}
