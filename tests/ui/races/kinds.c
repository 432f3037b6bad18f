/* Which race it is: plain, atomic beside plain (F0203), volatile as a flag (F0204). */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static void run_two(void *(*f)(void *), void *arg)
{
    pthread_t a, b;
    if (pthread_create(&a, NULL, f, arg) || pthread_create(&b, NULL, f, arg))
        abort();
    pthread_join(a, NULL);
    pthread_join(b, NULL);
}

static int mixed;
static void *adds(void *arg)
{
    __atomic_fetch_add(&mixed, 1, __ATOMIC_RELAXED);
    return arg;
}
int reads_plainly(void)
{
    pthread_t t;
    mixed = 0;
    if (pthread_create(&t, NULL, adds, NULL))
        return -1;
    int seen = mixed; //~ ERROR F0203 `mixed` is accessed atomically and plainly at the same time
    pthread_join(t, NULL);
    return seen + mixed;
}
static int all_atomic;
static void *adds_too(void *arg)
{
    __atomic_fetch_add(&all_atomic, 1, __ATOMIC_RELAXED);
    return arg;
}
int reads_atomically(void)
{
    all_atomic = 0;
    run_two(adds_too, NULL);
    return all_atomic;
}

static volatile int stop;
static void *until_stopped(void *arg)
{
    while (!stop)
        continue;
    return arg;
}
void by_volatile(void)
{
    pthread_t t;
    if (pthread_create(&t, NULL, until_stopped, NULL))
        return;
    stop = 1; //~ ERROR F0204 `volatile` variable `stop` is used between threads without synchronisation
    pthread_join(t, NULL);
}
static atomic_int stop_atomic;
static void *until_stopped_atomic(void *arg)
{
    while (!stop_atomic)
        continue;
    return arg;
}
void by_atomic(void)
{
    pthread_t t;
    if (pthread_create(&t, NULL, until_stopped_atomic, NULL))
        return;
    stop_atomic = 1;
    pthread_join(t, NULL);
}
static volatile int counted;
static void *counts(void *arg)
{
    counted++; //~ ERROR F0201 data race on `counted`
    return arg;
}
void volatile_counter(void)
{
    run_two(counts, NULL);
}

/* ---- a thread for each pass, by a helper that makes what it gets ---- */
struct item {
    int id, *out;
};
static void *fills(void *arg)
{
    struct item *it = arg;
    *it->out = it->id;
    return arg;
}
static pthread_t start_one(int id, int *out)
{
    pthread_t t;
    struct item *it = malloc(sizeof *it);
    if (!it)
        abort();
    it->id = id;
    it->out = out;
    if (pthread_create(&t, NULL, fills, it))
        abort();
    return t;
}
int by_a_helper(void)
{
    int out[3];
    pthread_t t[3];
    for (int i = 0; i < 3; i++)
        t[i] = start_one(i, &out[i]);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    return out[0] + out[2];
}

/* ---- a thread's function under another type ---- */
struct worker {
    int id;
    volatile int *alive;
};
static void *works(struct worker *self)
{
    *self->alive += 1; //~ ERROR F0204 `volatile` variable `*self->alive` is used between threads without synchronisation
    return NULL;
}
void waits_for_a_worker(struct worker *self)
{
    pthread_t t;
    if (pthread_create(&t, NULL, (void *(*)(void *))works, self))
        return;
    while (*self->alive == 0)
        continue;
    pthread_join(t, NULL);
}
