/* What a call that can fail says.
 *
 *     fl_status s = fl_recv(rx, &value);
 *     if (s == FL_CLOSED) ...                 // or: puts(fl_status_text(s));
 *
 *     fl_unwrap(fl_join(handle));             // or panic, with this expression and the status
 *     fl_expect(fl_send(tx, 1), "the printer is alive");
 *     fl_ignore(fl_send(tx, 1));              // on purpose
 *     fl_check(fl_recv(rx, &value));          // or return the status from this function
 *
 * Nothing here blocks; all of it may be called from any thread. */
#ifndef FEARLESS_STATUS_H
#define FEARLESS_STATUS_H

#include <fearless/base.h>

FL_BEGIN_C_

/* name, text: the one list that fl_status and fl_status_text are made from */
#define FL_STATUS_LIST_(X)                                                                         \
    X(FL_OK, "ok")                                                                                 \
    X(FL_CLOSED, "the other side is closed")                                                       \
    X(FL_EMPTY, "empty")                                                                           \
    X(FL_FULL, "full")                                                                             \
    X(FL_TIMEOUT, "timed out")                                                                     \
    X(FL_WOULD_BLOCK, "would block")                                                               \
    X(FL_POISONED, "poisoned: a thread panicked while it held the lock")                           \
    X(FL_PANICKED, "the thread panicked")                                                          \
    X(FL_ALREADY, "already done")                                                                  \
    X(FL_NO_MEMORY, "out of memory")                                                               \
    X(FL_SYSTEM, "the system refused")

#define FL_STATUS_NAME_(name, text) name,
typedef enum fl_status { FL_STATUS_LIST_(FL_STATUS_NAME_) } fl_status;
#undef FL_STATUS_NAME_

/* A constant text, also for a number that is no status. */
const char *fl_status_text(fl_status s);

/* Panics unless s is FL_OK; for FL_PANICKED with the message of the thread that was joined. */
#define fl_unwrap(status) fl_unwrap_((status), #status, __FILE__, __LINE__)
/* The same, with your own words in place of the expression. */
#define fl_expect(status, what) fl_expect_((status), (what), __FILE__, __LINE__)
/* Says that a failure does not matter here. */
#define fl_ignore(status) fl_ignore_(status)
/* Leaves the function that calls it, which must return fl_status, unless the expression gives FL_OK. */
#define fl_check(expr)                                                                             \
    do {                                                                                           \
        const fl_status fl_check_status_ = (expr);                                                 \
        if (fl_check_status_ != FL_OK)                                                             \
            return fl_check_status_;                                                               \
    } while (0)

void fl_unwrap_(fl_status s FL_NOTE_("returns_if:0"), const char *expression, const char *file, int line)
    FL_NOTE_("panics");
void fl_expect_(fl_status s FL_NOTE_("returns_if:0"), const char *what, const char *file, int line)
    FL_NOTE_("panics");
static inline void fl_ignore_(fl_status s)
{
    (void)s;
}

FL_END_C_

#endif
