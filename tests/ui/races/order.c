/* What puts one access before another without a lock around both. */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

static sem_t ready;
static int data_by_sem;
static void *fills(void *arg)
{
    data_by_sem = 1;
    sem_post(&ready);
    return arg;
}
int by_semaphore(void)
{
    pthread_t t;
    sem_init(&ready, 0, 0);
    if (pthread_create(&t, NULL, fills, NULL))
        return -1;
    sem_wait(&ready);
    int seen = data_by_sem;
    pthread_join(t, NULL);
    return seen;
}
static sem_t too_early;
static int data_posted_first;
static void *posts_first(void *arg)
{
    sem_post(&too_early);
    data_posted_first = 1; //~ ERROR F0201 data race on `data_posted_first`
    return arg;
}
int posted_too_early(void)
{
    pthread_t t;
    sem_init(&too_early, 0, 0);
    if (pthread_create(&t, NULL, posts_first, NULL))
        return -1;
    sem_wait(&too_early);
    int seen = data_posted_first;
    pthread_join(t, NULL);
    return seen;
}

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
static bool done;
static int data_by_condition;
static void *tells(void *arg)
{
    data_by_condition = 3;
    pthread_mutex_lock(&m);
    done = true;
    pthread_cond_signal(&c);
    pthread_mutex_unlock(&m);
    return arg;
}
int by_condition(void)
{
    pthread_t t;
    if (pthread_create(&t, NULL, tells, NULL))
        return -1;
    pthread_mutex_lock(&m);
    while (!done)
        pthread_cond_wait(&c, &m);
    pthread_mutex_unlock(&m);
    int seen = data_by_condition;
    pthread_join(t, NULL);
    return seen;
}

static atomic_bool flag;
static int data_by_flag;
static void *stores(void *arg)
{
    data_by_flag = 1;
    atomic_store_explicit(&flag, true, memory_order_release);
    return arg;
}
int by_atomic_flag(void)
{
    pthread_t t;
    if (pthread_create(&t, NULL, stores, NULL))
        return -1;
    while (!atomic_load_explicit(&flag, memory_order_acquire))
        continue;
    int seen = data_by_flag;
    pthread_join(t, NULL);
    return seen;
}
static atomic_bool relaxed_flag;
static int data_by_relaxed_flag;
static void *stores_relaxed(void *arg)
{
    data_by_relaxed_flag = 1; //~ ERROR F0201 data race on `data_by_relaxed_flag`
    atomic_store_explicit(&relaxed_flag, true, memory_order_relaxed);
    return arg;
}
int by_relaxed_flag(void)
{
    pthread_t t;
    if (pthread_create(&t, NULL, stores_relaxed, NULL))
        return -1;
    while (!atomic_load_explicit(&relaxed_flag, memory_order_acquire))
        continue;
    int seen = data_by_relaxed_flag;
    pthread_join(t, NULL);
    return seen;
}

static pthread_barrier_t barrier;
static int left, right;
static void *goes_left(void *arg)
{
    left = 1;
    pthread_barrier_wait(&barrier);
    return arg ? NULL : (void *)(long)right;
}
static void *goes_right(void *arg)
{
    right = 1;
    pthread_barrier_wait(&barrier);
    return arg ? NULL : (void *)(long)left;
}
void by_barrier(void)
{
    pthread_t a, b;
    pthread_barrier_init(&barrier, NULL, 2);
    if (pthread_create(&a, NULL, goes_left, NULL) || pthread_create(&b, NULL, goes_right, NULL))
        abort();
    pthread_join(a, NULL);
    pthread_join(b, NULL);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int *table;
static void make_table(void)
{
    table = calloc(10, sizeof *table);
}
static void *looks_up(void *arg)
{
    pthread_once(&once, make_table);
    return table ? (void *)(long)table[1] : arg;
}
void made_once(void)
{
    pthread_t a, b;
    if (pthread_create(&a, NULL, looks_up, NULL) || pthread_create(&b, NULL, looks_up, NULL))
        abort();
    pthread_join(a, NULL);
    pthread_join(b, NULL);
}

static atomic_flag spin = ATOMIC_FLAG_INIT;
static int under_spin;
static void *spins(void *arg)
{
    while (atomic_flag_test_and_set(&spin))
        continue;
    under_spin++;
    atomic_flag_clear(&spin);
    return arg;
}
void by_a_spinlock_of_its_own(void)
{
    pthread_t a, b;
    if (pthread_create(&a, NULL, spins, NULL) || pthread_create(&b, NULL, spins, NULL))
        abort();
    pthread_join(a, NULL);
    pthread_join(b, NULL);
}
