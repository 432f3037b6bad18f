/*
 * Listing 1: a thread counts to 9 while main counts to 4. Nobody joins it, so it is stopped when main
 * ends, wherever it is.
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
    fl_detach(fl_spawn(count));

    for (int i = 1; i < 5; i++) {
        printf("hi number %d from the main thread!\n", i);
        fl_sleep(fl_millis(1));
    }
    return 0;
}
