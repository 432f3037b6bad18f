/* A read guard of the lock itself: it takes its address. */
//~ max-lines 12
//~ first-line-has write &rw
#include <fearless.h>

static fl_rwlock(int) rw = FL_RWLOCK(0);

int f(void)
{
    fl_read_guard(num, rw); //~ here
    return *num;
}
