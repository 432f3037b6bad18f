/* The same shapes, done right. */
#include "words.h"

void chosen(bool c)
{
    text a = text_of("a"), b = text_of("b");
    fl_auto(a);
    fl_auto(b);
    text x = c ? fl_move(a) : fl_move(b);
    text_print(&x);
    fl_drop(x);
}

void comma(fl_sender(text) tx)
{
    text t = text_of("a");
    int n = (text_print(&t), (int)t.len);
    fl_unwrap(fl_send(tx, fl_move(t)));
    printf("%d\n", n);
}

void outer_loop(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) {
            if (j != 1)
                continue;
            fl_unwrap(fl_send(tx, fl_move(t)));
            return;
        }
}

void take_through_pointer(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    text *p = &t;
    fl_unwrap(fl_send(tx, fl_move(*p)));
    text_print(p);
    *p = text_of("b");
}

void drop_through_pointer(void)
{
    struct job j = { 1, text_of("a"), text_of("b") };
    fl_auto(j);
    for (text *t = &j.name; t <= &j.body; t++)
        fl_drop(*t);
}

void chain(void)
{
    text a = text_of("a");
    text b = fl_move(a);
    text c = fl_move(b);
    a = fl_move(c);
    text_print(&a);
    fl_drop(a);
}
