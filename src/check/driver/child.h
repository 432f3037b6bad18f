/* A process of this one's own that tells it something: it ends with this one, however that ends. */
#ifndef FEARLESS_CHECK_DRIVER_CHILD_H
#define FEARLESS_CHECK_DRIVER_CHILD_H

#include <sys/types.h>

/* As fork(); ret_fd is what the child writes to, and what the parent reads. -1: there was none to be had. */
pid_t child_begin(int *ret_fd);

#endif
