/* The last value of ({ }) is moved out, as by return. */
#include "words.h"

void value(void)
{
    text t = ({
        text inner = text_of("a");
        text_append(&inner, "b");
        inner;
    });
    text_print(&t);
    fl_drop(t);
}

void replaced(void)
{
    text t = text_of("a");
    text old = fl_replace(&t, text_of("b"));
    text_print(&old);
    text_print(&t);
    fl_drop(old);
    fl_drop(t);
}

void swapped(void)
{
    text a = text_of("a"), b = text_of("b");
    fl_swap(&a, &b);
    text_print(&a);
    fl_drop(a);
    fl_drop(b);
}
