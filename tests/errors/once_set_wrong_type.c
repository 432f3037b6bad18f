/* A value that is not of the cell's type. */
//~ max-lines 40
//~ first-line-has init
#include <fearless.h>

struct job {
    int number;
};
static fl_once_cell(struct job) first = FL_ONCE_CELL;

fl_status f(void)
{
    return fl_once_set(&first, 7); //~ here
}
