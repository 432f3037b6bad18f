/* A receiver does not send. */
//~ max-lines 40
//~ first-line-has incompatible
#include <fearless.h>

fl_status f(fl_receiver(int) rx)
{
    return fl_send(rx, 7); //~ here
}
