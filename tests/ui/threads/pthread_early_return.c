/* A way out between creating and joining. The twin joins on it, too. */
#include <pthread.h>
#include <stdio.h>

static void *work(void *p)
{
    ++*(int *)p;
    return NULL;
}

static int bad(FILE *f)
{
    pthread_t t;
    int n = 1;
    if (pthread_create(&t, NULL, work, &n)) //~ ERROR E0373 may outlive borrowed value `n`
        return -1;
    if (!f)
        return -2;
    pthread_join(t, NULL);
    return n;
}
static int good(FILE *f)
{
    pthread_t t;
    int n = 1;
    if (pthread_create(&t, NULL, work, &n))
        return -1;
    if (!f) {
        pthread_join(t, NULL);
        return -2;
    }
    pthread_join(t, NULL);
    return n;
}
static int bad_goto(FILE *f)
{
    pthread_t t;
    int n = 1, result = -1;
    if (pthread_create(&t, NULL, work, &n)) //~ ERROR E0373 may outlive borrowed value `n`
        goto out;
    if (!f)
        goto out;
    pthread_join(t, NULL);
    result = 0;
out:
    return result;
}
static int bad_inverted_check(void)
{
    pthread_t t;
    int n = 1;
    int rc = pthread_create(&t, NULL, work, &n); //~ ERROR E0373 may outlive borrowed value `n`
    if (rc != 0)
        pthread_join(t, NULL);
    return rc;
}

int main(void)
{
    return bad(stdin) + good(stdin) + bad_goto(stdin) + bad_inverted_check();
}
