/* A label that only an asm goto leads to is a way to the use behind it. */
#include "words.h"

void behind_a_label(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    fl_unwrap(fl_send(tx, fl_move(t)));
    __asm__ goto("" : : : : used);
    return;
used:
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
}

#define JUMP_TO(label) __asm__ __volatile__ goto("# %l[" #label "]" : : "r"(2) : "memory" : label)

void second_label(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    fl_unwrap(fl_send(tx, fl_move(t)));
    __asm__ goto("" : : : : left, used);
left:
    return;
used:
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
}

void from_a_macro(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
again:
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
    fl_unwrap(fl_send(tx, fl_move(t)));
    JUMP_TO(again);
}

void in_a_block(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    for (int i = 0; i < 3; i++) {
        int room[2] = { 0, 1 };
        if (room[i & 1]) {
            fl_unwrap(fl_send(tx, fl_move(t)));
            JUMP_TO(used);
            return;
        }
    }
    return;
used:
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
}
