/* The twins of returned.c: what is returned lives on. */
#include "words.h"

int value(void)
{
    int x = 1;
    int *p = &x;
    return *p;
}

int *in_static_storage(void)
{
    static int x;
    return &x;
}

const char *constant(int which)
{
    const char *p = which ? "yes" : "no";
    return p;
}

int *what_a_parameter_points_to(int *n)
{
    int *p = n;
    return p + 1;
}

const char *of_the_callers_text(const text *v)
{
    return v->s;
}

char *copied(void)
{
    char word[8] = "w";
    return strdup(word);
}

char *found_by_a_stranger(char *(*find)(const char *))
{
    char key[8] = "w";
    return find(key);
}

text moved_out(void)
{
    text v = text_of("a");
    fl_auto(v);
    return fl_move(v);
}

struct view of_the_caller(const text *v)
{
    struct view view = { v->s, v->len };
    return view;
}

struct view static_words(void)
{
    static const char words[] = "w";
    return (struct view){ words, 1 };
}
