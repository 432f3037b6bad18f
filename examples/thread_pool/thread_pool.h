/* A pool of threads that do jobs.
 *
 *     FL_THREAD_FN(void, resize, image, picture, int, width) { fl_auto(picture); ... }
 *
 *     thread_pool pool;
 *     fl_unwrap(thread_pool_start(&pool, 4, 64));
 *     fl_auto(pool);
 *     fl_unwrap(thread_pool_run(&pool, resize, fl_move(picture), 640));
 *
 * The arguments of a job travel with it: what it owns is given with fl_move, as to fl_spawn. Each job is done exactly
 * once, by whichever worker is free first. A job that panics ends there, its arguments are dropped, and the worker takes
 * the next one.
 *
 * Dropping the pool (fl_drop, or the fl_auto at the end of the scope) is the graceful shutdown: nothing new can come,
 * what has been queued is still done, and when the drop returns every worker has ended. So it blocks as long as the jobs
 * do, and a job must not drop its own pool. */
#ifndef EXAMPLES_THREAD_POOL_H
#define EXAMPLES_THREAD_POOL_H

#include <fearless.h>

typedef struct {
    fl_sender(fl_job) jobs; /* the only one: when it is dropped, the workers' loops end */
    fl_join_handle(void) *workers;
    size_t count;
} thread_pool;

void thread_pool_drop(thread_pool *pool);
#define FL_OWNED thread_pool, thread_pool_drop
#include <fearless/owned.h>

/* Makes *pool, which must be empty or uninitialised: that many threads, and room for `room` jobs that wait for one.
 * FL_OK; FL_NO_MEMORY or FL_SYSTEM, and then nothing is left behind and *pool is as it was. */
__attribute__((warn_unused_result)) fl_status thread_pool_start(thread_pool *pool, size_t workers, size_t room);

/* thread_pool_run(&pool, fn, arguments...): hands over a job, and waits while there is no room for it (not from within a
 * job, which might wait for itself). thread_pool_try_run does not wait: FL_FULL, and the arguments are dropped. */
#define thread_pool_run(pool, ...) thread_pool_submit(pool, fl_bind(__VA_ARGS__))
#define thread_pool_try_run(pool, ...) thread_pool_try_submit(pool, fl_bind(__VA_ARGS__))

/* The same for a job that exists already. The job is consumed. */
fl_status thread_pool_submit(const thread_pool *pool, fl_job job);
fl_status thread_pool_try_submit(const thread_pool *pool, fl_job job);

#endif
