/* One handle for several threads: the join waits for the last one. */
#include <pthread.h>

static void *work(void *p)
{
    ++*(_Atomic int *)p;
    return NULL;
}

static int bad(void)
{
    pthread_t t;
    _Atomic int n = 0;
    for (int i = 0; i < 3; i++)
        pthread_create(&t, NULL, work, &n); //~ ERROR E0373 overwritten when the next thread is started
    pthread_join(t, NULL);
    return n;
}
static int good(void)
{
    pthread_t t;
    _Atomic int n = 0;
    for (int i = 0; i < 3; i++)
        if (pthread_create(&t, NULL, work, &n) == 0)
            pthread_join(t, NULL);
    return n;
}

int main(void)
{
    return bad() + good();
}
