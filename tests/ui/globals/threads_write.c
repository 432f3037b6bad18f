/* A plain static that threads write: through helpers, pointers, fields, arrays, static locals. */
#include <fearless.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct stats {
    int hits;
    long bytes[4];
};

static int hits;
static struct stats stats;
static char name[16];
static int *last;
static int total;
static int sorted;

FL_THREAD_FN(void, counts, int, times)
{
    for (int i = 0; i < times; i++)
        hits++; //~ ERROR E0133 use of mutable static `hits` where threads can reach it
}

static void add_bytes(long n)
{
    stats.bytes[n & 3] += n; //~ ERROR E0133 use of mutable static `stats`
}
static void note_request(long n)
{
    if (n > 0)
        add_bytes(n);
}
FL_THREAD_FN(int, serves, long, n)
{
    static int calls;
    note_request(n);
    calls = calls + 1; //~ ERROR E0133 use of mutable static `calls`
    return 0;
}

FL_THREAD_FN(void, names, const char *, to)
{
    strcpy(name, to); //~ ERROR E0133 use of mutable static `name`
}

static void bump(int *n)
{
    *n += 1; //~ ERROR E0133 use of mutable static `total`
}
FL_THREAD_FN(void, through_a_pointer, int, with)
{
    int mine = with;
    int *p = mine > 2 ? &mine : &total;
    bump(p);
}

static int *slot_of(int n)
{
    return n ? &total : NULL;
}
FL_THREAD_FN(void, remembers, int, n)
{
    last = slot_of(n); //~ ERROR E0133 use of mutable static `last`
}

static int compare(const void *a, const void *b)
{
    sorted++; //~ ERROR E0133 use of mutable static `sorted`
    return *(const int *)a - *(const int *)b;
}
FL_THREAD_FN(void, sorts, int, n)
{
    int v[3] = { 3, n, 1 };
    qsort(v, 3, sizeof v[0], compare);
}

int main(void)
{
    fl_join_handle(void) a = fl_spawn(counts, 3);
    fl_join_handle(int) b = fl_spawn(serves, 10);
    fl_join_handle(void) c = fl_spawn(names, "worker");
    fl_join_handle(void) d = fl_spawn(through_a_pointer, 1);
    fl_join_handle(void) e = fl_spawn(remembers, 1);
    fl_join_handle(void) f = fl_spawn(sorts, 1);
    fl_joined(a);
    fl_joined(c);
    fl_joined(d);
    fl_joined(e);
    fl_joined(f);
    return fl_joined(b) + hits;
}
