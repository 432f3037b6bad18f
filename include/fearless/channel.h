/* Channels: values that go from thread to thread, in order, without a lock in sight.
 *
 *     fl_sender(text) tx;
 *     fl_receiver(text) rx;
 *     fl_channel(&tx, &rx);
 *     fl_auto(rx);
 *
 *     fl_detach(fl_spawn(produce, fl_clone(tx)));         // each thread has a sender of its own
 *     fl_detach(fl_spawn(produce, fl_move(tx)));
 *     fl_for_each (got, rx)                               // until the last sender is dropped
 *         puts(got.s);                                    // got is dropped after each pass, unless moved
 *
 * Sending gives the value away, receiving gives it to the receiver: it is bytes that move, the value's drop function
 * does not run. What is sent and never received is dropped when the receiver is, exactly once. Values of one sender
 * arrive in the order they were sent; a value that was sent before another was (by whatever means one thread told the
 * other) arrives before it.
 *
 * Three kinds, by who waits:
 *
 *     fl_channel(&tx, &rx);             // unbounded: sending never waits for the receiver
 *     fl_sync_channel(&tx, &rx, 16);    // bounded: sending waits while 16 values are in the channel
 *     fl_sync_channel(&tx, &rx, 0);     // rendezvous: both wait for each other, and the value goes from hand to hand
 *
 * Any number of threads may use one sender at the same time, and clones are cheap. A receiver is for one thread at a
 * time, and may be moved to another; fl_share(fl_move(rx)) makes it a shared receiver, of which there can be clones in
 * many threads: each value goes to one of them.
 *
 * fl_sender(void) and fl_receiver(void) carry no value, only the event: fl_send(tx), fl_recv(rx, NULL).
 *
 * Progress: trying, and sending where there is room, is lock-free, except that receiving waits for a sender that has
 * begun to send and is in the middle of it; shared receivers and the ends of a rendezvous channel wait for each other's
 * few instructions, too. What blocks uses no CPU while it does. None of it is for signal handlers. After fork, in the
 * child, only channels whose other end the child has got to itself are of use: threads are not copied. */
#ifndef FEARLESS_CHANNEL_H
#define FEARLESS_CHANNEL_H

#include <fearless/base.h>
#include <fearless/get.h>
#include <fearless/handle.h>
#include <fearless/move.h>
#include <fearless/ownership.h>
#include <fearless/panic.h>
#include <fearless/pass.h>
#include <fearless/pin.h>
#include <fearless/status.h>
#include <fearless/time.h>
#include <fearless/value.h>

#ifndef __cplusplus

/* Makes an unbounded channel: *txp and *rxp, which must be empty or uninitialised, become its ends. fl_channel panics
 * when there is no memory, fl_try_channel gives FL_NO_MEMORY and leaves them alone. */
#define fl_channel(txp, rxp) fl_channel_(FL_CHANNEL_ENDS_(txp, rxp), __FILE__, __LINE__)
#define fl_try_channel(txp, rxp) fl_try_channel_(FL_CHANNEL_ENDS_(txp, rxp))

/* The same with a limit: at most n values are in the channel, none for n == 0. Memory for all n is taken at once. */
#define fl_sync_channel(txp, rxp, n) fl_sync_channel_(FL_CHANNEL_ENDS_(txp, rxp), (n), __FILE__, __LINE__)
#define fl_try_sync_channel(txp, rxp, n) fl_try_sync_channel_(FL_CHANNEL_ENDS_(txp, rxp), (n))

/* Sends a value: fl_send(tx, 7), fl_send(tx, fl_move(t)), fl_send(tx, { 1, 2 }), fl_send(tx) of a fl_sender(void).
 * FL_OK; otherwise the value is dropped: FL_CLOSED when the receiver is gone; FL_NO_MEMORY (unbounded channels only).
 *
 *   fl_send                     blocks while a bounded channel is full, and until a rendezvous' receiver comes
 *   fl_try_send                 does not: FL_FULL (rendezvous: unless a receiver is waiting)
 *   fl_send_timeout/_deadline   waits so long: FL_TIMEOUT; (tx, duration or instant, value...) */
#define fl_send(...) FL_SEND_ANY_(fl_send_, __VA_ARGS__)
#define fl_try_send(...) FL_SEND_ANY_(fl_try_send_, __VA_ARGS__)
#define fl_send_timeout(...) FL_SEND_BY_ANY_(fl_send_timeout_, __VA_ARGS__)
#define fl_send_deadline(...) FL_SEND_BY_ANY_(fl_send_deadline_, __VA_ARGS__)

/* Sends *p; on FL_OK it is empty afterwards, otherwise (as for fl_send and fl_try_send) untouched. The value goes
 * straight from there into the channel, or to the receiver, however large it is: for what is too large for the stack,
 * this is the way to send. */
#define fl_send_or(tx, p) FL_SEND_OR_(fl_send_or_, tx, p)
#define fl_try_send_or(tx, p) FL_SEND_OR_(fl_try_send_or_, tx, p)

/* Receives into *out, which must be empty or uninitialised (NULL: the value is dropped at once, of a rendezvous maybe
 * by the sender's thread; its drop function must not receive from the same channel), and is untouched unless the result
 * is FL_OK. FL_CLOSED: every sender is gone, and everything
 * that was sent has been received. rx is a receiver or a shared receiver.
 *
 *   fl_recv                     waits for a value
 *   fl_try_recv                 does not wait: FL_EMPTY
 *   fl_recv_timeout/_deadline   waits so long: FL_TIMEOUT */
#define fl_recv(rx, out) fl_recv_(FL_RECEIVER_(rx), FL_RECV_OUT_(rx, out))
#define fl_try_recv(rx, out) fl_try_recv_(FL_RECEIVER_(rx), FL_RECV_OUT_(rx, out))
#define fl_recv_timeout(rx, out, duration)                                                         \
    fl_recv_timeout_(FL_RECEIVER_(rx), FL_RECV_OUT_(rx, out), (duration))
#define fl_recv_deadline(rx, out, instant)                                                         \
    fl_recv_deadline_(FL_RECEIVER_(rx), FL_RECV_OUT_(rx, out), (instant))

/* A loop over what is received: declares `got` for the statement that follows. Ends when every sender is gone and all
 * is received (fl_try_for_each: when there is nothing at the moment). break, continue, return and goto work; got is
 * dropped at the end of each pass by whatever way, unless it was moved (fl_move leaves it empty). */
#define fl_for_each(got, rx) FL_FOR_EACH_(fl_recv_, got, rx)
#define fl_try_for_each(got, rx) FL_FOR_EACH_(fl_try_recv_, got, rx)

/* Makes a receiver, which is consumed (fl_move(rx) or an rvalue), a shared one:
 *
 *     fl_shared_receiver(struct job) jobs = fl_share(fl_move(rx));
 *     for (int i = 0; i < 4; i++)
 *         fl_detach(fl_spawn(work, fl_clone(jobs)));      // each job goes to one of the four
 *
 * Every receiving operation takes it. The channel is closed when the last clone is dropped. What it costs (a lock
 * for each receive) only shared receivers pay. Does not block; panics if rx is empty. */
#define fl_share(rx)                                                                               \
    ((fl_shared_receiver(fl_target(rx)))fl_share_((fl_receiver(fl_target(rx))){rx}, __FILE__, __LINE__))

#endif /* !__cplusplus */

#pragma GCC system_header /* see <fearless/base.h> */

#ifndef __cplusplus

/* How many values are in the channel, and whether there are none. Of a sender or a receiver. Lock-free; while others
 * send and receive, a number that was true a moment ago. */
#define fl_len(h) fl_channel_len_(FL_EITHER_END_(h))
#define fl_is_empty(h) fl_channel_is_empty_(FL_EITHER_END_(h))
/* The limit: SIZE_MAX for an unbounded channel, which is never full; 0 for a rendezvous, which is empty and full at once,
 * always. */
#define fl_capacity(h) fl_channel_capacity_(FL_EITHER_END_(h))
#define fl_is_full(h) fl_channel_is_full_(FL_EITHER_END_(h))

#endif

/* ---- private ---- */

FL_BEGIN_C_

/* What a channel knows about its values. */
struct fl_element_ {
    size_t size, align;
    fl_drop_fn_ *drop; /* NULL: nothing to drop */
};

FL_NOTE_("panics")
void fl_channel_(void *ret_tx FL_NOTE_("out"), void *ret_rx FL_NOTE_("out"), struct fl_element_ element,
                 const char *file, int line);
FL_MUST_USE_ fl_status fl_try_channel_(void *ret_tx FL_NOTE_("out_if:0"), void *ret_rx FL_NOTE_("out_if:0"),
                                       struct fl_element_ element);

FL_NOTE_("panics")
void fl_sync_channel_(void *ret_tx FL_NOTE_("out"), void *ret_rx FL_NOTE_("out"), struct fl_element_ element,
                      size_t capacity, const char *file, int line);
FL_MUST_USE_ fl_status fl_try_sync_channel_(void *ret_tx FL_NOTE_("out_if:0"), void *ret_rx FL_NOTE_("out_if:0"),
                                            struct fl_element_ element, size_t capacity);
FL_NOTE_("panics") void *fl_share_(const volatile void *rx FL_NOTE_("moved"), const char *file, int line);

/* Not "blocks": whether it does is not in the type of a sender, and most are of unbounded channels. */
FL_MUST_USE_ FL_NOTE_("wakes:message") fl_status fl_send_(void *tx, void *value FL_NOTE_("moved"));
FL_MUST_USE_ FL_NOTE_("blocks") fl_status fl_send_timeout_(void *tx, struct fl_duration timeout,
                                                           void *value FL_NOTE_("moved"));
FL_MUST_USE_ FL_NOTE_("blocks") fl_status fl_send_deadline_(void *tx, struct fl_instant deadline,
                                                            void *value FL_NOTE_("moved"));
FL_MUST_USE_ fl_status fl_try_send_(void *tx, void *value FL_NOTE_("moved"));
FL_MUST_USE_ FL_NOTE_("wakes:message") fl_status fl_send_or_(void *tx, void *value FL_NOTE_("moved_if:0"), fl_empty_fn_ *make_empty);
FL_MUST_USE_ fl_status fl_try_send_or_(void *tx, void *value FL_NOTE_("moved_if:0"), fl_empty_fn_ *make_empty);

FL_MUST_USE_ FL_NOTE_("awaits:message") FL_NOTE_("blocks") FL_NOTE_("gives:0,1") fl_status fl_recv_(void *rx, void *ret_value FL_NOTE_("out_if:0"));
FL_MUST_USE_ FL_NOTE_("gives:0,1,2") fl_status fl_try_recv_(void *rx, void *ret_value FL_NOTE_("out_if:0"));
FL_MUST_USE_ FL_NOTE_("blocks") FL_NOTE_("gives:0,1,4") fl_status fl_recv_timeout_(void *rx, void *ret_value FL_NOTE_("out_if:0"),
                                                           struct fl_duration timeout);
FL_MUST_USE_ FL_NOTE_("blocks") FL_NOTE_("gives:0,1,4") fl_status fl_recv_deadline_(void *rx, void *ret_value FL_NOTE_("out_if:0"),
                                                            struct fl_instant deadline);

size_t fl_channel_len_(const void *end);
bool fl_channel_is_empty_(const void *end);
size_t fl_channel_capacity_(const void *end);
bool fl_channel_is_full_(const void *end);

FL_NORETURN_ void fl_channel_no_end_(const char *file, int line);

FL_END_C_

#ifndef __cplusplus

/* The type a channel's slot has: the handle's target, of `void` one that has no bytes. */
__extension__ struct fl_nothing_ {
};
#define FL_ELEMENT_(h)                                                                             \
    __typeof__(*_Generic((FL_TARGET_PTR_(h))0, void *: (struct fl_nothing_ *)0, default: (FL_TARGET_PTR_(h))0))

/* The ends as the functions take them, after a check that h is one. An empty handle is a mistake in the caller, which
 * has to be told where. */
#ifdef __FEARLESS_CHECK__
#define FL_SENDER_(tx) ((void *)(fl_sender(fl_target(tx))){tx})
#define FL_RECEIVER_(rx) ((void *)(FL_RECEIVER_TYPE_(rx)){rx})
#define FL_EITHER_END_(h) ((const void *)FL_AN_END_(h))
#else
static inline void *fl_channel_end_(const volatile void *end, const char *file, int line)
{
    if (__builtin_expect(!end, 0))
        fl_channel_no_end_(file, line);
    return (void *)(uintptr_t)end;
}
#define FL_SENDER_(tx) fl_channel_end_((fl_sender(fl_target(tx))){tx}, __FILE__, __LINE__)
#define FL_RECEIVER_(rx) fl_channel_end_((FL_RECEIVER_TYPE_(rx)){rx}, __FILE__, __LINE__)
#define FL_EITHER_END_(h) fl_channel_end_(FL_AN_END_(h), __FILE__, __LINE__)
#endif
/* What rx should be: a shared receiver if it is one, otherwise a receiver. */
#define FL_RECEIVER_TYPE_(rx)                                                                      \
    __typeof__(_Generic((rx), fl_shared_receiver(fl_target(rx)): (fl_shared_receiver(fl_target(rx)))0, \
                        default: (fl_receiver(fl_target(rx)))0))
#define FL_AN_END_(h)                                                                              \
    (FL_REQUIRE_(_Generic((h), fl_sender(fl_target(h)): 1, fl_receiver(fl_target(h)): 1,           \
                          fl_shared_receiver(fl_target(h)): 1, default: 0),                        \
                 "this takes an end of a channel: a sender or a receiver"),                        \
     (h))

/* ret_tx, ret_rx, the element: both ends must be of the same type, the sender's decides. */
#define FL_CHANNEL_ENDS_(txp, rxp)                                                                 \
    (fl_sender(fl_target(*(txp))) *){txp}, (fl_receiver(fl_target(*(txp))) *){rxp},                \
        (struct fl_element_){sizeof(FL_ELEMENT_(*(txp))), _Alignof(FL_ELEMENT_(*(txp))),           \
                             FL_DROP_OF_(*(__typeof__(FL_ELEMENT_(*(txp))) *)0)}

/* fl_send(tx) or fl_send(tx, value...)? */
#define FL_SEND_ANY_(send, ...)                                                                    \
    FL_CAT_(FL_SEND_, FL_CAT_(FL_ONE_OR_MORE_(__VA_ARGS__), _))(send, __VA_ARGS__)
#define FL_ONE_OR_MORE_(...)                                                                       \
    FL_65TH_(__VA_ARGS__, FL_MORE_16_, FL_MORE_16_, FL_MORE_16_, FL_MORE_15_, ONE, ~)
#define FL_MORE_15_ MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE
#define FL_MORE_16_ MORE, FL_MORE_15_
#define FL_65TH_(...) FL_65TH_OF_(__VA_ARGS__)
#define FL_65TH_OF_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, \
                    a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40,  \
                    a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59,  \
                    a60, a61, a62, a63, a64, n, ...)                                               \
    n
#define FL_SEND_ONE_(send, tx) send(FL_SENDER_((fl_sender(void)){tx}), (void *)0)
#define FL_SEND_MORE_(send, tx, ...) send(FL_SENDER_(tx), FL_ONE_VALUE_(FL_ELEMENT_(tx), __VA_ARGS__))
/* (tx, when) or (tx, when, value...): one argument more than above */
#define FL_SEND_BY_ANY_(send, tx, ...)                                                             \
    FL_CAT_(FL_SEND_BY_, FL_CAT_(FL_ONE_OR_MORE_(__VA_ARGS__), _))(send, tx, __VA_ARGS__)
#define FL_SEND_BY_ONE_(send, tx, when) send(FL_SENDER_((fl_sender(void)){tx}), (when), (void *)0)
#define FL_SEND_BY_MORE_(send, tx, when, ...)                                                      \
    send(FL_SENDER_(tx), (when), FL_ONE_VALUE_(FL_ELEMENT_(tx), __VA_ARGS__))
#define FL_SEND_OR_(send, tx, p)                                                                   \
    send(FL_SENDER_(tx), (__typeof__(FL_ELEMENT_(tx)) *){p}, FL_EMPTY_OF_(*(__typeof__(FL_ELEMENT_(tx)) *)0))
#define FL_RECV_OUT_(rx, out) ((FL_TARGET_PTR_(rx)){out})

/* The loop. A body that breaks comes to the step that leaves; one that continues, or comes to its end, to the step that
 * goes back. So there is no flag, and the compiler and the checker see exactly the paths that there are. (The label has
 * a number, not the line: a macro may hold two loops, and all of it is one line.) */
#define FL_FOR_EACH_(recv, got, rx)                                                                \
    FL_COUNTER_ON_ FL_FOR_EACH_NOW_(recv, got, rx, FL_CAT_(got##_fl_again_, __COUNTER__)) FL_COUNTER_OFF_
#define FL_FOR_EACH_NOW_(recv, got, rx, again)                                                     \
    FL_ONE_PASS_(void *const got##_fl_rx = FL_RECEIVER_(rx))                                       \
    again:                                                                                         \
    for (FL_ELEMENT_(rx) got; recv(got##_fl_rx, &got) == FL_OK; FL_LEAVE_)                         \
        for (FL_EACH_AUTO_(got);; __extension__({ goto again; }))

#ifdef __FEARLESS_CHECK__
#define FL_EACH_AUTO_(got) FL_UNUSED_ FL_NOTE_("auto") __typeof__(got) *const got##_fl_auto = &got
#else
#define FL_EACH_AUTO_(got)                                                                         \
    __attribute__((unused, cleanup(fl_each_end_))) struct fl_each_ got##_fl_auto = {               \
        FL_PIN_(&got), FL_DROP_OF_(got)}
struct fl_each_ {
    void *value;
    fl_drop_fn_ *drop;
};
static inline void fl_each_end_(struct fl_each_ *each)
{
    FL_UNPIN_();
    if (each->drop)
        each->drop(each->value);
}
#endif

#endif /* !__cplusplus */

#endif
