/* A parameter without a name. */
//~ max-lines 12
//~ first-line-has each parameter has a type and a name
#include <fearless.h>

FL_THREAD_FN(int, answer, int) //~ here
{
    return 1;
}
