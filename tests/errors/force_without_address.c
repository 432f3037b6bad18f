/* fl_force of the lazy itself: it takes its address. */
//~ max-lines 12
//~ first-line-has write &answer
#include <fearless.h>

static int make(void)
{
    return 42;
}
FL_LAZY(int, answer, make);

int f(void)
{
    return *fl_force(answer); //~ here
}
