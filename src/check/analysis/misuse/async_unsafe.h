/*
 * What must not be called where a thread may have been stopped in the middle of anything: in a signal handler, and in the
 * child of a process with several threads. docs/design/misuse.md
 */
#ifndef FEARLESS_CHECK_MISUSE_ASYNC_UNSAFE_H
#define FEARLESS_CHECK_MISUSE_ASYNC_UNSAFE_H

#include "analysis/context.h"

/* A function without a body that allocates, locks, waits for a lock or keeps state: by its notes. */
bool is_async_unsafe(const struct ir_function *fn);

/* The first such call that fn gets to by name, itself included. */
struct unsafe_call {
    const struct ir_function *fn;     /* in which it stands */
    uint32_t block;
    const struct ir_function *callee; /* NULL: there is none */
};
struct unsafe_call async_unsafe_call_of(const struct analysis *analysis, const struct ir_function *fn);

#endif
