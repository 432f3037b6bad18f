/* What the C programs of this benchmark have in common: the command line that README.md describes. A program includes
 * this, defines `rows` and `version`, and ends with BENCH_MAIN. */
#ifndef BENCH_PROGRAM_H
#define BENCH_PROGRAM_H

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct row {
    const char *name;
    void (*run)(int64_t n, int k); /* n operations; k is the number behind the colon, 1 without one */
};

enum { LARGE = 64 * 1024 };

static int64_t bench_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * (int64_t)1000000000 + t.tv_nsec;
}

static void *bench_sleep(void *arg)
{
    (void)arg;
    for (;;)
        pause();
    return NULL;
}

/* A second thread, asleep: glibc locks and allocates without atomic operations as long as there is only one, which
 * nobody who needs a lock has. */
static void bench_have_a_second_thread(void)
{
    pthread_t t;

    if (pthread_create(&t, NULL, bench_sleep, NULL) == 0)
        pthread_detach(t);
}

static int bench_main(int argc, char **argv, const struct row *rows, const char *version)
{
    if (argc == 2 && strcmp(argv[1], "version") == 0) {
        puts(version);
        return 0;
    }
    if (argc == 3) {
        const char *colon = strchr(argv[1], ':');
        size_t length = colon ? (size_t)(colon - argv[1]) : strlen(argv[1]);
        int64_t n = strtoll(argv[2], NULL, 10), start;
        int k = colon ? atoi(colon + 1) : 1;

        for (const struct row *row = rows; row->name; row++) {
            if (strlen(row->name) != length || strncmp(row->name, argv[1], length) != 0)
                continue;
            bench_have_a_second_thread();
            row->run(n / 20 + 1, k); /* warms up: pages, caches, the lazy parts of libc */
            start = bench_now();
            row->run(n, k);
            printf("%lld\n", (long long)(bench_now() - start));
            return 0;
        }
    }
    return 3; /* not a row of this program */
}

#define BENCH_MAIN(version)                                                                        \
    int main(int argc, char **argv)                                                                \
    {                                                                                              \
        return bench_main(argc, argv, rows, version);                                              \
    }

#endif
