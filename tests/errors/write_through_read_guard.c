/* A read guard only reads: its pointer is to const. */
//~ max-lines 12
//~ first-line-has read-only
#include <fearless.h>

static fl_rwlock(int) rw = FL_RWLOCK(0);

void f(void)
{
    fl_read_guard(num, &rw);
    *num = 1; //~ here
}
