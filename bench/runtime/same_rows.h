/* The rows that are the same for every C library with locks and joinable threads. A program includes this after it has
 * said what is its own: the type `thread`, start(), join(), and how its locks are taken and given back. All inline, so
 * that a row's loop calls the library and nothing between. */
#ifndef BENCH_SAME_ROWS_H
#define BENCH_SAME_ROWS_H

#include "program.h"

static int64_t count;

static void *nothing(void *arg)
{
    return arg;
}

static void spawn(int64_t n, int k)
{
    (void)k;
    for (int64_t i = 0; i < n; i++)
        join(start(nothing, NULL));
}

static void lock(int64_t n, int k)
{
    (void)k;
    for (int64_t i = 0; i < n; i++) {
        take_mutex();
        count += 1;
        give_back_mutex();
    }
}

static void *lock_in_thread(void *n)
{
    lock(*(int64_t *)n, 1);
    return NULL;
}

static void counter(int64_t n, int k)
{
    int64_t half = n / 2;
    thread t = start(lock_in_thread, &half);

    (void)k;
    lock(half, 1);
    join(t);
}

static void read_lock(int64_t n, int k)
{
    int64_t sum = 0;

    (void)k;
    count = 1;
    for (int64_t i = 0; i < n; i++) {
        take_to_read();
        sum += count;
        give_back_read();
    }
    if (sum < n)
        abort();
}

static void write_lock(int64_t n, int k)
{
    (void)k;
    for (int64_t i = 0; i < n; i++) {
        take_to_write();
        count += 1;
        give_back_written();
    }
}

#endif
