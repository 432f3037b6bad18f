/* To send takes a sender. */
//~ max-lines 12
//~ first-line-has incompatible
#include <fearless.h>

int f(fl_receiver(int) rx, int *from)
{
    return fl_select(fl_on_send(rx, from), fl_on_none()); //~ here
}
