/* fl_borrow of a mutex: that is what fl_guard is for. */
//~ max-lines 12
//~ first-line-has takes the address of a fl_refcell
#include <fearless.h>

static fl_mutex(int) m = FL_MUTEX(0);

int f(void)
{
    fl_borrow(w, &m); //~ here
    return *w;
}
