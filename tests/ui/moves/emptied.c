/* The empty value is looked at, and that is all: what follows a pointer, receives or copies, uses it. */
#include "words.h"

struct link {
    int id;
    fl_sender(int) tx;
};
FL_DROP_FIELDS(struct link, link_drop, tx)
#define FL_OWNED struct link, link_drop
#include <fearless/owned.h>

void take_text(text t FL_MOVED);
void take_link(struct link l FL_MOVED);
bool next_text(const text *in);
void send_off(FL_MOVED text *t);

static void received(void)
{
    fl_sender(int) tx;
    fl_receiver(int) rx;
    fl_channel(&tx, &rx);
    fl_drop(tx);
    fl_drop(rx);
    int n;
    if (rx == NULL && fl_recv(rx, &n) == FL_OK) //~ ERROR E0382 borrow of moved value: `rx`
        printf("%d\n", n);
}

static bool compared_with_another(fl_sender(int) other)
{
    fl_sender(int) tx;
    fl_receiver(int) rx;
    fl_channel(&tx, &rx);
    fl_drop(tx);
    fl_drop(rx);
    return tx == other; //~ ERROR E0382 use of moved value: `tx`
}

static bool part_of_what_moved(struct link l)
{
    take_link(fl_move(l));
    return l.tx == NULL; //~ ERROR E0382 use of moved value: `l`
}

static void only_read(void)
{
    text t = text_of("x");
    while (next_text(&t)) //~ ERROR E0382 borrow of moved value: `t`
        take_text(fl_move(t));
    fl_drop(t);
}

static void never_set(void)
{
    fl_sender(int) tx;
    if (tx) //~ ERROR E0381 used binding `tx` isn't initialized
        puts("set");
}

static void moved_by_mark(void)
{
    text t = text_of("x");
    send_off(&t);
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
}

static void inside_a_literal(void)
{
    fl_sender(int) tx;
    fl_receiver(int) rx;
    fl_channel(&tx, &rx);
    take_link((struct link){ 1, fl_move(tx) });
    fl_drop(rx);
    fl_ignore(fl_send(tx, 1)); //~ ERROR E0382 borrow of moved value: `tx`
}

/* a macro of one's own: the variable has its name */
#define PAIR            \
    fl_sender(int) out; \
    fl_receiver(int) in; \
    fl_channel(&out, &in)

static void in_a_macro(void)
{
    PAIR;
    fl_drop(out);
    fl_drop(out); //~ ERROR E0382 use of moved value: `out`
    fl_drop(in);
}

/* the branches before the declaration decide nothing */
static void status_ignored(fl_receiver(int) rx)
{
    fl_for_each (n, rx)
        printf("%d\n", n);
    fl_sender(void) tv;
    fl_receiver(void) rv;
    fl_status s = fl_try_channel(&tv, &rv);
    s = fl_send(tv); //~ ERROR E0381 used binding `tv` is possibly-uninitialized
    fl_ignore(s);
    fl_drop(tv);
    fl_drop(rv); //~ ERROR E0381 used binding `rv` is possibly-uninitialized
}

int main(void)
{
    received();
    part_of_what_moved((struct link){ 0 });
    only_read();
    never_set();
    moved_by_mark();
    inside_a_literal();
    in_a_macro();
    status_ignored(NULL);
    return compared_with_another(NULL);
}
