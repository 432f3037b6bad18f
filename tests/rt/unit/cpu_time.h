/* cpu_time(): what this thread has used, in ns. Who waits must not use any. For the unit tests. */
#ifndef FL_TEST_CPU_TIME_H
#define FL_TEST_CPU_TIME_H

#include <stdint.h>
#include <time.h>

static inline int64_t cpu_time(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

#endif
