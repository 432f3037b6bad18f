/*
 * Listing 12b: the value of a mutex is read without locking it: rejected.
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

    printf("m = %d\n", m.fl_data); //~ ERROR F0101 without
    return 0;
}
