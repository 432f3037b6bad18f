/*
 * Listing 2b: main waits before its own loop, so the nine lines of the thread come first.
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
    fl_unwrap(fl_join(handle));

    for (int i = 1; i < 5; i++) {
        printf("hi number %d from the main thread!\n", i);
        fl_sleep(fl_millis(1));
    }
    return 0;
}
