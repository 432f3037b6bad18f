/* A helper that starts a thread and returns its handle, another one that joins. */
#include <pthread.h>
#include <stdlib.h>

static pthread_t start(void *(*fn)(void *), void *arg)
{
    pthread_t t;
    if (pthread_create(&t, NULL, fn, arg) != 0)
        abort();
    return t;
}

static void join(pthread_t t)
{
    pthread_join(t, NULL);
}

static void *run(void *arg)
{
    ++*(int *)arg;
    return NULL;
}

int one(void)
{
    int x = 0;
    pthread_t t = start(run, &x);
    pthread_join(t, NULL);
    return x;
}

int two(void)
{
    int x = 0;
    pthread_t t = start(run, &x);
    join(t);
    return x;
}

int many(void)
{
    int x[4] = { 0 };
    pthread_t t[4];
    for (int i = 0; i < 4; i++)
        t[i] = start(run, &x[i]);
    for (int i = 0; i < 4; i++)
        join(t[i]);
    return x[0];
}

int wrong(void)
{
    int x = 0;
    pthread_t t = start(run, &x); //~ ERROR E0373 borrows `x`
    if (x)
        pthread_join(t, NULL);
    return x;
}
