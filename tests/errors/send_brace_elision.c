/* A string is not a struct that begins with one, although C would leave out the braces. */
//~ max-lines 40
//~ first-line-has init
#include <fearless.h>

struct text {
    const char *s;
};

fl_status f(fl_sender(struct text) tx)
{
    return fl_send(tx, "hi"); //~ here
}
