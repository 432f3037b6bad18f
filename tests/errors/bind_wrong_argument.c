/* An argument of the wrong type: told once, where the user wrote it. */
//~ max-lines 12
//~ first-line-has int
#include <fearless.h>

FL_THREAD_FN(void, sleep_long, int, seconds)
{
    (void)seconds;
}

int main(void)
{
    fl_job j = fl_bind(sleep_long, "a while"); //~ here
    fl_call(j);
}
