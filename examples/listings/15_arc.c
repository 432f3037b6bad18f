/*
 * Listing 15: the mutex in an Arc, which counts with atomics. Ten threads, one counter.
 */
#include <fearless.h>

#include <stdio.h>

typedef fl_mutex(int) counter_cell;

FL_THREAD_FN(void, increment, fl_arc(counter_cell), counter)
{
    fl_auto(counter);
    fl_with (num, fl_get(counter))
        *num += 1;
}

int main(void)
{
    fl_arc(counter_cell) counter = fl_arc_new(counter_cell, FL_MUTEX(0));
    fl_auto(counter);
    fl_join_handle(void) handles[10];

    for (int i = 0; i < 10; i++)
        handles[i] = fl_spawn(increment, fl_clone(counter));
    for (int i = 0; i < 10; i++)
        fl_unwrap(fl_join(handles[i]));

    fl_with (num, fl_get(counter))
        printf("Result: %d\n", *num);
    return 0;
}
