/* fl_once_get_or_init of the cell itself: it takes its address. */
//~ max-lines 12
//~ first-line-has write &number
#include <fearless.h>

static fl_once_cell(int) number = FL_ONCE_CELL;
static int make(void *env)
{
    return env != NULL;
}

int f(void)
{
    return *fl_once_get_or_init(number, make, NULL); //~ here
}
