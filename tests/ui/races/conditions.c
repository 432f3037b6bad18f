/* What depends on the number that a thread was given, or on a flag: each mistake beside its twin. */
#include <pthread.h>
#include <stdbool.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t locks[4];
static int hits, misses, sum, first, second, by_role, by_case, shared, cells[4], left, done;
static struct {
    unsigned ready : 1, busy : 1;
    unsigned : 0;
    unsigned lone : 1;
} bits;

static void add(int *to, bool locked)
{
    if (locked)
        pthread_mutex_lock(&lock);
    ++*to; //~ ERROR F0201 data race on `misses`
    if (locked)
        pthread_mutex_unlock(&lock);
}

static void *adds_locked(void *arg)
{
    add(&hits, true);
    add(&misses, true);
    return arg;
}

static void *adds_unlocked(void *arg)
{
    add(&misses, false);
    return arg;
}

void flags(void)
{
    pthread_t t, u;
    pthread_create(&t, NULL, adds_locked, NULL);
    pthread_create(&u, NULL, adds_unlocked, NULL);
    adds_locked(NULL);
    pthread_join(t, NULL);
    pthread_join(u, NULL);
}

static void *leader_sums(void *arg)
{
    long id = (long)arg;
    if (id == 0)
        sum++;
    if (id == 1)
        first = 1;
    else if (id == 2)
        second = 2;
    if (id != 3)
        done = 1; //~ ERROR F0201 data race on `done`
    return NULL;
}

void numbers(void)
{
    pthread_t t[4];
    for (long i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, leader_sums, (void *)i);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
}

static void *plays(void *arg)
{
    if ((long)arg % 2 == 0)
        by_role++; //~ ERROR F0201 data race on `by_role`
    switch ((long)arg) {
    case 1:
        by_case++;
        break;
    default:
        break;
    }
    return NULL;
}

void roles(void)
{
    pthread_t t[4];
    for (long i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, plays, (void *)i);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
}

static void *counts(void *arg)
{
    long id = (long)arg;
    pthread_mutex_lock(&locks[id]);
    cells[id]++;
    shared++; //~ ERROR F0201 data race on `shared`
    pthread_mutex_unlock(&locks[id]);
    pthread_mutex_lock(&lock);
    left++; //~ ERROR F0201 data race on `left`
    pthread_mutex_unlock(&lock);
    return NULL;
}

int too_few_joins(void)
{
    pthread_t t[4];
    for (long i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, counts, (void *)i);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    int seen = left;
    pthread_join(t[3], NULL);
    return seen;
}

static void *sets_busy(void *arg)
{
    bits.busy = 1; //~ ERROR F0201 data race on `bits.busy`
    bits.lone = 1;
    return arg;
}

void fields(void)
{
    pthread_t t;
    pthread_create(&t, NULL, sets_busy, NULL);
    bits.ready = 1;
    pthread_join(t, NULL);
}
