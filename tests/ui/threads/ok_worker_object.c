/* An object with a thread inside: start and stop, as a local, in an array, in a struct. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

struct ticker {
    pthread_t thread;
    atomic_bool stop;
    atomic_long ticks;
    bool started;
};

struct clockwork {
    const char *name;
    struct ticker hand;
};

static void *tick(void *argument)
{
    struct ticker *t = argument;
    while (!atomic_load(&t->stop))
        atomic_fetch_add(&t->ticks, 1);
    return t;
}

static bool ticker_start(struct ticker *t)
{
    atomic_store(&t->stop, false);
    t->started = pthread_create(&t->thread, NULL, tick, t) == 0;
    return t->started;
}

static void ticker_stop(struct ticker *t)
{
    if (!t->started)
        return;
    atomic_store(&t->stop, true);
    pthread_join(t->thread, NULL);
    t->started = false;
}

static void one(void)
{
    struct ticker t = { 0 };
    if (!ticker_start(&t))
        return;
    ticker_stop(&t);
    printf("%d\n", atomic_load(&t.ticks) >= 0);
}

static void inside(void)
{
    struct clockwork c = { "grandfather", { 0 } };
    if (ticker_start(&c.hand))
        puts(c.name);
    ticker_stop(&c.hand);
}

static void several(void)
{
    struct ticker all[3] = { 0 };
    for (int i = 0; i < 3; i++)
        ticker_start(&all[i]);
    for (int i = 0; i < 3; i++)
        ticker_stop(&all[i]);
}

int main(void)
{
    one();
    inside();
    several();
    return 0;
}
