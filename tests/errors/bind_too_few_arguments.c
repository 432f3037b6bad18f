/* A missing argument. */
//~ max-lines 12
//~ first-line-has too few arguments
#include <fearless.h>

FL_THREAD_FN(int, add, int, x, int, y)
{
    return x + y;
}

int main(void)
{
    fl_job j = fl_bind(add, 1); //~ here
    fl_call(j);
}
