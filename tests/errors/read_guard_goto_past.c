/* A goto past a read guard: its cleanup would release what was never taken. */
//~ max-lines 24
//~ first-line-has jump
#include <fearless.h>

static fl_rwlock(int) rw = FL_RWLOCK(0);

int f(int k)
{
    if (k == 7)
        goto out; //~ here
    fl_read_guard(num, &rw);
    k += *num;
out:
    return k;
}
