/* NULL says that the lock was not taken; otherwise it is held. */
#include <fearless.h>

typedef fl_mutex(int) counter;
static counter hits = FL_MUTEX(0);

static int good(void)
{
    fl_try_guard(n, &hits);
    if (!n)
        return -1;
    *n += 1;
    return *n;
}
static int good_if(void)
{
    fl_try_guard(n, &hits);
    if (n) {
        *n += 1;
        return hits.fl_data;
    }
    return 0;
}
static int good_timeout(void)
{
    fl_guard_timeout(n, &hits, fl_millis(1));
    return n ? *n : 0;
}
static int bad(void)
{
    fl_try_guard(n, &hits);
    if (n)
        *n += 1;
    return hits.fl_data; //~ ERROR F0101 the value of `hits` is read without its lock
}
static void bad_inverted(void)
{
    fl_try_guard(n, &hits);
    if (!n)
        hits.fl_data = 0; //~ ERROR F0101 the value of `hits` is written without its lock
}

int main(void)
{
    bad_inverted();
    return good() + good_if() + good_timeout() + bad();
}
