/* Waiting for several things at once: whichever of some sends and receives can happen first, or a timer.
 *
 *     text t = { 0 };
 *     text o = text_of("out");
 *     switch (fl_select(fl_on_recv(inbox, &t), fl_on_send(outbox, &o), fl_on_timeout(fl_millis(5)))) {
 *     case 0:                                     // the index of what happened, as it is written
 *         if (fl_selected() == FL_CLOSED)         // nothing will come any more; t is untouched
 *             return;
 *         puts(t.s);
 *         fl_drop(t);
 *         break;
 *     case 1:                                     // sent (o is empty now), or FL_CLOSED (o is still here)
 *         break;
 *     default:                                    // the timeout
 *         puts("nothing to do");
 *     }
 *     fl_drop(o);
 *
 *     fl_receiver(struct fl_instant) beat = fl_tick(fl_secs(1));   // or fl_after(d): once
 *     ... fl_on_recv(beat, NULL) ...
 *
 * Exactly one case happens. It is the first that can; among those that can at the same time it is chosen at random,
 * so that no channel starves another. A closed channel is ready: its case happens with FL_CLOSED at once, and again
 * in the next select, so leave it out then: drop its handle. An empty handle (NULL: moved or dropped) is never ready.
 *
 * The same channel may be in several cases, also as sender and receiver: a select does not pair with itself.
 * While it waits it uses no CPU. Progress: blocking; with fl_on_none() as each channel's try operation.
 * Not for signal handlers. After fork, the child may use what it made itself. */
#ifndef FEARLESS_SELECT_H
#define FEARLESS_SELECT_H

#include <fearless/base.h>
#include <fearless/channel.h>
#include <fearless/handle.h>
#include <fearless/ownership.h>
#include <fearless/status.h>
#include <fearless/time.h>

#ifndef __cplusplus

/* ---- timers: receivers that time itself sends to ---- */

/* A receiver of the moment at which it was due: fl_after once, after d (at once if d is not positive), and is silent
 * from then on, neither ready nor closed; fl_tick every d, for ever. It holds one tick: those that become due while one
 * is waiting to be received are lost, so they do not accumulate; and they come at multiples of d from the beginning,
 * so they do not drift. fl_tick of a duration that is not positive panics. All panic when there is no memory.
 *
 * No thread stands behind them: the receiver looks at the clock. Everything that a receiver can do they can (fl_recv,
 * fl_try_recv, fl_recv_timeout, fl_for_each, fl_share, fl_len, fl_capacity (1), fl_select), also in another thread that
 * they are moved to. fl_recv of a fl_after that has been received waits for ever. Dropping one stops it.
 * Making, trying and dropping do not block, and are wait-free but for the memory allocator. */
#define fl_after(duration) ((fl_receiver(struct fl_instant))fl_after_((duration), __FILE__, __LINE__))
#define fl_tick(duration) ((fl_receiver(struct fl_instant))fl_tick_((duration), __FILE__, __LINE__))

/* fl_never(T): a fl_receiver(T) that is never ready and never closed: something to wait for that does not come. Its
 * capacity is 0. */
#define fl_never(...) ((fl_receiver(__VA_ARGS__))fl_never_(__FILE__, __LINE__))

#endif /* !__cplusplus */

#pragma GCC system_header /* see <fearless/base.h> */

#ifndef __cplusplus

/* fl_select(case, ...): waits until one of up to 20 cases can happen, does it, and gives its index (the first is 0).
 * fl_select_list(cases, n): the same for an array of struct fl_case that is made at run time from the same fl_on_...:
 *
 *     struct fl_case cases[MOST];
 *     for (int i = 0; i < n; i++)
 *         cases[i] = fl_on_recv(workers[i].results, &got);
 *     int which = fl_select_list(cases, n);
 *
 * The cases hold addresses; what they point to must be alive, nothing else refers to it. fl_select_list does not change
 * its cases, so they may be used again (a handle that was dropped in the meantime has to be taken out first).
 *
 * A select whose cases can never happen, because every handle is empty and there is no timeout, panics: it would never
 * return. (fl_never(T) is the receiver to wait on for ever.) */
#ifndef __FEARLESS_CHECK__
#define fl_select(...)                                                                             \
    fl_select_((const struct fl_case[]){__VA_ARGS__, {0, 0, 0, 0, 0}}, __FILE__, __LINE__)
#endif
#define fl_select_list(cases, n) fl_select_list_((cases), (n), __FILE__, __LINE__)

/* Receives into *out (NULL: drops the value at once), as fl_recv does: `out` must be empty or uninitialised, and is
 * untouched unless this case happens with FL_OK. From a receiver or a shared receiver. */
#ifndef __FEARLESS_CHECK__
#define fl_on_recv(rx, out)                                                                        \
    ((struct fl_case){&fl_case_recv_, (FL_RECEIVER_TYPE_(rx)){rx}, (FL_TARGET_PTR_(rx)){out}, 0, 0})
#endif

/* Sends *from (NULL for a fl_sender(void)), as fl_send_or does: the variable is left empty if this case happens with
 * FL_OK, and is untouched otherwise. */
#ifndef __FEARLESS_CHECK__
#define fl_on_send(tx, from)                                                                       \
    ((struct fl_case){&fl_case_send_, (fl_sender(fl_target(tx))){tx}, (__typeof__(FL_ELEMENT_(tx)) *){from}, \
                      FL_EMPTY_OF_(*(__typeof__(FL_ELEMENT_(tx)) *)0), 0})
#endif

/* Happens, with FL_TIMEOUT, when nothing else could until then; of several the earliest. */
#define fl_on_timeout(duration) fl_on_timeout_((duration))
#define fl_on_deadline(instant) fl_on_deadline_((instant))

/* Happens, with FL_WOULD_BLOCK, when nothing else can right now: the select does not wait. */
#define fl_on_none() fl_on_none_()

/* The status of what this thread's last select chose: FL_OK, FL_CLOSED, FL_NO_MEMORY (a send whose channel could not
 * grow), FL_TIMEOUT, FL_WOULD_BLOCK. Wait-free. */
#ifndef __FEARLESS_CHECK__
#define fl_selected() fl_selected_()
#endif

#endif /* !__cplusplus */

/* ---- private ---- */

/* What a case is. Its first member is a pointer to a type of our own, so that something else in a case's place (a
 * receiver, a number) does not compile. */
struct fl_case {
    const struct fl_case_kind_ *fl_kind;
    const volatile void *fl_end; /* NULL: never ready */
    void *fl_value;              /* to receive into (may be NULL), or to send from */
    fl_empty_fn_ *fl_make_empty; /* of what is sent */
    int64_t fl_ns;               /* the timeout or the deadline */
};

FL_BEGIN_C_

/* Only their addresses matter. */
extern const struct fl_case_kind_ {
    char fl_name;
} fl_case_recv_, fl_case_send_, fl_case_timeout_, fl_case_deadline_, fl_case_none_;

#define FL_TIMER_NOTES_ __attribute__((warn_unused_result)) FL_NOTE_("panics")
FL_TIMER_NOTES_ void *fl_after_(struct fl_duration d, const char *file, int line);
FL_TIMER_NOTES_ void *fl_tick_(struct fl_duration d, const char *file, int line);
FL_TIMER_NOTES_ void *fl_never_(const char *file, int line);

#ifndef __FEARLESS_CHECK__

int fl_select_(const struct fl_case *cases, const char *file, int line);
int fl_select_list_(const struct fl_case *cases, size_t n, const char *file, int line);
fl_status fl_selected_(void);

#endif

FL_END_C_

#ifndef __cplusplus

#ifndef __FEARLESS_CHECK__

static inline struct fl_case fl_on_timeout_(struct fl_duration d)
{
    return (struct fl_case){&fl_case_timeout_, 0, 0, 0, d.fl_ns};
}
static inline struct fl_case fl_on_deadline_(struct fl_instant t)
{
    return (struct fl_case){&fl_case_deadline_, 0, 0, 0, t.fl_ns};
}
static inline struct fl_case fl_on_none_(void)
{
    return (struct fl_case){&fl_case_none_, 0, 0, 0, 0};
}

#else /* __FEARLESS_CHECK__ */

/* For the checker a select is some number, and then the operation of the case with that number: what it does to its
 * variable, and when, is what <fearless/channel.h> says of that operation. fl_selected() is the status that it gave.
 *
 * A case is a call of a function that is never defined. fl_select puts FL_CASE_ in front of that call's name, which is
 * then a macro that takes it apart; what is no such call (a variable) happens without anything being known of it. */
FL_NOTE_("blocks") int fl_check_select_(int n);
FL_NOTE_("blocks") int fl_check_select_list_(const struct fl_case *cases, size_t n);
FL_UNUSED_ static inline struct fl_case fl_check_on_recv_(const volatile void *end, void *value)
{
    return (struct fl_case){&fl_case_recv_, end, value, 0, 0};
}
FL_UNUSED_ static inline struct fl_case fl_check_on_send_(const volatile void *end, void *value)
{
    return (struct fl_case){&fl_case_send_, end, value, 0, 0};
}
struct fl_case fl_on_timeout_(struct fl_duration d);
struct fl_case fl_on_deadline_(struct fl_instant t);
struct fl_case fl_on_none_(void);
fl_status fl_check_status_(void);
FL_NORETURN_ void fl_check_no_case_(void);
FL_UNUSED_ static FL_THREAD_VAR_ fl_status fl_check_selected_; /* each thread has its own */

#define fl_on_recv(rx, out) fl_check_on_recv_(((FL_RECEIVER_TYPE_(rx)){rx}), ((FL_TARGET_PTR_(rx)){out}))
#define fl_on_send(tx, from)                                                                       \
    fl_check_on_send_(((fl_sender(fl_target(tx))){tx}), ((__typeof__(FL_ELEMENT_(tx)) *){from}))
#define fl_selected() fl_check_selected_
#define fl_select_list_(cases, n, file, line)                                                      \
    (fl_check_selected_ = fl_check_status_(), fl_check_select_list_((cases), (n)))

/* Up to 20 cases. */
#define fl_select(...) FL_SELECT_(FL_COUNT_(__VA_ARGS__), __VA_ARGS__)
#define FL_SELECT_(n, ...)                                                                         \
    __extension__({                                                                                \
        const int fl_chosen_ = fl_check_select_(n);                                                \
        FL_CAT_(FL_SELECT_, FL_CAT_(n, _))(0, __VA_ARGS__) fl_check_no_case_();                    \
        fl_chosen_;                                                                                \
    })
#define FL_CASE_fl_check_on_recv_(end, value) ~, RECV, end, value
#define FL_CASE_fl_check_on_send_(end, value) ~, SEND, end, value
#define FL_CASE_fl_on_timeout_(d) ~, TIMEOUT, d
#define FL_CASE_fl_on_deadline_(t) ~, TIMEOUT, t
#define FL_CASE_fl_on_none_() ~, NONE, 0
#define FL_CASE_AT_(i, case) FL_CASE_AT_NOW_(i, FL_CASE_##case, OTHER, case)
#define FL_CASE_AT_NOW_(i, ...) FL_CASE_IS_(i, __VA_ARGS__)
#define FL_CASE_IS_(i, tag, kind, ...)                                                             \
    if (fl_chosen_ == (i))                                                                         \
        fl_check_selected_ = FL_CASE_##kind##_(__VA_ARGS__, ~, ~);                                    \
    else
/* An end that is empty is never ready, and may stand in a case. */
FL_NOTE_("blocks") FL_NOTE_("gives:0,1") fl_status fl_check_case_recv_(void *end FL_NOTE_("may_be_empty"), void *ret_value FL_NOTE_("out_if:0"));
FL_NOTE_("blocks") fl_status fl_check_case_send_(void *end FL_NOTE_("may_be_empty"), void *value FL_NOTE_("moved_if:0"));
#define FL_CASE_RECV_(end, value, ...) fl_check_case_recv_((void *)(uintptr_t)(end), value)
#define FL_CASE_SEND_(end, value, ...) fl_check_case_send_((void *)(uintptr_t)(end), value)
#define FL_CASE_TIMEOUT_(d, ...) ((void)(d), FL_TIMEOUT)
#define FL_CASE_NONE_(...) FL_WOULD_BLOCK
#define FL_CASE_OTHER_(case, ...) ((void)(case), fl_check_status_())

#define FL_SELECT_1_(i, a) FL_CASE_AT_(i, a)
#define FL_SELECT_2_(i, a, ...) FL_CASE_AT_(i, a) FL_SELECT_1_(i + 1, __VA_ARGS__)
#define FL_SELECT_3_(i, a, ...) FL_CASE_AT_(i, a) FL_SELECT_2_(i + 1, __VA_ARGS__)
#define FL_SELECT_4_(i, a, ...) FL_CASE_AT_(i, a) FL_SELECT_3_(i + 1, __VA_ARGS__)
#define FL_SELECT_5_(i, a, ...) FL_CASE_AT_(i, a) FL_SELECT_4_(i + 1, __VA_ARGS__)
#define FL_SELECT_6_(i, a, ...) FL_CASE_AT_(i, a) FL_SELECT_5_(i + 1, __VA_ARGS__)
#define FL_SELECT_7_(i, a, ...) FL_CASE_AT_(i, a) FL_SELECT_6_(i + 1, __VA_ARGS__)
#define FL_SELECT_8_(i, a, ...) FL_CASE_AT_(i, a) FL_SELECT_7_(i + 1, __VA_ARGS__)
#define FL_SELECT_9_(i, a, ...) FL_CASE_AT_(i, a) FL_SELECT_8_(i + 1, __VA_ARGS__)
#define FL_SELECT_10_(i, a, ...) FL_CASE_AT_(i, a) FL_SELECT_9_(i + 1, __VA_ARGS__)
#define FL_SELECT_11_(i, a, ...) FL_CASE_AT_(i, a) FL_SELECT_10_(i + 1, __VA_ARGS__)
#define FL_SELECT_12_(i, a, ...) FL_CASE_AT_(i, a) FL_SELECT_11_(i + 1, __VA_ARGS__)
#define FL_SELECT_13_(i, a, ...) FL_CASE_AT_(i, a) FL_SELECT_12_(i + 1, __VA_ARGS__)
#define FL_SELECT_14_(i, a, ...) FL_CASE_AT_(i, a) FL_SELECT_13_(i + 1, __VA_ARGS__)
#define FL_SELECT_15_(i, a, ...) FL_CASE_AT_(i, a) FL_SELECT_14_(i + 1, __VA_ARGS__)
#define FL_SELECT_16_(i, a, ...) FL_CASE_AT_(i, a) FL_SELECT_15_(i + 1, __VA_ARGS__)
#define FL_SELECT_17_(i, a, ...) FL_CASE_AT_(i, a) FL_SELECT_16_(i + 1, __VA_ARGS__)
#define FL_SELECT_18_(i, a, ...) FL_CASE_AT_(i, a) FL_SELECT_17_(i + 1, __VA_ARGS__)
#define FL_SELECT_19_(i, a, ...) FL_CASE_AT_(i, a) FL_SELECT_18_(i + 1, __VA_ARGS__)
#define FL_SELECT_20_(i, a, ...) FL_CASE_AT_(i, a) FL_SELECT_19_(i + 1, __VA_ARGS__)

#endif

#endif /* !__cplusplus */

#endif
