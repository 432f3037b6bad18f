/* A handle of another element type. */
//~ max-lines 12
//~ first-line-has incompatible
#include <fearless.h>

fl_box(long) f(fl_box(int) b)
{
    return b; //~ here
}
