/*
 * Listing 13b: the same with two threads and no loop: the second move and the use are both rejected.
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

    fl_join_handle(void) handle = fl_spawn(increment, fl_move(counter));
    fl_join_handle(void) handle2 = fl_spawn(increment, fl_move(counter)); //~ ERROR E0382 use of moved value: `counter`
    fl_unwrap(fl_join(handle));
    fl_unwrap(fl_join(handle2));

    fl_with (num, &counter) //~ ERROR E0382 moved value: `counter`
        printf("Result: %d\n", *num);
    return 0;
}
