/* What the stress tests share: size, seeds, threads, a watchdog, and the delays between protocol steps.
 *
 * FL_STRESS=n makes them n times as long (1 is a few seconds for each); FL_SEED=n repeats a run's choices (not its
 * interleaving). A test that hangs is killed by its watchdog and says its seed.
 *
 * What threads share is static or on the heap: clang's ThreadSanitizer does not watch a function's accesses to its own
 * locals, although pthread_create has been given their address. */
#ifndef FL_TEST_STRESS_H
#define FL_TEST_STRESS_H

#include "atomic.h"

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static uint64_t stress_seed;

static inline unsigned stress_size(void)
{
    const char *text = getenv("FL_STRESS");
    int n = text ? atoi(text) : 1;

    return n < 1 ? 1 : (unsigned)n;
}

/* First in main. */
static inline void stress_begin(const char *name)
{
    const char *text = getenv("FL_SEED");
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    stress_seed = text ? strtoull(text, NULL, 0) : (uint64_t)now.tv_sec * 1000003 + (uint64_t)now.tv_nsec;
    printf("%s: FL_SEED=%llu FL_STRESS=%u\n", name, (unsigned long long)stress_seed, stress_size());
    fflush(stdout);
    alarm(240 * stress_size());
}

/* xorshift64*, one state for each user */
static inline uint64_t stress_next(uint64_t *random)
{
    *random ^= *random >> 12;
    *random ^= *random << 25;
    *random ^= *random >> 27;
    return *random * 2685821657736338717u;
}

static inline uint64_t stress_random_for(uint64_t who)
{
    uint64_t random = stress_seed * 6364136223846793005u + who * 1442695040888963407u + 1;

    return random ? random : 1;
}

#define stress_check(condition)                                                                    \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not true: %s (FL_SEED=%llu)\n", __FILE__, __LINE__, #condition, \
                    (unsigned long long)stress_seed);                                              \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static inline pthread_t stress_start(void *(*fn)(void *), void *arg)
{
    pthread_t t;

    if (pthread_create(&t, NULL, fn, arg) != 0) {
        perror("pthread_create");
        abort();
    }
    return t;
}

/* fn(arg) in so many threads at once, at most 64; returns when all have ended. */
static inline void stress_run(unsigned threads, void *(*fn)(void *), void *arg)
{
    pthread_t t[64];

    for (unsigned i = 0; i < threads; i++)
        t[i] = stress_start(fn, arg);
    for (unsigned i = 0; i < threads; i++)
        pthread_join(t[i], NULL);
}

#ifdef FL_RT_DELAY
/* Between any two steps of the runtime: mostly nothing, sometimes a little, seldom long enough for everybody else to
 * get through. */
void fl_rt_delay_(void)
{
    static _Thread_local uint64_t random;
    uint64_t r;

    if (random == 0)
        random = stress_random_for((uint64_t)(uintptr_t)&random);
    r = stress_next(&random);
    if (r % 16 == 0) {
        for (volatile unsigned i = 0; i < r / 16 % 2048; i++)
            ;
    } else if (r % 1024 == 1) {
        sched_yield();
    } else if (r % 16384 == 2) {
        struct timespec nap = { 0, (long)(r / 16384 % 100000) };
        clock_nanosleep(CLOCK_MONOTONIC, 0, &nap, NULL); /* nanosleep sets errno, which the runtime leaves alone */
    }
}
#endif

#endif
