/* fl_cell_get of the cell itself: it takes its address. */
//~ max-lines 12
//~ first-line-has write &hits
#include <fearless.h>

static fl_cell(int) hits = FL_CELL(0);

int f(void)
{
    return fl_cell_get(hits); //~ here
}
