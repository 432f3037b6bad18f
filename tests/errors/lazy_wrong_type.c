/* A function that makes something else than the lazy is of. */
//~ max-lines 12
//~ first-line-has incompatible
#include <fearless.h>

struct job {
    int number;
};
static int make(void)
{
    return 42;
}
FL_LAZY(struct job, job, make); //~ here

int f(void)
{
    return fl_force(&job)->number;
}
