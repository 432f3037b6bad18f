/* A detached thread runs on when the function has returned. Heap memory that the thread frees is its own. */
#include <pthread.h>
#include <stdlib.h>

static void *work(void *p)
{
    ++*(int *)p;
    return NULL;
}
static void *work_and_free(void *p)
{
    free(p);
    return NULL;
}

static int bad(void)
{
    pthread_t t;
    int n = 1;
    int rc = pthread_create(&t, NULL, work, &n); //~ ERROR E0373 may outlive borrowed value `n`
    if (rc)
        return rc;
    pthread_detach(t);
    return 0;
}
static int good(void)
{
    pthread_t t;
    int *n = malloc(sizeof *n);
    if (!n)
        return 1;
    if (pthread_create(&t, NULL, work_and_free, n)) {
        free(n);
        return 1;
    }
    return pthread_detach(t);
}

int main(void)
{
    return bad() + good();
}
