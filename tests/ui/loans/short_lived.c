/* Storage ends while a pointer to it is still used. */
#include "words.h"

int inner_block(void)
{
    int *p;
    {
        int x = 2;
        p = &x; //~ ERROR E0597 `x` does not live long enough
    }
    return *p;
}

int in_a_field(void)
{
    struct view view;
    {
        char word[8] = "word";
        view.from = word; //~ ERROR E0597 `word` does not live long enough
    }
    return view.from[0];
}

int last_pass(void)
{
    const char *last = NULL;
    for (int i = 0; i < 3; i++) {
        char word[8] = "w";
        word[1] = (char)i;
        last = word; //~ ERROR E0597
    }
    return last[0];
}

int by_goto(int n)
{
    int *p = NULL;
again:
    if (p && *p > 3)
        return *p;
    {
        int x = n++;
        p = &x; //~ ERROR E0597
    }
    goto again;
}

struct chain {
    const struct chain *next;
    int value;
};

int linked(const struct chain *rest)
{
    const struct chain *top = rest;
    if (ready()) {
        struct chain link = { top, 1 };
        top = &link; //~ ERROR E0597 `link` does not live long enough
    }
    return top->next->value;
}

static const int *latest;

void in_a_global(void)
{
    int x = 1;
    latest = &x; //~ ERROR E0597
}

void through_a_parameter(struct view *view)
{
    char word[8] = "w";
    view->from = word; //~ ERROR E0597
    view->len = 1;
}

int from_a_branch(int which)
{
    int a = 1;
    int *p = &a;
    if (which) {
        int b = 2;
        p = &b; //~ ERROR E0597 `b` does not live long enough
    }
    return *p;
}

int literal_in_a_block(int which)
{
    const struct view *v = NULL;
    if (which)
        v = &(struct view){ "w", 1 };
    else
        v = NULL;
    return which;
}

int literal_used_behind_its_block(void)
{
    const struct view *v;
    {
        v = &(struct view){ "w", 1 }; //~ ERROR E0716 temporary value dropped while borrowed
    }
    return (int)v->len;
}
