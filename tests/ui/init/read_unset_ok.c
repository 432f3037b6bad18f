/* Every way that can be taken stores first. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

int ready(void);
int fill(int *out);

int both_branches(void)
{
    int x;
    if (ready())
        x = 1;
    else
        x = 2;
    return x;
}

int remembered(void)
{
    int x;
    bool have = false;
    if (ready()) {
        x = 1;
        have = true;
    }
    puts("working");
    return have ? x : 0;
}

int same_condition(int verbose)
{
    int start;
    if (verbose)
        start = ready();
    puts("working");
    if (verbose)
        return start;
    return 0;
}

struct options { int verbose, level; };

int same_field(const struct options *o)
{
    int start;
    if (o->verbose)
        start = ready();
    puts("working");
    if (o->verbose && o->level > 2)
        return start;
    return 0;
}

int by_error_code(void)
{
    int x;
    int rc = -1;
    if (!ready())
        goto out;
    x = 1;
    rc = 0;
out:
    if (rc == 0)
        return x;
    return rc;
}

int out_parameter(void)
{
    int x;
    if (fill(&x) != 0)
        return -1;
    return x;
}

int counted_loop(void)
{
    int x;
    for (int i = 0; i < 3; i++)
        x = i;
    return x;
}

int endless_loop(void)
{
    int x;
    for (;;) {
        x = ready();
        if (x > 3)
            break;
    }
    return x;
}

enum kind { A, B };

int every_enumerator(enum kind kind)
{
    int x;
    switch (kind) {
    case A:
        x = 1;
        break;
    case B:
        x = 2;
        break;
    }
    return x;
}

int default_ends(int kind)
{
    int x;
    switch (kind) {
    case 1:
        x = 1;
        break;
    default:
        abort();
    }
    return x;
}

int do_loop(void)
{
    int x;
    do
        x = ready();
    while (x < 3);
    return x;
}

int part_of_struct(void)
{
    struct { int a, b; } s;
    s.a = 1;
    return s.a;
}

int array(void)
{
    int a[3];
    for (int i = 0; i < 3; i++)
        a[i] = i;
    return a[1];
}

int size_only(void)
{
    int x;
    return (int)sizeof x + (int)sizeof(x);
}

int known_better(int n)
{
    int x = x;
    if (n > 0)
        x = n;
    return x;
}
