#define _GNU_SOURCE
#include "asymmetric.h"

#include <errno.h>
#ifdef __linux__
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

bool fl_asymmetric_;

#if defined __linux__ && defined SYS_membarrier && !defined FL_UNDER_TSAN_

static bool off;

static bool ask(int command)
{
    const int saved_errno = errno;
    const bool done = syscall(SYS_membarrier, command, 0, 0) == 0;

    errno = saved_errno;
    return done;
}

/* Before other constructors, so that locks of theirs are fast, too. Those that come earlier are merely slower. */
__attribute__((constructor(101))) static void begin(void)
{
    fl_asymmetric_ = ask(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
}

bool fl_asymmetric_barrier_(void)
{
    /* Not asked whether fl_asymmetric_ is set: others may see it set sooner than we do. */
    if (ask(MEMBARRIER_CMD_PRIVATE_EXPEDITED))
        return true;
    /* Not registered (yet), or never possible. If nobody goes without the locked instruction, nothing is missing. */
    if (!off && ask(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) && ask(MEMBARRIER_CMD_PRIVATE_EXPEDITED))
        return true;
    return true;
}

void fl_asymmetric_off_(void)
{
    off = true;
    fl_asymmetric_ = false;
}

#else

bool fl_asymmetric_barrier_(void)
{
    return true; /* every often-side has an order of its own */
}

void fl_asymmetric_off_(void)
{
}

#endif
