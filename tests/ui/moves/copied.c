/* Copied where only a move gives ownership away. */
#include "words.h"

static void keep(text t)
{
    fl_auto(t);
    text_print(&t);
}

void assigned(void)
{
    text a = text_of("a");
    text b = a; //~ ERROR F0304 owned value `a` is copied without being moved
    fl_drop(b);
}

void assigned_later(void)
{
    text a = text_of("a");
    fl_auto(a);
    text b;
    b = a; //~ ERROR F0304 owned value `a` is copied without being moved
    fl_drop(b);
}

void into_struct(fl_sender(struct job) tx)
{
    text a = text_of("a");
    struct job j = { 1, a, text_of("b") }; //~ ERROR F0304 owned value `a` is copied without being moved
    fl_unwrap(fl_send(tx, fl_move(j)));
}

void into_channel(fl_sender(text) tx)
{
    text a = text_of("a");
    fl_auto(a);
    fl_unwrap(fl_send(tx, a)); //~ ERROR F0304 owned value `a` is copied without being moved
}

void into_consumer(void)
{
    text a = text_of("a");
    keep(a); //~ ERROR F0304 owned value `a` is given away without being moved
}

void into_thread(void)
{
    text a = text_of("a");
    fl_detach(fl_spawn(print_text, a)); //~ ERROR F0304 owned value `a` is given away without being moved
}

void handle(fl_sender(text) tx)
{
    fl_sender(text) tx2 = tx; //~ ERROR F0304 owned value `tx` is copied without being moved
    fl_unwrap(fl_send(tx2, text_of("a")));
}

void into_memory(struct job *j)
{
    text a = text_of("a");
    j->name = a; //~ ERROR F0304 owned value `a` is copied without being moved
}
