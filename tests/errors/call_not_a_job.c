/* fl_call of something else. */
//~ max-lines 12
//~ first-line-has only a fl_job can be called
#include <fearless.h>

FL_THREAD_FN(int, one)
{
    return 1;
}

int main(void)
{
    fl_join_handle(int) h = fl_spawn(one);
    fl_call(h); //~ here
}
