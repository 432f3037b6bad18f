/* fl_cell_set of the cell itself: it takes its address. */
//~ max-lines 12
//~ first-line-has write &hits
#include <fearless.h>

static fl_cell(int) hits = FL_CELL(0);

void f(void)
{
    fl_cell_set(hits, 1); //~ here
}
