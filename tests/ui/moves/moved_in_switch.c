/* Cases that move and fall through into one that uses; a use behind the switch. */
#include "words.h"

void falls_through(fl_sender(text) tx, int kind)
{
    text t = text_of("a");
    fl_auto(t);
    switch (kind) {
    case 1:
        fl_unwrap(fl_send(tx, fl_move(t)));
        /* fall through */
    case 2:
        text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
        break;
    default:
        break;
    }
}

void behind(fl_sender(text) tx, int kind)
{
    text t = text_of("a");
    fl_auto(t);
    switch (kind) {
    case 1:
        fl_unwrap(fl_send(tx, fl_move(t)));
        break;
    case 2 ... 5:
        fl_detach(fl_spawn(print_text, fl_move(t)));
        break;
    default:
        break;
    }
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
}
