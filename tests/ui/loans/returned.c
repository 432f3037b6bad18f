/* A pointer to a local variable leaves the function. */
#include "words.h"

int *variable(void)
{
    int x = 1;
    return &x; //~ ERROR E0515 cannot return reference to local variable `x`
}

char *array(void)
{
    char word[10] = "word";
    return word; //~ ERROR E0515 local variable `word`
}

int *kept_in_a_variable(void)
{
    int x = 1;
    int *p = &x;
    return p; //~ ERROR E0515 cannot return value referencing local variable `x`
}

int *parameter(int n)
{
    return &n; //~ ERROR E0515 cannot return reference to function parameter `n`
}

const char *of_an_owned_parameter(text v)
{
    fl_auto(v);
    return v.s; //~ ERROR E0515
}

const char *of_an_owned_variable(void)
{
    text v = text_of("a");
    fl_auto(v);
    const char *p = v.s + 1;
    return p; //~ ERROR E0515 cannot return value referencing local variable `v`
}

struct view in_a_struct(void)
{
    char word[8] = "w";
    struct view view = { word, 1 };
    return view; //~ ERROR E0515
}

struct view in_a_literal(void)
{
    char word[8] = "w";
    return (struct view){ .from = word, .len = 1 }; //~ ERROR E0515
}

const char *from_a_branch(int which, const char *other)
{
    char word[8] = "w";
    return which ? word : other; //~ ERROR E0515
}

static const char *first(const char *s)
{
    return *s == ' ' ? s + 1 : s;
}

const char *by_helper(void)
{
    char word[8] = " w";
    return first(word); //~ ERROR E0515
}

const int *literal(void)
{
    return (int[]){ 1, 2, 3 }; //~ ERROR E0515 cannot return reference to temporary value
}

void *as_another_type(void)
{
    struct view view = { "w", 1 };
    return (void *)&view.len; //~ ERROR E0515
}
