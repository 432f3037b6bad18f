/* Threads that are known to be asleep. Nothing waits for "long enough": a thread that has to be blocked before a test goes
 * on is watched until the system says that it sleeps. */
#ifndef FL_TEST_ASLEEP_H
#define FL_TEST_ASLEEP_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "atomic.h"

#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef FL_ATOMIC(int) sleeper_id; /* 0 until the thread has said who it is */

static inline void sleeper_is_me(sleeper_id *id)
{
    fl_store_release(id, (int)syscall(SYS_gettid)); /* [T] */
}

/* Until the system says that the thread sleeps (or that it has ended). If it slept for another reason than the one that
 * the test means, the test finds less, but nothing wrong. */
static inline void wait_until_asleep(sleeper_id *id)
{
    char path[64], state = 0;
    int tid;

    while ((tid = fl_load_acquire(id)) == 0) /* [T] */
        sched_yield();
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
    while (state != 'S') {
        FILE *f = fopen(path, "r");

        if (!f)
            return;
        if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
            state = 'S';
        fclose(f);
        sched_yield();
    }
}

#endif
