/* main's locals are borrowed until main returns; pthread_exit and endless loops are no return. */
#include <pthread.h>
#include <unistd.h>

static void *work(void *p)
{
    return p;
}

int main(int argc, char **argv)
{
    pthread_t t;
    int n = argc;
    if (pthread_create(&t, NULL, work, &n)) //~ ERROR E0373 may outlive borrowed value `n`
        return 1;
    pthread_detach(t);
    if (argc == 2)
        for (;;)
            pause();
    if (argc == 3)
        _exit(0);
    if (pthread_create(&t, NULL, work, argv[0]) == 0)
        pthread_detach(t);
    return 0;
}
