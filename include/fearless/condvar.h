/* struct fl_condvar: to wait, while a lock is let go, until another thread has changed what the lock guards.
 *
 *     static fl_mutex(struct queue) jobs = FL_MUTEX({ 0 });
 *     static struct fl_condvar more = FL_CONDVAR;
 *
 *     struct job take(void)
 *     {
 *         fl_guard(q, &jobs);
 *         fl_wait_while(&more, q, q->count == 0);         // lets the lock go while it sleeps
 *         return pop(q);                                  // the lock is held, and the condition is false
 *     }
 *     void put(struct job job)
 *     {
 *         fl_with (q, &jobs) push(q, job);
 *         fl_notify_one(&more);
 *     }
 *
 * The name of any guard that holds its lock alone can wait: fl_guard, fl_with, fl_lock, fl_try_guard, fl_guard_timeout,
 * fl_lock_guard, the write guards of <fearless/rwlock.h>, and mapped ones (<fearless/guards.h>). A read guard, or one that
 * holds nothing, panics.
 *
 * fl_wait may return although nobody notified; the _while forms look again, and return only when the condition is
 * false (or the time is over). No notification is lost between letting the lock go and sleeping. Who notifies need not
 * hold the lock; he must have changed the condition under it. One condition variable may serve waiters of different
 * locks at once (fl_notify_one then wakes any of them).
 *
 * Poison: if a thread panicked under the lock while this one waited, the wait panics when it has the lock again, as
 * fl_guard would. With a guard of fl_lock or fl_write_lock it gives FL_POISONED instead, once; the lock is held.
 *
 * A condition variable holds nothing that must be destroyed. It may be freed, by whom it belongs to, as soon as every
 * wait on it has returned, also right after the notification that made them return.
 *
 * Progress: waiting blocks, without using a CPU; notifying is lock-free, and no system call when nobody waits. None of it
 * may be used in a signal handler. After fork, a child has no waiters, whatever there were. */
#ifndef FEARLESS_CONDVAR_H
#define FEARLESS_CONDVAR_H

#include <fearless/base.h>
#include <fearless/lock.h>
#include <fearless/status.h>
#include <fearless/time.h>

FL_BEGIN_C_

struct FL_NOTE_("sync") fl_condvar {
    struct {
        uint32_t fl_word;
    } fl_turn, fl_waiters; /* see src/rt/condvar.c */
};

/* All zero is one, too. */
#ifdef __cplusplus
#define FL_CONDVAR {{0}, {0}}
#else
#define FL_CONDVAR {.fl_turn = {0}}
#endif

/* Wakes one of the threads that wait now, if there are any; all of them. */
FL_NOTE_("wakes:notice") void fl_notify_one(struct fl_condvar *cv);
FL_NOTE_("wakes:notice") void fl_notify_all(struct fl_condvar *cv);

/* fl_wait(&cv, name): lets the lock of the guard go, sleeps until it is notified, takes the lock again. FL_OK, or
 * FL_POISONED (see above). To be called in a loop that looks at the condition; fl_wait_while is that loop. */
#define fl_wait(cv, name) fl_wait_((cv), &name##_fl_guard, __FILE__, __LINE__)

/* The same for so long, or until then: FL_TIMEOUT when the time is over (the lock is held again). */
#define fl_wait_timeout(cv, name, duration) fl_wait_deadline((cv), name, fl_deadline_in(duration))
#define fl_wait_deadline(cv, name, deadline)                                                       \
    fl_wait_until_((cv), &name##_fl_guard, (deadline), __FILE__, __LINE__)

/* fl_wait_timeout_while(&cv, name, duration, condition): waits while the condition is true. FL_OK: it is false.
 * FL_TIMEOUT: the time is over, and it is true still. The condition is looked at before the first wait and after each,
 * also after the last one, under the lock. */
#define fl_wait_timeout_while(cv, name, duration, ...)                                             \
    fl_wait_deadline_while(cv, name, fl_deadline_in(duration), __VA_ARGS__)
#define fl_wait_deadline_while(cv, name, deadline, ...)                                            \
    fl_wait_result_(FL_WAIT_DEADLINE_WHILE_(cv, name, deadline, __VA_ARGS__))

/* ---- private from here on, but for fl_wait_while ---- */

FL_NOTE_("waits") FL_NOTE_("waits_holding:1") FL_NOTE_("blocks") FL_NOTE_("panics")
fl_status fl_wait_(struct fl_condvar *cv, struct fl_guard *guard, const char *file, int line);
FL_MUST_USE_ FL_NOTE_("waits_holding.timed:1") FL_NOTE_("blocks") FL_NOTE_("panics")
fl_status fl_wait_until_(struct fl_condvar *cv, struct fl_guard *guard, struct fl_instant deadline, const char *file,
                         int line);

/* A call, so that a status that nobody looks at is warned about. */
FL_MUST_USE_ static inline fl_status fl_wait_result_(fl_status status)
{
    return status;
}

FL_END_C_

#pragma GCC system_header /* see <fearless/base.h> */

/* fl_wait_while(&cv, name, condition): waits while the condition is true, which is looked at under the lock. FL_OK: it
 * is false. FL_POISONED: see above; the condition may be true. */
#define fl_wait_while(cv, name, ...)                                                               \
    __extension__({                                                                                \
        struct fl_condvar *const fl_wait_cv_ = (cv);                                               \
        fl_status fl_wait_status_ = FL_OK;                                                         \
        while (fl_wait_status_ == FL_OK && (__VA_ARGS__))                                          \
            fl_wait_status_ = fl_wait(fl_wait_cv_, name);                                          \
        fl_wait_status_;                                                                           \
    })

#define FL_WAIT_DEADLINE_WHILE_(cv, name, deadline, ...)                                           \
    __extension__({                                                                                \
        struct fl_condvar *const fl_wait_cv_ = (cv);                                               \
        const struct fl_instant fl_wait_deadline_ = (deadline);                                    \
        fl_status fl_wait_status_ = FL_OK;                                                         \
        while (fl_wait_status_ != FL_POISONED) {                                                   \
            if (!(__VA_ARGS__)) {                                                                  \
                fl_wait_status_ = FL_OK;                                                           \
                break;                                                                             \
            }                                                                                      \
            if (fl_wait_status_ == FL_TIMEOUT)                                                     \
                break;                                                                             \
            fl_wait_status_ = fl_wait_deadline(fl_wait_cv_, name, fl_wait_deadline_);              \
        }                                                                                          \
        fl_wait_status_;                                                                           \
    })

#endif
