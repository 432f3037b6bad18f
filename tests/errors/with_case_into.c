/* A case label in the statement of a fl_with, of a switch around it. */
//~ max-lines 24
//~ first-line-has switch
#include <fearless.h>

static fl_mutex(int) m = FL_MUTEX(0);

int f(int k)
{
    switch (k) {
        fl_with (num, &m) {
        case 1: //~ here
            *num += k;
        }
    }
    return 0;
}
