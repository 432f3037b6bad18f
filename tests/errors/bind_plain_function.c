/* A function that is no FL_THREAD_FN given to fl_bind. */
//~ max-lines 12
//~ first-line-has plain_is_not_a_FL_THREAD_FN
#include <fearless.h>

static inline void plain(int x)
{
    (void)x;
}

int main(void)
{
    fl_job j = fl_bind(plain, 1); //~ here
    fl_call(j);
}
