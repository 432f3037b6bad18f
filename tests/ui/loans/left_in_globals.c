/* What is left in an array outside of the function, and addresses of thread-locals in memory that all threads see. */
#include "words.h"

static char *names[8];
static struct view views[4];
static _Thread_local int mine;
static _Thread_local struct { int at[3]; } record;
static int *shared, *table[4];
static _Thread_local int *own;

static int zero(void)
{
    return 0;
}
FL_THREAD_LOCAL(int, counted, zero);

void by_a_constant(text t)
{
    names[1] = t.s;
    fl_drop(t); //~ ERROR E0505 cannot drop `t` because it is borrowed
}

void by_a_variable(text t, int i)
{
    names[i] = t.s;
    keep(fl_move(t)); //~ ERROR E0505 cannot move out of `t` because it is borrowed
}

void in_a_field(text t, int i)
{
    views[i].from = t.s;
    keep(fl_move(t)); //~ ERROR E0505
}

void at_the_end_of_the_scope(text t)
{
    fl_auto(t);
    views[0].from = t.s; //~ ERROR E0597 `t` does not live long enough
}

void of_a_local(int i)
{
    char word[8] = "word";
    names[i] = word; //~ ERROR E0597 `word` does not live long enough
}

void set_back(text t)
{
    names[1] = t.s;
    puts(names[1]);
    names[1] = NULL;
    fl_drop(t);
}

void set_back_in_a_loop(text t)
{
    names[1] = t.s;
    for (int i = 0; i < 8; i++)
        names[i] = NULL;
    keep(fl_move(t));
}

void number_in_a_field(text t, int i)
{
    views[i].len = t.len;
    keep(fl_move(t));
}

void the_owner_goes_there(text t, text *all, int i)
{
    all[i] = fl_move(t);
}

void address_of_a_thread_local(void)
{
    shared = &mine; //~ ERROR E0597 `mine` does not live long enough
}

void in_an_array(int i)
{
    table[i] = &record.at[i & 1]; //~ ERROR E0597 `record` does not live long enough
}

void of_the_library(void)
{
    shared = fl_local(&counted); //~ ERROR E0597 `counted` does not live long enough
}

void kept_by_the_thread(void)
{
    own = &mine;
    *own = 1;
}

void only_its_value(void)
{
    static int last;
    last = mine;
    int *p = fl_local(&counted);
    if (p)
        *p += last;
}

void shown_for_a_while(void)
{
    shared = &mine;
    *shared = 1;
    shared = NULL;
}
