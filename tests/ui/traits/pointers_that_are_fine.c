/* Where a pointer leads decides: statics, literals, functions and NULL last for ever. */
#include <fearless.h>

#include <stdio.h>

static const int table[4] = { 1, 2, 3, 4 };
static fl_mutex(int) hits = FL_MUTEX(0);
typedef __typeof__(hits) counter;
static const char *const names[] = { "a", "b" };

static int twice(int n)
{
    return 2 * n;
}

FL_THREAD_FN(void, sum, const int *, values, int, count, const char *, label, int (*)(int), map)
{
    int total = 0;
    for (int i = 0; values && i < count; i++)
        total += map(values[i]);
    printf("%s: %d\n", label, total);
}
FL_THREAD_FN(void, hit, counter *, c)
{
    fl_with (n, c)
        *n += 1;
}

int main(int argc, char **argv)
{
    (void)argv;
    const char *label = argc > 1 ? "first" : "second";
    fl_detach(fl_spawn(sum, table, 4, "table", twice));
    fl_detach(fl_spawn(sum, NULL, 0, label, twice));
    fl_detach(fl_spawn(sum, &table[2], 2, names[1], twice));
    fl_detach(fl_spawn(hit, &hits));
    return 0;
}
