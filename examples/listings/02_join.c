/*
 * Listing 2: the same, and main waits for the thread at its end: all nine lines appear.
 */
#include <fearless.h>

#include <stdio.h>

FL_THREAD_FN(void, count)
{
    for (int i = 1; i < 10; i++) {
        printf("hi number %d from the spawned thread!\n", i);
        fl_sleep(fl_millis(1));
    }
}

int main(void)
{
    fl_join_handle(void) handle = fl_spawn(count);

    for (int i = 1; i < 5; i++) {
        printf("hi number %d from the main thread!\n", i);
        fl_sleep(fl_millis(1));
    }
    fl_unwrap(fl_join(handle));
    return 0;
}
