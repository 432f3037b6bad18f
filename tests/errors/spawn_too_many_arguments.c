/* One argument more than there are parameters. */
//~ max-lines 12
//~ first-line-has too many arguments
#include <fearless.h>

FL_THREAD_FN(int, answer, int, x)
{
    return x;
}

int main(void)
{
    fl_join_handle(int) h = fl_spawn(answer, 1, 2); //~ here
    return fl_join(h);
}
