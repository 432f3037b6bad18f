/* An asm reads its inputs and what is `+`; what is `=` it only fills. */
#include "words.h"

void input(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    fl_unwrap(fl_send(tx, fl_move(t)));
    __asm__ volatile("" : : "r"(t.len)); //~ ERROR E0382
}

void in_memory(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    fl_unwrap(fl_send(tx, fl_move(t)));
    __asm__ volatile("" : : "m"(t)); //~ ERROR E0382
}

void read_and_written(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    fl_unwrap(fl_send(tx, fl_move(t)));
    __asm__ volatile("" : "+m"(t)); //~ ERROR E0382
}

void of_a_jump(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    fl_unwrap(fl_send(tx, fl_move(t)));
    __asm__ goto("" : : "r"(t.s) : : out); //~ ERROR E0382
out:
    return;
}
