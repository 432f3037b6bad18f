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
    fl_scope (s)
        fl_spawn_in(s, answer, "twenty-one"); //~ here
}
