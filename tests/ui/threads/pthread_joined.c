/* Joined on every way to the end of the storage: a borrow like any other. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static void *work(void *p)
{
    ++*(int *)p;
    return NULL;
}

static int plain(void)
{
    pthread_t t;
    int n = 1;
    if (pthread_create(&t, NULL, work, &n) != 0)
        return -1;
    pthread_join(t, NULL);
    return n;
}
static int status_kept(void)
{
    pthread_t t;
    int n = 1;
    int rc = pthread_create(&t, NULL, work, &n);
    if (rc == 0)
        rc = pthread_join(t, NULL);
    return rc;
}
static int flag(void)
{
    pthread_t t;
    int n = 1, started = 0;
    if (pthread_create(&t, NULL, work, &n) == 0)
        started = 1;
    puts("meanwhile");
    if (started)
        pthread_join(t, NULL);
    return n;
}
static int unchecked(void)
{
    pthread_t t;
    int n = 1;
    pthread_create(&t, NULL, work, &n);
    pthread_join(t, NULL);
    return n;
}
static void dies_on_failure(void)
{
    pthread_t t;
    int n = 1;
    if (pthread_create(&t, NULL, work, &n)) {
        perror("pthread_create");
        exit(1);
    }
    if (pthread_join(t, NULL))
        abort();
}
static int cleanup_label(int c)
{
    pthread_t t;
    int n = 1, result = -1;
    if (pthread_create(&t, NULL, work, &n))
        goto out;
    if (c)
        goto join;
    result = 0;
join:
    pthread_join(t, NULL);
out:
    return result;
}
static int copied_handle(void)
{
    pthread_t t;
    int n = 1;
    if (pthread_create(&t, NULL, work, &n))
        return -1;
    pthread_t copy = t;
    return pthread_join(copy, NULL);
}

int main(void)
{
    dies_on_failure();
    return plain() + status_kept() + flag() + unchecked() + cleanup_label(1) + copied_handle();
}
