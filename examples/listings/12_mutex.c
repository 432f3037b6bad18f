/*
 * Listing 12: a mutex in one thread. The guard unlocks by itself at the end of the inner scope.
 */
#include <fearless.h>

#include <stdio.h>

int main(void)
{
    fl_mutex(int) m = FL_MUTEX(5);

    {
        fl_guard(num, &m);
        *num = 6;
    }

    fl_guard(num, &m);
    printf("m = %d\n", *num);
    return 0;
}
