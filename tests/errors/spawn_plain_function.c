/* A function that is no FL_THREAD_FN given to fl_spawn. */
//~ max-lines 12
//~ first-line-has plain_is_not_a_FL_THREAD_FN
#include <fearless.h>

static inline void plain(int x)
{
    (void)x;
}

int main(void)
{
    fl_join_handle(void) h = fl_spawn(plain, 1); //~ here
    return fl_join(h);
}
