/* Only fl_sender(void) sends nothing. */
//~ max-lines 40
//~ first-line-has fl_sender
#include <fearless.h>

fl_status f(fl_sender(int) tx)
{
    return fl_send(tx); //~ here
}
