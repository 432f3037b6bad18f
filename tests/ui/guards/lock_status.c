/* fl_lock reports a poisoned lock, and holds it all the same. */
#include <fearless.h>

typedef fl_mutex(int) counter;
static counter hits = FL_MUTEX(0);

static int good(void)
{
    fl_lock(s, n, &hits);
    if (s == FL_POISONED) {
        *n = 0;
        fl_clear_poison(&hits);
    }
    return *n;
}
static int bad(void)
{
    {
        fl_lock(s, n, &hits);
        fl_ignore(s);
        *n += 1;
    }
    return hits.fl_data; //~ ERROR F0101 the value of `hits` is read without its lock
}

int main(void)
{
    return good() + bad();
}
