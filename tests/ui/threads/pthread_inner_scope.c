/* The storage ends with the inner block, the join comes after it. */
#include <pthread.h>

static void *work(void *p)
{
    ++*(int *)p;
    return NULL;
}

static void bad(void)
{
    pthread_t t;
    {
        int n = 1;
        pthread_create(&t, NULL, work, &n); //~ ERROR E0373 may outlive borrowed value `n`
    }
    pthread_join(t, NULL);
}
static void bad_in_loop(void)
{
    pthread_t t[3];
    for (int i = 0; i < 3; i++) {
        int copy = i;
        pthread_create(&t[i], NULL, work, &copy); //~ ERROR E0373 may outlive borrowed value `copy`
    }
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
}
static void good(void)
{
    int n = 1;
    {
        pthread_t t;
        if (pthread_create(&t, NULL, work, &n))
            return;
        pthread_join(t, NULL);
    }
}

int main(void)
{
    bad();
    bad_in_loop();
    good();
    return 0;
}
