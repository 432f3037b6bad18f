/* A local is read on a way on which nothing was stored in it. */
#include <stdbool.h>
#include <stdio.h>

int ready(void);

int never(void)
{
    int x;
    return x; //~ ERROR E0381 used binding `x` isn't initialized
}

int one_branch(void)
{
    int x;
    if (ready())
        x = 1;
    return x; //~ ERROR E0381 used binding `x` is possibly-uninitialized
}

int one_case(int kind)
{
    int x;
    switch (kind) {
    case 1:
        x = 1;
        break;
    case 2:
        x = 2;
        break;
    default:
        break;
    }
    return x; //~ ERROR E0381 used binding `x` is possibly-uninitialized
}

int maybe_no_iteration(int n)
{
    int x;
    for (int i = 0; i < n; i++)
        x = i;
    return x; //~ ERROR E0381 used binding `x` is possibly-uninitialized
}

int behind_and(void)
{
    int x;
    if (ready() && (x = ready()) > 1)
        return x;
    return x; //~ ERROR E0381 used binding `x` is possibly-uninitialized
}

int in_condition(void)
{
    int x;
    while (x < 3) //~ ERROR E0381 used binding `x` is possibly-uninitialized
        x = ready();
    return x;
}

int increment(void)
{
    int x;
    x += 1; //~ ERROR E0381 used binding `x` isn't initialized
    return x;
}

int goto_past(void)
{
    int x;
    if (!ready())
        goto out;
    x = 1;
out:
    return x; //~ ERROR E0381 used binding `x` is possibly-uninitialized
}

char through_pointer(void)
{
    char *p;
    return *p; //~ ERROR E0381 used binding `p` isn't initialized
}

int of_struct(void)
{
    struct { int a, b; } s;
    return s.a; //~ ERROR E0381 used binding `s` isn't initialized
}

int of_array(int i)
{
    int a[4];
    return a[i]; //~ ERROR E0381 used binding `a` isn't initialized
}

void as_argument(void)
{
    const char *name;
    if (ready())
        name = "ready";
    printf("%s\n", name); //~ ERROR E0381 used binding `name` is possibly-uninitialized
}

int next_iteration(void)
{
    int sum = 0;
    for (int i = 0; i < 3; i++) {
        int last;
        if (i > 0)
            sum += last; //~ ERROR E0381 used binding `last`
        last = i;
    }
    return sum;
}
