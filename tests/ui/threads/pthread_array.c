/* The commonest real mistake: creation fails at the i-th thread, and the function returns without the others. */
#include <pthread.h>

enum { N = 4 };

struct job {
    int from, to;
    long sum;
};
static void *work(void *p)
{
    struct job *j = p;
    for (int i = j->from; i < j->to; i++)
        j->sum += i;
    return NULL;
}

static int good(void)
{
    pthread_t t[N];
    struct job jobs[N] = { 0 };
    for (int i = 0; i < N; i++) {
        jobs[i].to = i;
        pthread_create(&t[i], NULL, work, &jobs[i]);
    }
    long sum = 0;
    for (int i = 0; i < N; i++) {
        pthread_join(t[i], NULL);
        sum += jobs[i].sum;
    }
    return (int)sum;
}
static int bad(void)
{
    pthread_t t[N];
    struct job jobs[N] = { 0 };
    for (int i = 0; i < N; i++)
        if (pthread_create(&t[i], NULL, work, &jobs[i])) //~ ERROR E0373 may outlive borrowed value `jobs`
            return -1;
    for (int i = 0; i < N; i++)
        pthread_join(t[i], NULL);
    return 0;
}
static int good_on_failure(void)
{
    pthread_t t[N];
    struct job jobs[N] = { 0 };
    for (int i = 0; i < N; i++)
        if (pthread_create(&t[i], NULL, work, &jobs[i])) {
            for (int k = 0; k < i; k++)
                pthread_join(t[k], NULL);
            return -1;
        }
    for (int i = 0; i < N; i++)
        pthread_join(t[i], NULL);
    return 0;
}
static int good_count(int n)
{
    pthread_t t[N];
    struct job jobs[N] = { 0 };
    int started = 0;
    while (started < n && pthread_create(&t[started], NULL, work, &jobs[started]) == 0)
        started++;
    while (started-- > 0)
        pthread_join(t[started], NULL);
    return 0;
}
static int bad_too_few(void)
{
    pthread_t t[N];
    struct job jobs[N] = { 0 };
    for (int i = 0; i < N; i++)
        pthread_create(&t[i], NULL, work, &jobs[i]); //~ ERROR E0373 may outlive borrowed value `jobs`
    for (int i = 0; i < N - 1; i++)
        pthread_join(t[i], NULL);
    return 0;
}
static int good_pointers(void)
{
    pthread_t t[N], *p = t;
    struct job jobs[N] = { 0 };
    for (struct job *j = jobs; j < jobs + N; j++)
        pthread_create(p++, NULL, work, j);
    for (p = t; p < t + N; p++)
        pthread_join(*p, NULL);
    return 0;
}

int main(void)
{
    return good() + bad() + good_on_failure() + good_count(N) + bad_too_few() + good_pointers();
}
