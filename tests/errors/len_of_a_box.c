/* fl_len takes an end of a channel. */
//~ max-lines 20
//~ first-line-has channel
#include <fearless.h>

size_t f(fl_box(int) box)
{
    return fl_len(box); //~ here
}
