/* A thread that reads is wrong when somebody writes who is not certainly there before the first thread. */
#include <fearless.h>

#include <stdio.h>

static int level = 1;
static int port;
static int limit = 10;
static int mode;
static int *configured;

FL_THREAD_FN(void, logs, int, n)
{
    if (n > level) //~ ERROR E0133 use of mutable static `level` where threads can reach it
        puts("log");
    printf("%d\n", port); /* set before the first thread: fine */
    if (configured)
        printf("%d\n", *configured);
}

FL_THREAD_FN(int, looks, int, n)
{
    return n < limit; //~ ERROR E0133 use of mutable static `limit`
}
FL_THREAD_FN(int, chooses, int, n)
{
    switch (mode) { //~ ERROR E0133 use of mutable static `mode`
    case 0:
        return n;
    default:
        return -n;
    }
}

static void set_port(int p)
{
    port = p;
    configured = &port;
}
static void set_limit(int n)
{
    limit = n;
}
static fl_join_handle(int) start(int n)
{
    return fl_spawn(looks, n);
}

int main(int argc, char **argv)
{
    (void)argv;
    set_port(80);
    fl_join_handle(void) a = fl_spawn(logs, argc);
    level = 2;
    fl_join_handle(int) b = start(argc);
    set_limit(3);
    int sum = fl_joined(b);
    for (int i = 0; i < 3; i++) {
        mode = i; /* in the second pass a thread is there */
        fl_detach(fl_spawn(chooses, i));
    }
    fl_joined(a);
    return sum;
}
