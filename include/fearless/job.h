/* fl_job: a call with its arguments, kept for later. What a pool of threads queues.
 *
 *     FL_THREAD_FN(void, resize, image, picture, int, width) { fl_auto(picture); ... }
 *
 *     fl_job j = fl_bind(resize, fl_move(picture), 640);  // nothing runs yet; the picture is the job's
 *     fl_ignore(fl_send(jobs, fl_move(j)));
 *
 *     FL_THREAD_FN(void, worker, fl_receiver(fl_job), jobs)
 *     {
 *         fl_auto(jobs);
 *         fl_for_each (job, jobs)
 *             if (fl_try_call(job) != FL_OK)              // a job that panics does not take the worker with it
 *                 fprintf(stderr, "%s\n", fl_panic_message());
 *     }
 *
 * A job is owned, as a handle is: it is moved, dropped, sent, kept in fields. Exactly one of these happens to it: it is
 * called once, in whatever thread has it then, and its arguments belong to the function; or it is dropped, and its
 * arguments with it. One word, one allocation.
 *
 * The function is any FL_THREAD_FN (<fearless/thread.h>), with any result. Nobody gets the result: it is dropped.
 *
 * Not for signal handlers. A job is plain memory: after fork, the child has its copy. */
#ifndef FEARLESS_JOB_H
#define FEARLESS_JOB_H

#include <fearless/base.h>
#include <fearless/handle.h>
#include <fearless/ownership.h>
#include <fearless/status.h>
#include <fearless/thread.h>

#ifndef __cplusplus

/* Calls the function as fl_call does; a panic in it ends here. FL_OK; FL_PANICKED, and fl_panic_message() says why. The
 * job is empty afterwards in both cases. Panics (past itself) if j is empty already. */
#define fl_try_call(j)                                                                             \
    fl_try_call_((FL_REQUIRE_(FL_IS_JOB_(j), "only a fl_job can be called"), &(j)), __FILE__, __LINE__)

#pragma GCC system_header /* see <fearless/base.h> */

/* fl_bind(fn, arguments...): a fl_job. Arguments are checked and given as in fl_spawn: owned ones with fl_move. Does not
 * block. Panics if there is no memory, after dropping the arguments. */
#define fl_bind(fn, ...)                                                                           \
    FL_OMITTABLE_(~, ##__VA_ARGS__) FL_BIND_(fn, fn##_is_not_a_FL_THREAD_FN __VA_OPT__(,) __VA_ARGS__)

/* Calls the function, here and now, and drops its result. j is a variable or a field, and empty afterwards, also if the
 * function panics (the panic goes on). Panics if j is empty already. Blocks if the function does. */
#define fl_call(j)                                                                                 \
    fl_call_((FL_REQUIRE_(FL_IS_JOB_(j), "only a fl_job can be called"), &(j)), __FILE__, __LINE__)

#endif /* !__cplusplus */

/* ---- private ---- */

FL_BEGIN_C_

void *fl_bind_(const struct fl_start_ *how, const struct fl_thread_fn_ *fn, const void *args);
FL_NOTE_("runs.job") FL_NOTE_("panics") void fl_call_(const volatile void *job_place FL_NOTE_("moved"), const char *file, int line);
FL_MUST_USE_ FL_NOTE_("runs.job") FL_NOTE_("panics") fl_status
fl_try_call_(const volatile void *job_place FL_NOTE_("moved"), const char *file, int line);
#ifdef __FEARLESS_CHECK__
FL_NOTE_("op.bind") void *fl_check_bind_(void *call_and_nothing);
#endif

FL_END_C_

#ifndef __cplusplus

#ifdef __FEARLESS_CHECK__
#define FL_BIND_(fn, start, ...)                                                                   \
    FL_OMITTABLE_(~, ##__VA_ARGS__)((__typeof__(((&start)(FL_START_BIND_ __VA_OPT__(,) __VA_ARGS__), (fl_job)0)))fl_check_bind_( \
        (fn(__VA_ARGS__), (void *)0)))
#else
#define FL_BIND_(fn, start, ...)                                                                   \
    FL_OMITTABLE_(~, ##__VA_ARGS__)((fl_job)FL_STARTER_(start)(FL_START_BIND_ __VA_OPT__(,) __VA_ARGS__))
#endif
#define FL_START_BIND_ FL_START_(fl_bind_, (void *)0, (void *)0, 0)
#define FL_IS_JOB_(j) _Generic((j), fl_job: 1, default: 0)

#endif

#endif
