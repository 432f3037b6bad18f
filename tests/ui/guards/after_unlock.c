/* fl_unlock ends the guard before its scope does. */
#include <fearless.h>

typedef fl_mutex(int) counter;
static counter hits = FL_MUTEX(0);

static int bad(void)
{
    fl_guard(n, &hits);
    *n += 1;
    fl_unlock(n);
    return *n; //~ ERROR F0101 read here without holding `hits`
}
static int bad_on_one_path(int c)
{
    fl_guard(n, &hits);
    *n += 1;
    if (c)
        fl_unlock(n);
    return *n; //~ ERROR F0101 read here without holding `hits`
}
static int good(void)
{
    fl_guard(n, &hits);
    int copy = *n;
    fl_unlock(n);
    return copy;
}
static int good_on_each_path(int c)
{
    fl_guard(n, &hits);
    if (c) {
        fl_unlock(n);
        return 0;
    }
    return *n;
}

int main(void)
{
    return bad() + bad_on_one_path(1) + good() + good_on_each_path(0);
}
