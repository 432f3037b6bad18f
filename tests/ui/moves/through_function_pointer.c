// What a function takes over it takes over through a pointer, too: as the parameter's declaration says, or as all functions
// do that a local pointer is set to.
#include "words.h"

typedef void (*taker)(text t FL_MOVED);
typedef void eater(text t FL_MOVED);
typedef void (*emptier)(text *t FL_MOVED);
struct ops {
    void (*take)(text t FL_MOVED);
    void (*look)(text t);
    eater *table[2];
};

void by_typedef(taker take)
{
    text v = text_of("a");
    take(v); //~ ERROR F0304 owned value `v` is given away without being moved
}
void by_typedef_moved(taker take)
{
    text v = text_of("a");
    take(fl_move(v));
}
void used_afterwards(taker take)
{
    text v = text_of("a");
    take(fl_move(v));
    text_print(&v); //~ ERROR E0382 borrow of moved value: `v`
}
void by_field(const struct ops *ops, text *items)
{
    text v = text_of("a");
    ops->take(v); //~ ERROR F0304 given away
    ops->take(items[2]); //~ ERROR E0507 cannot move out of `items[2]`
}
void by_field_lent(const struct ops *ops, text *items)
{
    text v = text_of("a");
    fl_auto(v);
    ops->look(v);
    ops->look(items[2]);
    ops->take(fl_move(items[2]));
}
void by_table(const struct ops *ops, int i)
{
    text v = text_of("a");
    ops->table[i](v); //~ ERROR F0304 given away
}
void pointee(emptier empty)
{
    text v = text_of("a");
    empty(&v);
    text_print(&v); //~ ERROR E0382 borrow of moved value: `v`
}
void pointee_filled_again(emptier empty)
{
    text v = text_of("a");
    empty(&v);
    v = text_of("b");
    fl_drop(v);
}

// No note: the functions themselves.
static void eat(text t)
{
    fl_auto(t);
}
static void drink(text t)
{
    text_print(&t);
    fl_drop(t);
}
static size_t length(text t)
{
    return t.len;
}
void known_here(void)
{
    void (*f)(text t) = eat;
    text v = text_of("a");
    f(v); //~ ERROR F0304 given away
}
void known_here_moved(void)
{
    void (*f)(text t) = eat;
    text v = text_of("a");
    f(fl_move(v));
}
void one_of_two(int which)
{
    void (*f)(text t) = which ? eat : drink;
    text v = text_of("a");
    f(v); //~ ERROR F0304 given away
}
size_t only_looked_at(size_t (*f)(text t))
{
    text v = text_of("a");
    fl_auto(v);
    f = f ? f : length;
    return f(v) + (*f)(v);
}
