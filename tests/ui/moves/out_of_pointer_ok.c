/* A take leaves the empty value behind, so nothing is used after the move. */
#include "words.h"

void variable(struct job *j)
{
    text t = fl_move(j->name);
    fl_drop(t);
    text_print(&j->name);
}

text returned(struct job *j)
{
    return fl_move(j->body);
}

void element(text *all, int i, fl_sender(text) tx)
{
    fl_unwrap(fl_send(tx, fl_move(all[i])));
    all[i] = text_of("again");
}

void array(fl_sender(text) tx)
{
    text all[3] = { text_of("a"), text_of("b"), text_of("c") };
    for (int i = 0; i < 3; i++)
        fl_unwrap(fl_send(tx, fl_move(all[i])));
    for (int i = 0; i < 3; i++)
        text_print(&all[i]);
}

void borrowed(struct job *j)
{
    const text *t = &j->name;
    text_print(t);
}
