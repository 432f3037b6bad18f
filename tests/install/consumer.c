/* A program that somebody else writes: built outside the tree, against the installed package. */
#include <fearless.h>
#include <stdio.h>

FL_THREAD_FN(int, twice, int, x)
{
    return 2 * x;
}

int main(void)
{
    fl_join_handle(int) handle = fl_spawn(twice, 21);
    int result = 0;
    fl_unwrap(fl_join(handle, &result));
    printf("the thread says %d\n", result);
    return 0;
}
