/* A goto into the statement of a fl_with. */
//~ max-lines 24
//~ first-line-has jump
#include <fearless.h>

static fl_mutex(int) m = FL_MUTEX(0);

int f(int k)
{
    if (k == 7)
        goto in; //~ here
    fl_with (num, &m) {
        *num += k;
    in:
        k++;
    }
    return k;
}
