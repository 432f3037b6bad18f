/* The result goes into a variable of another type. */
//~ max-lines 16
//~ first-line-has incompatible
#include <fearless.h>

fl_status f(fl_join_handle(int) h)
{
    long result;
    return fl_join(h, &result); //~ here
}
