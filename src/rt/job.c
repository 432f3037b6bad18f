/* Bound calls: one allocation with the function and its arguments, whose place the result takes for the moment that it
 * lives. No state: a job has one owner, and is called or dropped once, because both empty the handle first. */
#include <fearless/job.h>
#include <fearless/panic.h>

#include "sizes.h"

#include <stdlib.h>
#include <string.h>

struct job {
    const struct fl_thread_fn_ *fn;
    void *values; /* arguments, then result */
};

static struct job *new_job(const struct fl_thread_fn_ *fn)
{
    const size_t usual = _Alignof(max_align_t);
    const size_t align = fl_larger_(fl_larger_(fn->args_align, fn->result_align), usual);
    const size_t values_at = fl_round_up_(sizeof(struct job), align);
    const size_t size = fl_round_up_(values_at + fl_larger_(fn->args_size, fn->result_size), align);
    char *const memory = align > usual ? aligned_alloc(align, size) : malloc(size);
    if (!memory)
        return NULL;
    struct job *const job = (struct job *)memory;
    *job = (struct job){fn, memory + values_at};
    return job;
}

void *fl_bind_(const struct fl_start_ *how, const struct fl_thread_fn_ *fn, const void *args)
{
    struct job *const job = new_job(fn);
    if (!job) {
        fn->drop_args((void *)(uintptr_t)args);
        fl_panic_(how->file, how->line, "fl_bind: out of memory");
    }
    memcpy(job->values, args, fn->args_size);
    return job;
}

static void free_at(struct job **job)
{
    free(*job);
}

/* The memory is given back also if the function panics, or leaves by pthread_exit, or the drop of its result panics. */
static void run(void *bound)
{
    __attribute__((cleanup(free_at))) struct job *job = bound;
    job->fn->run(job->values, job->values);
    job->fn->drop_result(job->values);
}

static struct job *taken(const volatile void *job_place, const char *what, const char *file, int line)
{
    struct job **const place = (struct job **)(uintptr_t)job_place;
    struct job *const job = *place;
    if (!job)
        fl_panic_(file, line, "%s: the job is empty: it was called, moved or dropped before", what);
    *place = NULL;
    return job;
}

void fl_call_(const volatile void *job_place, const char *file, int line)
{
    run(taken(job_place, "fl_call", file, line));
}

fl_status fl_try_call_(const volatile void *job_place, const char *file, int line)
{
    return fl_catch(run, taken(job_place, "fl_try_call", file, line));
}

void fl_job_drop_(void *handle)
{
    struct job **const place = handle;
    __attribute__((cleanup(free_at))) struct job *job = *place;
    *place = NULL;
    if (job)
        job->fn->drop_args(job->values);
}
