/* An owned value copied out of what a pointer leads to: E0507, as out of a reference. */
#include "words.h"

static text shared;

void variable(struct job *j)
{
    text t = j->name; //~ ERROR E0507 cannot move out of `j->name` which is behind a pointer
    fl_drop(t);
}

text returned(struct job *j)
{
    return j->body; //~ ERROR E0507 cannot move out of `j->body` which is behind a pointer
}

void element(text *all, int i)
{
    text t = all[i]; //~ ERROR E0507
    fl_drop(t);
}

void sent(struct job *j, fl_sender(text) tx)
{
    fl_unwrap(fl_send(tx, j->name)); //~ ERROR E0507 cannot move out of `j->name` which is behind a pointer
}

void from_static(void)
{
    text t = shared; //~ ERROR E0507 cannot move out of static item `shared`
    fl_drop(t);
}
