// A function that takes a part out of its by-value parameter has taken over the whole: the rest is its to drop.
#include "words.h"

void keep(text t FL_MOVED);

static void a_part(struct job j)
{
    keep(fl_move(j.name));
} //~ ERROR F0301 owned value `j` is never dropped
static void a_part_and_the_rest(struct job j)
{
    fl_auto(j);
    keep(fl_move(j.name));
}
static void every_part(struct job j)
{
    keep(fl_move(j.name));
    fl_drop(j.body);
}
static void on_one_way(struct job j, int now)
{
    if (now)
        keep(fl_move(j.name));
    fl_drop(j.name);
    fl_drop(j.body);
}
static int forgets_on_one_way(struct job j)
{
    fl_drop(j.name);
    if (j.id < 0)
        return -1; //~ ERROR F0301 owned value `j` is never dropped
    fl_drop(j.body);
    return 0;
}
static int looks(struct job j)
{
    text_print(&j.name);
    return j.id;
}

void callers(void)
{
    struct job a = { 1, text_of("a"), text_of("b") };
    struct job b = { 2, text_of("a"), text_of("b") };
    a_part(fl_move(a));
    a_part_and_the_rest(b); //~ ERROR F0304 owned value `b` is given away without being moved
    every_part((struct job){ 3, text_of("a"), text_of("b") });
    on_one_way((struct job){ 3, text_of("a"), text_of("b") }, 1);
    forgets_on_one_way((struct job){ 3, text_of("a"), text_of("b") });
}
int lent(void)
{
    struct job a = { 1, text_of("a"), text_of("b") };
    fl_auto(a);
    return looks(a) + looks(a);
}
// A move to a function that only looks is nobody's value afterwards.
int given_to_who_looks(void)
{
    struct job a = { 1, text_of("a"), text_of("b") };
    return looks(fl_move(a)); //~ ERROR F0301 owned value is never dropped
}
