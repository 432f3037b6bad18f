/* Both ends of a channel have the same type. */
//~ max-lines 40
//~ first-line-has incompatible
#include <fearless.h>

void f(void)
{
    fl_sender(int) tx;
    fl_receiver(long) rx;
    fl_channel(&tx, &rx); //~ here
    fl_drop(tx);
    fl_drop(rx);
}
