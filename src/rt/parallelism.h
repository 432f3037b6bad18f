/* What fl_available_parallelism is made of, apart so that tests can give it another machine. */
#ifndef FL_RT_PARALLELISM_H
#define FL_RT_PARALLELISM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <sched.h>
#include <stddef.h>
#include <sys/types.h>

/* How many CPUs `get` (sched_getaffinity, which refuses a set that is too small) allows; 0 if it does not say. */
size_t fl_parallelism_by_affinity_(int (*get)(pid_t pid, size_t size, cpu_set_t *set));

/* How many CPUs' worth of time the control groups of this process allow (rounded up, at least 1), as told by the files
 * below `root`/proc and wherever root/proc/self/mountinfo says, there below `root`, too. SIZE_MAX: no limit. */
size_t fl_parallelism_by_quota_(const char *root);

#endif
