/* An argument of the wrong type: told once, where the user wrote it. */
//~ max-lines 12
//~ first-line-has int
#include <fearless.h>

FL_THREAD_FN(int, answer, int, x)
{
    return x;
}

int main(void)
{
    fl_join_handle(int) h = fl_spawn(answer, "twenty-one"); //~ here
    return fl_join(h);
}
