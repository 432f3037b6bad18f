/* fl_borrow of the cell itself: it takes its address. */
//~ max-lines 12
//~ first-line-has write &words
#include <fearless.h>

static fl_refcell(int) words = FL_REFCELL(0);

int f(void)
{
    fl_borrow(w, words); //~ here
    return *w;
}
