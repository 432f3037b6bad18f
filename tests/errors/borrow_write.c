/* fl_borrow is for reading. */
//~ max-lines 12
//~ first-line-has read-only
#include <fearless.h>

static fl_refcell(int) words = FL_REFCELL(0);

void f(void)
{
    fl_borrow(w, &words);
    *w = 1; //~ here
}
