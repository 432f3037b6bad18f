/* A helper whose body is in view empties what its argument points to. */
#include "words.h"

static void give(fl_sender(text) tx, text *t)
{
    fl_unwrap(fl_send(tx, fl_move(*t)));
}

static void give_through(fl_sender(text) tx, text *t)
{
    puts("giving");
    give(tx, t);
}

static void text_clear(text *t)
{
    fl_drop(*t);
}

void directly(fl_sender(text) tx)
{
    text t = text_of("a");
    give(tx, &t);
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
}

void through_another(fl_sender(text) tx)
{
    text t = text_of("a");
    give_through(tx, &t);
    printf("%s\n", t.s); //~ ERROR E0382 use of moved value: `t`
}

void through_pointer(fl_sender(text) tx)
{
    text t = text_of("a");
    text *p = &t;
    give(tx, p);
    printf("%s\n", p->s); //~ ERROR E0382 use of moved value: `t`
}

void cleared(void)
{
    text t = text_of("a");
    text_clear(&t);
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
}
