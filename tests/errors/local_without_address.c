/* fl_local of the variable itself: it takes its address. */
//~ max-lines 12
//~ first-line-has write &count
#include <fearless.h>

static int zero(void)
{
    return 0;
}
static FL_THREAD_LOCAL(int, count, zero);

int f(void)
{
    return *fl_local(count); //~ here
}
