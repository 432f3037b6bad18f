/* A function that is no FL_THREAD_FN given to fl_spawn_in. */
//~ max-lines 12
//~ first-line-has plain_is_not_a_FL_THREAD_FN
#include <fearless.h>

static inline void plain(int x)
{
    (void)x;
}

int main(void)
{
    fl_scope (s)
        fl_spawn_in(s, plain, 1); //~ here
}
