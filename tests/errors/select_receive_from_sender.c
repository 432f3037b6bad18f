/* To receive takes a receiver. */
//~ max-lines 12
//~ first-line-has incompatible
#include <fearless.h>

int f(fl_sender(int) tx, int *out)
{
    return fl_select(fl_on_recv(tx, out), fl_on_none()); //~ here
}
