/* What a case sends has the channel's type. */
//~ max-lines 12
//~ first-line-has incompatible
#include <fearless.h>

int f(fl_sender(int) tx, long *from)
{
    return fl_select(fl_on_send(tx, from), fl_on_none()); //~ here
}
