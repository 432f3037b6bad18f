/* What is received has the channel's type. */
//~ max-lines 40
//~ first-line-has incompatible
#include <fearless.h>

fl_status f(fl_receiver(int) rx, long *out)
{
    return fl_recv(rx, out); //~ here
}
