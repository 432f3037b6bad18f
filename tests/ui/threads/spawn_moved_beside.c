/* One argument uses what another one moves: E0382 alone. What stays a borrow is E0373 still. */
#include <fearless.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *s;
} text;
static void text_drop(text *t)
{
    free(t->s);
}
#define FL_OWNED text, text_drop
#include <fearless/owned.h>
struct pair {
    text a, b;
};

static text text_of(const char *s)
{
    return (text){ strdup(s) };
}
static char *body(const text *t)
{
    return t->s;
}
FL_THREAD_FN(void, with_bytes, text, t, const char *, s)
{
    fl_auto(t);
    puts(s);
}
FL_THREAD_FN(void, with_text, text, t, const text *, other)
{
    fl_auto(t);
    puts(other->s);
}
FL_THREAD_FN(void, with_length, text, t, size_t, n)
{
    fl_auto(t);
    printf("%zu\n", n);
}

static void field(void)
{
    text v = text_of("a");
    fl_detach(fl_spawn(with_bytes, fl_move(v), v.s)); //~ ERROR E0382 use of moved value: `v`
}
static void computed(void)
{
    text v = text_of("a");
    fl_detach(fl_spawn(with_bytes, fl_move(v), v.s + 1)); //~ ERROR E0382 use of moved value: `v`
}
static void by_helper(void)
{
    text v = text_of("a");
    fl_detach(fl_spawn(with_bytes, fl_move(v), body(&v))); //~ ERROR E0382 borrow of moved value: `v`
}
static void part(void)
{
    struct pair p = { text_of("a"), text_of("b") };
    fl_detach(fl_spawn(with_bytes, fl_move(p.a), p.a.s)); //~ ERROR E0382 use of moved value: `p.a`
    fl_drop(p.b);
}
static void other_part(void)
{
    struct pair p = { text_of("a"), text_of("b") };
    fl_detach(fl_spawn(with_bytes, fl_move(p.a), p.b.s)); //~ ERROR E0373 it borrows `p`
    fl_drop(p.b);
}
static void taken_before(void)
{
    text v = text_of("a");
    char *s = v.s;
    fl_detach(fl_spawn(with_bytes, fl_move(v), s)); //~ ERROR E0373 it borrows `v`
}
static void the_variable(void)
{
    text v = text_of("a");
    fl_detach(fl_spawn(with_text, fl_move(v), &v)); //~ ERROR E0373 it borrows `v`
}
static void read_before(void)
{
    text v = text_of("a");
    size_t n = strlen(v.s);
    fl_detach(fl_spawn(with_length, fl_move(v), n));
}

int main(void)
{
    field();
    computed();
    by_helper();
    part();
    other_part();
    taken_before();
    the_variable();
    read_before();
    return 0;
}
