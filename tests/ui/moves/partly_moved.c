/* Fields are move paths of their own. */
#include "words.h"

void job_print(const struct job *j);

void whole_after_field(fl_sender(text) tx)
{
    struct job j = { 1, text_of("n"), text_of("b") };
    fl_auto(j);
    fl_unwrap(fl_send(tx, fl_move(j.name)));
    job_print(&j); //~ ERROR E0382 borrow of partially moved value: `j`
}

void field_again(fl_sender(text) tx)
{
    struct job j = { 1, text_of("n"), text_of("b") };
    fl_auto(j);
    fl_unwrap(fl_send(tx, fl_move(j.name)));
    printf("%s\n", j.name.s); //~ ERROR E0382 use of moved value: `j.name`
}

void field_after_whole(fl_sender(struct job) tx)
{
    struct job j = { 1, text_of("n"), text_of("b") };
    fl_unwrap(fl_send(tx, fl_move(j)));
    printf("%d\n", j.id); //~ ERROR E0382 use of moved value: `j`
}

void moved_whole_after_field(fl_sender(text) tx, fl_sender(struct job) jobs)
{
    struct job j = { 1, text_of("n"), text_of("b") };
    fl_auto(j);
    fl_unwrap(fl_send(tx, fl_move(j.body)));
    fl_unwrap(fl_send(jobs, fl_move(j))); //~ ERROR E0382 use of partially moved value: `j`
}
