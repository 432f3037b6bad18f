#include "thread_pool.h"

#include <stdio.h>
#include <stdlib.h>

/* What every worker runs. They share one receiver, so each job goes to one of them; the loop ends when the pool has
 * dropped its sender and the channel is empty. */
static FL_THREAD_FN(void, work, fl_shared_receiver(fl_job), jobs)
{
    fl_auto(jobs);

    fl_for_each (job, jobs)
        fl_ignore(fl_try_call(job)); /* a panic has said itself what happened, and is the end of the job, not of us */
}

fl_status thread_pool_start(thread_pool *pool, size_t workers, size_t room)
{
    fl_sender(fl_job) tx;
    fl_receiver(fl_job) rx;
    fl_check(fl_try_sync_channel(&tx, &rx, room));
    fl_shared_receiver(fl_job) jobs = fl_share(fl_move(rx));
    fl_auto(jobs);

    /* Whatever fails from here on, dropping what has been started so far is the way back. */
    thread_pool started = { .jobs = fl_move(tx), .workers = calloc(workers, sizeof *started.workers) };
    fl_auto(started);
    if (!started.workers)
        return FL_NO_MEMORY;
    for (; started.count < workers; started.count++) {
        char name[32];
        snprintf(name, sizeof name, "worker %zu", started.count + 1);
        const struct fl_thread_options options = { .name = name };
        fl_check(fl_try_spawn_with(&started.workers[started.count], &options, work, fl_clone(jobs)));
    }

    *pool = fl_move(started);
    return FL_OK;
}

fl_status thread_pool_submit(const thread_pool *pool, fl_job job)
{
    return fl_send(pool->jobs, fl_move(job));
}

fl_status thread_pool_try_submit(const thread_pool *pool, fl_job job)
{
    return fl_try_send(pool->jobs, fl_move(job));
}

void thread_pool_drop(thread_pool *pool)
{
    fl_drop(pool->jobs);
    for (size_t i = 0; i < pool->count; i++)
        fl_unwrap(fl_join(pool->workers[i]));
    free(pool->workers);
}
