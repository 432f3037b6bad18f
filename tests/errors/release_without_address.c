/* fl_release of the semaphore itself: it takes its address. */
//~ max-lines 12
//~ first-line-has incompatible
#include <fearless.h>

static struct fl_semaphore s = FL_SEMAPHORE(1);

void f(void)
{
    fl_release(s); //~ here
}
