/* Lent for a call, moved, cloned, or emptied at once: a swap by hand is two moves. */
#include "words.h"

static size_t length(text t)
{
    return t.len;
}

void lent(void)
{
    text a = text_of("a");
    printf("%zu\n", length(a));
    text_print(&a);
    fl_drop(a);
}

void swapped(void)
{
    text a = text_of("a"), b = text_of("b");
    text t = a;
    a = b;
    b = t;
    fl_drop(a);
    fl_drop(b);
}

void taken_by_hand(text *p)
{
    text t = *p;
    *p = (text){ 0 };
    text_print(&t);
    fl_drop(t);
}

void forgotten(void)
{
    text a = text_of("a");
    text b = a;
    fl_forget(a);
    fl_drop(b);
}

void cloned(fl_sender(text) tx)
{
    fl_sender(text) tx2 = fl_clone(tx);
    fl_auto(tx2);
    fl_unwrap(fl_send(tx2, text_of("a")));
}

void pointer(void)
{
    text a = text_of("a");
    const text *p = &a;
    text_print(p);
    fl_drop(a);
}
