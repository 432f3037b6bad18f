/* A goto past a guard: its cleanup would unlock what was never locked. */
//~ max-lines 24
//~ first-line-has jump
#include <fearless.h>

static fl_mutex(int) m = FL_MUTEX(0);

int f(int k)
{
    if (k == 7)
        goto out; //~ here
    fl_guard(num, &m);
    *num += k;
out:
    return k;
}
