#include "words.h"

void job_print(const struct job *j);

void other_field(fl_sender(text) tx)
{
    struct job j = { 1, text_of("n"), text_of("b") };
    fl_auto(j);
    fl_unwrap(fl_send(tx, fl_move(j.name)));
    printf("%d %s\n", j.id, j.body.s);
}

void put_back(fl_sender(text) tx)
{
    struct job j = { 1, text_of("n"), text_of("b") };
    fl_auto(j);
    fl_unwrap(fl_send(tx, fl_move(j.name)));
    j.name = text_of("again");
    job_print(&j);
}

void rest_is_dropped(fl_sender(text) tx)
{
    struct job j = { 1, text_of("n"), text_of("b") };
    fl_unwrap(fl_send(tx, fl_move(j.name)));
    fl_drop(j);
}
