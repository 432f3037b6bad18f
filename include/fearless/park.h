/* Who a thread is, and how to wake it.
 *
 *     fl_thread waiter = fl_current();                    // counted: fl_clone it, move it, keep it in a struct
 *     fl_join_handle(void) h = fl_spawn(prepare, fl_move(waiter), &ready);
 *     while (!atomic_load(&ready))                        // FL_THREAD_FN(void, prepare, fl_thread, waiter, ...)
 *         fl_park();                                      // { ... atomic_store(ready, true); fl_unpark(waiter); }
 *
 *     fl_thread t = fl_thread_of(h);                      // of a thread that somebody has the handle of
 *     printf("%llu %s\n", (unsigned long long)fl_thread_id(t), fl_thread_name(t));
 *
 * Each thread has one token, which is there or not. fl_unpark leaves it; fl_park takes it, and waits for it if it is not
 * there. So an fl_unpark before the fl_park is not lost, and two of them are one. What was written before an fl_unpark is
 * visible after the fl_park that takes its token. Nothing else takes or leaves the token: no channel, lock or join. Still,
 * look at your condition in a loop, as above: a token may be left over from something that was dealt with already.
 *
 * A fl_thread says nothing about whether its thread still runs, and does not keep it from ending or being joined. It may
 * be used from any thread. After fork() the child's only thread keeps its id and its token. */
#ifndef FEARLESS_PARK_H
#define FEARLESS_PARK_H

#include <fearless/base.h>
#include <fearless/handle.h>
#include <fearless/status.h>
#include <fearless/thread.h>
#include <fearless/time.h>

#ifndef __cplusplus

/* The thread behind a join handle, as an owned fl_thread; h stays. Panics if h is empty. Wait-free. */
#define fl_thread_of(h) ((fl_thread)fl_thread_of_(*FL_JOIN_PLACE_(h), __FILE__, __LINE__))

#endif

/* Unique in this process, for ever: not given again after the thread has ended. Never 0. t stays. Panics if t is empty,
 * as the next two do. Wait-free. */
#define fl_thread_id(t) fl_thread_id_((t), __FILE__, __LINE__)

/* "main" for the main thread, NULL for one without a name. Valid as long as t, or another handle on the same thread, is;
 * t stays. Wait-free. */
#define fl_thread_name(t) fl_thread_name_((t), __FILE__, __LINE__)

/* Leaves the token for t, and wakes it if it is parked. Of a thread that has ended: does nothing. t stays. Wait-free but
 * for one system call; may be called in a signal handler. */
#define fl_unpark(t) fl_unpark_((t), __FILE__, __LINE__)

#pragma GCC system_header /* see <fearless/base.h> */

FL_BEGIN_C_

/* The calling thread, also if fl_spawn did not start it, as an owned fl_thread. Panics if there is no memory (a thread that
 * fl_spawn did not start needs some, the first time). Wait-free but for that. */
__attribute__((warn_unused_result)) fl_thread fl_current(void) FL_NOTE_("panics");

/* Takes this thread's token; waits until there is one. Signals do not end the wait; it is no cancellation point. */
void fl_park(void) FL_NOTE_("blocks") FL_NOTE_("awaits:unpark");

/* The same, and not longer than that: FL_OK, a token was taken; FL_TIMEOUT. One that is there is taken even if the time is
 * over already. */
fl_status fl_park_timeout(struct fl_duration timeout) FL_NOTE_("blocks");
fl_status fl_park_deadline(struct fl_instant deadline) FL_NOTE_("blocks");

/* ---- private ---- */

__attribute__((warn_unused_result)) void *fl_thread_of_(const volatile void *join_handle, const char *file, int line) FL_NOTE_("panics");
uint64_t fl_thread_id_(fl_thread t, const char *file, int line) FL_NOTE_("panics");
const char *fl_thread_name_(fl_thread t, const char *file, int line) FL_NOTE_("panics") FL_NOTE_("result.borrows");
void fl_unpark_(fl_thread t, const char *file, int line) FL_NOTE_("panics");

FL_END_C_

#endif
