/* fl_call_once of the once itself: it takes its address. */
//~ max-lines 12
//~ first-line-has incompatible
#include <fearless.h>

static struct fl_once once = FL_ONCE;
static void run(void *env)
{
    (void)env;
}

void f(void)
{
    fl_call_once(once, run, NULL); //~ here
}
