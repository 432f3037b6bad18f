/* The function makes something else than the type says. */
//~ max-lines 14
//~ first-line-has incompatible
#include <fearless.h>

static const char *name(void)
{
    return "";
}
static FL_THREAD_LOCAL(int, count, name); //~ here

int f(void)
{
    return *fl_local(&count);
}
