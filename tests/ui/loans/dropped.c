/* A value is dropped while a pointer leads into it. */
#include "words.h"

void by_hand(text v)
{
    const char *p = v.s;
    fl_drop(v); //~ ERROR E0505 cannot drop `v` because it is borrowed
    puts(p);
}

void through_a_pointer(text *t)
{
    const char *p = t->s;
    fl_drop(*t); //~ ERROR E0505
    puts(p);
}

void on_one_path(text v, int which)
{
    const char *p = v.s;
    if (which)
        fl_drop(v); //~ ERROR E0505
    puts(p);
    if (!which)
        fl_drop(v);
}

void refilled(text v)
{
    const char *p = v.s;
    fl_drop(v); //~ ERROR E0505
    v = text_of("new");
    puts(p);
    fl_drop(v);
}

void in_a_loop(text v)
{
    const char *p = NULL;
    while (ready()) {
        if (p)
            puts(p);
        p = v.s;
        fl_drop(v); //~ ERROR E0505
        v = text_of("next");
    }
    fl_drop(v);
}

void by_goto(text v)
{
    const char *p = v.s;
    fl_drop(v); //~ ERROR E0505
    goto out;
out:
    puts(p);
}

void at_the_end_of_a_scope(void)
{
    const char *p;
    {
        text v = text_of("short");
        fl_auto(v);
        p = v.s; //~ ERROR E0597 `v` does not live long enough
    }
    puts(p);
}

void box(void)
{
    const int *p;
    {
        fl_box(int) b = fl_box_new(int, 3);
        fl_auto(b);
        p = fl_get(b); //~ ERROR E0597 `b` does not live long enough
    }
    printf("%d\n", *p);
}
