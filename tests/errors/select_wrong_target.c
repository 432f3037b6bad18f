/* What a case receives into has the channel's type. */
//~ max-lines 12
//~ first-line-has incompatible
#include <fearless.h>

int f(fl_receiver(int) rx, long *out)
{
    return fl_select(fl_on_recv(rx, out), fl_on_none()); //~ here
}
