/*
 * Which call waits for the end of which thread: a join of its handle, the end of its scope, a helper that does either.
 *
 *     pthread_create(&t, NULL, work, &a);     starts at block 3; t holds "the thread of block 3"
 *     finish(&t);                             waits for it when finish() joins what it is given
 *
 * A handle in an array is a handle in one cell: a join of any element may wait for each thread that was started into it.
 * Functions are looked at callees first; what a function joins of its parameters and of globals is kept for its callers.
 */
#ifndef FEARLESS_CHECK_THREADS_THREAD_WAITS_H
#define FEARLESS_CHECK_THREADS_THREAD_WAITS_H

#include "analysis/origins/origins.h"

struct thread_waits;

struct thread_waits *thread_waits_new(struct analysis *analysis, struct origin_program *origins);
void thread_waits_free(struct thread_waits *waits);

/* Whether the call that ends `block` waits for the thread that is started by the call that ends `start`. */
bool call_waits_for_thread(const struct thread_waits *waits, struct origins *o, uint32_t block, uint32_t start);

/* The same where it is known in which cells the thread's handle is. */
bool call_waits_for_cells(const struct thread_waits *waits, struct origins *o, uint32_t block, uint32_t start,
                          const struct origin_set *cells);

/* Where the handle is put of the thread that the call ending `start` starts. */
const struct origin_set *thread_handle_cells(struct origins *o, uint32_t start);

/* The threads, as what their handles hold, that the call waits for. */
const struct origin_set *threads_waited_for(const struct thread_waits *waits, struct origins *o, uint32_t block);

/* Forward from its start: the thread runs until it is waited for. */
struct thread_run {
    bool *reached; /* by block: when it begins, the thread may be running */
    bool *ends;    /* by block: behind it, it is not */
};
struct thread_run thread_run_from(const struct thread_waits *waits, struct origins *o, uint32_t start,
                                  const struct origin_set *cells);
void thread_run_clear(struct thread_run *run);

/*
 * The call starts a thread: what it runs, and the call as the new thread makes it. False when it starts none, or one that
 * runs something which is not known by name here.
 */
bool call_starts_thread(const struct ir_call *call, struct flow_point at, struct values *values,
                        const struct ir_function **ret_entry, struct ir_call *ret_inner);

#endif
