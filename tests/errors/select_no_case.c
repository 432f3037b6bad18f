/* A receiver is not a case. */
//~ max-lines 35
//~ first-line-has fl_case
#include <fearless.h>

int f(fl_receiver(int) rx)
{
    return fl_select(rx, fl_on_none()); //~ here
}
