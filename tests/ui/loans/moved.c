/* A pointer into a value, the value moves on, the pointer is used. */
#include "words.h"

void field(text v)
{
    char *p = v.s;
    keep(fl_move(v)); //~ ERROR E0505 cannot move out of `v` because it is borrowed
    puts(p);
}

void behind_arithmetic(text v)
{
    const char *end = v.s + v.len;
    keep(fl_move(v)); //~ ERROR E0505
    putchar(end[-1]);
}

void variable_itself(text v)
{
    text *p = &v;
    keep(fl_move(v)); //~ ERROR E0505
    puts(p->s);
}

void two_names(text v)
{
    char *p = v.s, *q = p;
    p = NULL;
    keep(fl_move(v)); //~ ERROR E0505
    puts(q);
}

void in_a_struct(text v)
{
    struct view view = { v.s, v.len };
    keep(fl_move(v)); //~ ERROR E0505
    fwrite(view.from, 1, view.len, stdout);
}

static struct view shown;

void in_a_global(text v)
{
    shown.from = v.s;
    keep(fl_move(v)); //~ ERROR E0505
}

void given_away_in_a_struct(text v, void (*show)(const struct view *))
{
    struct view view = { v.s, v.len };
    keep(fl_move(v)); //~ ERROR E0505
    show(&view);
}

void to_another_variable(text v)
{
    char *p = v.s;
    text w = fl_move(v); //~ ERROR E0505
    puts(p);
    fl_drop(w);
}

void one_part(struct pair j)
{
    const char *p = j.a.s;
    keep(fl_move(j.a)); //~ ERROR E0505 cannot move out of `j.a`
    puts(p);
    fl_drop(j.b);
}

void the_whole_of_a_part(struct pair j, void (*take)(struct pair))
{
    const char *p = j.b.s;
    take(fl_move(j)); //~ ERROR E0505 cannot move out of `j`
    puts(p);
}

FL_THREAD_FN(void, print_text, text, t)
{
    fl_auto(t);
    puts(t.s);
}

void into_a_channel(text v, fl_sender(text) tx)
{
    char *p = v.s;
    fl_unwrap(fl_send(tx, fl_move(v))); //~ ERROR E0505
    puts(p);
}

void to_a_thread(text v)
{
    char *p = v.s;
    fl_detach(fl_spawn(print_text, fl_move(v))); //~ ERROR E0505
    puts(p);
}

/* Through a helper in view, which returns what its argument owns. */
static const char *bytes(const text *t)
{
    return t->s;
}

void by_helper(text v)
{
    const char *p = bytes(&v);
    keep(fl_move(v)); //~ ERROR E0505
    puts(p);
}

/* ... or stores it. */
static void look_at(struct view *view, const text *t)
{
    view->from = t->s;
    view->len = t->len;
}

void by_storing_helper(text v)
{
    struct view view;
    look_at(&view, &v);
    keep(fl_move(v)); //~ ERROR E0505
    puts(view.from);
}

void what_an_arc_holds(void)
{
    fl_arc(int) a = fl_arc_new(int, 5);
    const int *p = fl_get(a);
    fl_drop(a); //~ ERROR E0505 cannot drop `a`
    printf("%d\n", *p);
}
