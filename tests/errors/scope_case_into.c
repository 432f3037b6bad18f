/* A case label of a switch outside, in the block of a scope. */
//~ max-lines 24
//~ first-line-has switch
#include <fearless.h>

FL_THREAD_FN(void, work)
{
}

int f(int k)
{
    switch (k) {
    case 1:
        fl_scope (s) {
            fl_spawn_in(s, work);
        case 2: //~ here
            k++;
        }
    }
    return k;
}
