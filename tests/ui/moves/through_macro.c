/* The move, the use, or both are written in a macro. */
#include "words.h"

#define SEND(tx, x) fl_unwrap(fl_send(tx, fl_move(x)))
#define SHOW(x) printf("%s\n", (x).s)
#define SEND_TWICE(tx, x) do { SEND(tx, x); SEND(tx, x); } while (0)

void moves(fl_sender(text) tx)
{
    text t = text_of("a");
    SEND(tx, t);
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
}

void uses(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_unwrap(fl_send(tx, fl_move(t)));
    SHOW(t); //~ ERROR E0382 use of moved value: `t`
}

void both(fl_sender(text) tx)
{
    text t = text_of("a");
    SEND_TWICE(tx, t); //~ ERROR E0382 use of moved value: `t`
}
