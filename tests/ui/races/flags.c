/* What a branch says of a flag, how many permits a semaphore begins with, and what a wait does not order. */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

/* a flag that is only touched under the lock orders what is done before it is set and after it was seen */
static int seen, seen_data;
static void *sets(void *arg)
{
    seen_data = 1;
    pthread_mutex_lock(&m);
    seen = 1;
    pthread_mutex_unlock(&m);
    return arg;
}
static void *polls(void *arg)
{
    for (;;) {
        pthread_mutex_lock(&m);
        if (seen) {
            pthread_mutex_unlock(&m);
            break;
        }
        pthread_mutex_unlock(&m);
    }
    seen_data++;
    return arg;
}

/* the branch is for another number than the one that is stored */
static int stopped, rounds;
static void *goes_on(void *arg)
{
    for (;;) {
        pthread_mutex_lock(&m);
        if (stopped) {
            pthread_mutex_unlock(&m);
            return arg;
        }
        pthread_mutex_unlock(&m);
        rounds++; //~ ERROR F0201 data race on `rounds`
    }
}
static void *stops(void *arg)
{
    rounds = 7;
    pthread_mutex_lock(&m);
    stopped = 1;
    pthread_mutex_unlock(&m);
    return arg;
}

/* the condition of a wait is not ordered by the wait */
static int ready;
static void *tells_without_lock(void *arg)
{
    ready = 1; //~ ERROR F0201 data race on `ready`
    pthread_cond_signal(&changed);
    return arg;
}
static void *waits_until_ready(void *arg)
{
    pthread_mutex_lock(&m);
    while (!ready)
        pthread_cond_wait(&changed, &m);
    pthread_mutex_unlock(&m);
    return arg;
}

/* two permits keep nobody out, one does; a post is not needed where a permit is there already */
static sem_t two, one, none, early;
static int by_two, by_one, after_none, after_early, by_try;
static void *two_at_once(void *arg)
{
    sem_wait(&two);
    by_two++; //~ ERROR F0201 data race on `by_two`
    sem_post(&two);
    sem_wait(&one);
    by_one++;
    sem_post(&one);
    if (sem_trywait(&one) == 0) {
        by_try++;
        sem_post(&one);
    }
    return arg;
}
static void *posts(void *arg)
{
    after_none = 1;
    sem_post(&none);
    after_early = 1; //~ ERROR F0201 data race on `after_early`
    sem_post(&early);
    return arg;
}

/* a load that nobody looks at orders nothing */
static atomic_int flag, unlooked;
static int looked_data, unlooked_data;
static void *publishes(void *arg)
{
    looked_data = 1;
    unlooked_data = 1; //~ ERROR F0201 data race on `unlooked_data`
    atomic_store(&flag, 1);
    atomic_store(&unlooked, 1);
    return arg;
}
static void *looks(void *arg)
{
    if (atomic_load(&flag))
        looked_data++;
    atomic_load(&unlooked);
    return (void *)(long)unlooked_data;
}

static pthread_t go(void *(*entry)(void *))
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, entry, NULL) != 0)
        abort();
    return thread;
}

int main(void)
{
    sem_init(&two, 0, 2);
    sem_init(&one, 0, 1);
    sem_init(&none, 0, 0);
    sem_init(&early, 0, 1);
    pthread_t t[] = {go(sets), go(polls), go(goes_on), go(stops), go(tells_without_lock), go(waits_until_ready),
                     go(two_at_once), go(two_at_once), go(posts), go(publishes), go(looks)};
    sem_wait(&none);
    sem_wait(&early);
    after_none++;
    int sum = after_early;
    for (int i = 0; i < 11; i++)
        pthread_join(t[i], NULL);
    return sum;
}
