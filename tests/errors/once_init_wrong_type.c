/* A function that makes something else than the cell holds. */
//~ max-lines 12
//~ first-line-has incompatible
#include <fearless.h>

struct job {
    int number;
};
static fl_once_cell(int) number = FL_ONCE_CELL;
static struct job make(void *env)
{
    return (struct job){env != NULL};
}

int f(void)
{
    return *fl_once_get_or_init(&number, make, NULL); //~ here
}
