/* A value that is not the channel's type. */
//~ max-lines 40
//~ first-line-has init
#include <fearless.h>

struct job {
    int number;
};

fl_status f(fl_sender(struct job) tx)
{
    return fl_send(tx, 7); //~ here
}
