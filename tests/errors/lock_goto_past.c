/* A goto past the guard of a raw lock. */
//~ max-lines 24
//~ first-line-has jump
#include <fearless.h>

static struct fl_lock lock = FL_LOCK;

int f(int k)
{
    if (k == 7)
        goto out; //~ here
    fl_lock_guard(held, &lock);
    k++;
out:
    return k;
}
