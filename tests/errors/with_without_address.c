/* The same for fl_with. */
//~ max-lines 20
//~ first-line-has write &m
#include <fearless.h>

static fl_mutex(int) m = FL_MUTEX(0);

void f(void)
{
    fl_with (num, m) //~ here
        *num += 1;
}
