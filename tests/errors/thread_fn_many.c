/* Nine parameters. */
//~ max-lines 12
//~ first-line-has at most 8
#include <fearless.h>

FL_THREAD_FN(int, sum, int, a, int, b, int, c, int, d, int, e, int, f, int, g, int, h, int, i) //~ here
{
    return 1;
}
