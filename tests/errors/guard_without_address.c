/* fl_guard of the mutex itself: it takes its address. */
//~ max-lines 12
//~ first-line-has write &m
#include <fearless.h>

static fl_mutex(int) m = FL_MUTEX(0);

int f(void)
{
    fl_guard(num, m); //~ here
    return *num;
}
