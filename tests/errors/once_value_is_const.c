/* What is shared is not written. */
//~ max-lines 12
//~ first-line-has read-only
#include <fearless.h>

static fl_once_cell(int) number = FL_ONCE_CELL;

void f(void)
{
    *fl_once_get(&number) = 4; //~ here
}
