/* Something that is no scope: the function comes second. */
//~ max-lines 12
//~ first-line-has fl_scope
#include <fearless.h>

FL_THREAD_FN(int, answer, int, x)
{
    return x;
}

int main(void)
{
    int not_a_scope = 0;
    fl_spawn_in(&not_a_scope, answer, 21); //~ here
}
