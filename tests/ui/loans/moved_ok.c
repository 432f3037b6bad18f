/* The twins of moved.c: the pointer is not used again, or is set anew. */
#include "words.h"

void used_before(text v)
{
    char *p = v.s;
    puts(p);
    keep(fl_move(v));
}

void set_anew(text v, text w)
{
    char *p = v.s;
    puts(p);
    keep(fl_move(v));
    p = w.s;
    puts(p);
    keep(fl_move(w));
}

void compared(text v, const char *other)
{
    char *p = v.s;
    keep(fl_move(v));
    if (p == other || !p)
        puts("the same");
}

void on_another_path(text v, int which)
{
    char *p = v.s;
    if (which) {
        keep(fl_move(v));
        return;
    }
    puts(p);
    fl_drop(v);
}

void other_part(struct pair j)
{
    const char *p = j.b.s;
    keep(fl_move(j.a));
    puts(p);
    fl_drop(j.b);
}

static struct view shown;

void global_is_reset(text v)
{
    shown.from = v.s;
    puts(shown.from);
    shown.from = NULL;
    keep(fl_move(v));
}

void from_the_new_owner(text v)
{
    text w = fl_move(v);
    char *p = w.s;
    puts(p);
    fl_drop(w);
}

void taken_through_the_pointer(text *t)
{
    text old = fl_move(*t);
    puts(old.s);
    fl_drop(old);
    t->s = NULL;
}

/* Fields moved by hand: the old owner has none left. */
text by_hand(text v)
{
    fl_auto(v); /* drops the empty text */
    text w = { v.s, v.len };
    v.s = NULL;
    v.len = 0;
    return fl_move(w);
}

void each_in_turn(text *first, int n)
{
    for (int i = 0; i < n; i++) {
        text v = fl_move(first[i]);
        const char *p = v.s;
        puts(p);
        keep(fl_move(v));
    }
}

void value_copied_out(text v)
{
    char *p = v.s;
    char c = p[0];
    keep(fl_move(v));
    putchar(c);
}

void arc_still_held(void)
{
    fl_arc(int) a = fl_arc_new(int, 5);
    const int *p = fl_get(a);
    printf("%d\n", *p);
    fl_drop(a);
}

void reset_shown(void)
{
    shown = (struct view){ 0 };
}

void reset_by_a_helper(text v)
{
    shown.from = v.s;
    keep(fl_move(v));
    reset_shown();
}

/* What is taken out of a value before it goes is no part of it any more. */
struct link {
    fl_box(struct link) next;
    int n;
};
static inline void link_drop(struct link *l)
{
    fl_drop(l->next);
}
#define FL_OWNED struct link, link_drop
#include <fearless/owned.h>

void unlink_all(fl_box(struct link) list)
{
    while (list) {
        fl_box(struct link) rest = fl_move(fl_get(list)->next);
        fl_drop(list);
        list = fl_move(rest);
    }
}
