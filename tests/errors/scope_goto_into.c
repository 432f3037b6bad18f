/* A goto into the block of a scope. */
//~ max-lines 24
//~ first-line-has jump
#include <fearless.h>

FL_THREAD_FN(void, work)
{
}

int f(int k)
{
    if (k == 7)
        goto in; //~ here
    fl_scope (s) {
        fl_spawn_in(s, work);
    in:
        k++;
    }
    return k;
}
