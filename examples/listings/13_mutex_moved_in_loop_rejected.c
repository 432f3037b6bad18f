/*
 * Listing 13: ten threads are each given the same mutex. The first one owns it: rejected.
 */
#include <fearless.h>

#include <stdio.h>

typedef fl_mutex(int) counter_cell;

FL_THREAD_FN(void, increment, counter_cell, counter)
{
    fl_with (num, &counter)
        *num += 1;
}

int main(void)
{
    counter_cell counter = FL_MUTEX(0);
    fl_join_handle(void) handles[10];

    for (int i = 0; i < 10; i++)
        handles[i] = fl_spawn(increment, fl_move(counter));
    for (int i = 0; i < 10; i++)
        fl_unwrap(fl_join(handles[i]));

    fl_with (num, &counter) //~ ERROR E0382 moved value: `counter`
        printf("Result: %d\n", *num);
    return 0;
}
