/* A case label past a guard: the same, by a switch. */
//~ max-lines 24
//~ first-line-has switch
#include <fearless.h>

static fl_mutex(int) m = FL_MUTEX(0);

int f(int k)
{
    switch (k) {
    case 1:;
        fl_guard(num, &m);
        *num += k;
        break;
    case 2: //~ here
        return 3;
    }
    return 0;
}
