/* Linux: futex(2), private to the process. */
#ifdef __linux__
#define _GNU_SOURCE
#include "futex.h"

#include <errno.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

bool fl_futex_wait_(const uint32_t *word, uint32_t expected, int64_t deadline_ns)
{
    /* FUTEX_WAIT_BITSET takes an absolute time (on CLOCK_MONOTONIC, as fl_now), so that a spurious wake-up does not
     * make the whole wait longer; FUTEX_WAIT would take a relative one. */
    struct timespec until, *ret_until = NULL;
    int saved_errno = errno;
    bool in_time = true;

    if (deadline_ns != INT64_MAX) {
        if (deadline_ns < 0)
            deadline_ns = 0; /* the kernel refuses a negative time; this long ago it is all the same */
        until.tv_sec = (time_t)(deadline_ns / 1000000000);
        until.tv_nsec = (long)(deadline_ns % 1000000000);
        ret_until = &until;
    }
    if (syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected, ret_until, NULL,
                FUTEX_BITSET_MATCH_ANY) == -1)
        in_time = errno != ETIMEDOUT; /* EAGAIN: the word had changed; EINTR: a signal */
    errno = saved_errno;
    return in_time;
}

void fl_futex_wake_(const uint32_t *word, int count)
{
    int saved_errno = errno;

    (void)syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, count);
    errno = saved_errno;
}
#else
#error "this system has no futex_<os>.c yet: write one beside futex_linux.c"
#endif
