/* Sending and receiving, as <fearless/channel.h> and select.c call it: which kind, and what to do when it cannot be done
 * at once.
 *
 * The kinds with a buffer (list, ring, and either of them shared) only try. Here is what is around that: try, spin, sleep
 * in the queue of one's side, and try again. The rendezvous hands over while it waits, and the timers know the time, so
 * these wait by themselves (chan_zero.c, chan_time.c).
 *
 * No atomic operation of its own: what orders the values is in the file of each kind, what orders sleeping and waking in
 * chan_wait.c. What fails to take a value drops it, but for the calls that end in _or.
 *
 * Tests: tests/rt/unit/test_channel*.c, tests/rt/stress/stress_channel*.c. */
#include "chan_list.h"
#include "chan_ring.h"

/* May a try succeed? Of the receiving side only who may take. */
static bool is_ready(struct fl_chan *chan, enum fl_side side)
{
    if (fl_chan_is_timer_(chan))
        return fl_time_is_due_(chan);
    if (side == FL_SIDE_SEND_)
        return chan->kind == FL_CHAN_LIST_ || fl_ring_has_room_(chan);
    if (chan->taking == FL_CHAN_SHARED_)
        return fl_shared_is_ready_(chan);
    return chan->kind == FL_CHAN_LIST_ ? fl_list_is_ready_(chan) : fl_ring_is_ready_(chan);
}

/* ---- sending ---- */

fl_status fl_chan_try_send_(struct fl_chan *chan, const void *value)
{
    if (chan->kind == FL_CHAN_LIST_)
        return fl_list_send_(chan, value);
    if (chan->kind == FL_CHAN_RING_)
        return fl_ring_send_(chan, value);
    return fl_zero_try_(chan, FL_SIDE_SEND_, (void *)(uintptr_t)value);
}

/* A sender that goes on at the first free slot soon waits for the next one, and the cache lines of head and tail go to
 * and fro for each value. So, for as long as the receiver takes values in the meantime, a few more are waited for. */
static void wait_for_more_room(struct fl_chan *chan)
{
    enum { ROOM_MOST = 32, PAUSES = 16 };
    const size_t enough = chan->ring.capacity / 4 < ROOM_MOST ? chan->ring.capacity / 4 : ROOM_MOST;
    size_t room = 0, more;

    if (!fl_spin_may_help_())
        return;
    while ((more = chan->ring.capacity - fl_ring_len_(chan)) > room && more < enough) {
        room = more;
        for (int i = 0; i < PAUSES; i++)
            fl_cpu_relax_();
    }
}

static bool spin_for_room(struct fl_chan *chan)
{
    struct fl_looks looks = fl_looks_begin_(&chan->patience[FL_SIDE_SEND_]);

    do {
        if (fl_ring_has_room_(chan)) {
            wait_for_more_room(chan);
            fl_looks_helped_(&looks);
            return true;
        }
    } while (fl_looks_again_(&looks));
    return false;
}

/* Sleeps until it is worth while to try again; also for no reason. False: the deadline passed. */
static bool sleep_for(struct fl_chan *chan, enum fl_side side, int64_t deadline_ns)
{
    struct fl_wait_context context;
    struct fl_wait_entry entry = { .context = &context };
    bool in_time = true;

    fl_wait_open_(&context);
    fl_wait_enter_(chan, side, &entry);
    if (!is_ready(chan, side))
        in_time = fl_wait_sleep_(&context, deadline_ns);
    (void)fl_wait_leave_(chan, side, &entry); /* if we used up a wake-up: we do try again */
    return in_time;
}

static __attribute__((noinline)) fl_status wait_and_send(struct fl_chan *chan, const void *value, int64_t deadline_ns)
{
    bool in_time = deadline_ns != FL_DO_NOT_WAIT_NS_;

    for (;;) {
        fl_status status = fl_ring_send_(chan, value);

        if (status != FL_FULL || !in_time)
            return status;
        if (!spin_for_room(chan))
            in_time = sleep_for(chan, FL_SIDE_SEND_, deadline_ns); /* if not, tries once more */
    }
}

fl_status fl_chan_send_(struct fl_chan *chan, const void *value, int64_t deadline_ns)
{
    fl_status status;

    if (chan->kind == FL_CHAN_LIST_)
        return fl_list_send_(chan, value);
    if (chan->kind != FL_CHAN_RING_)
        return fl_zero_wait_(chan, FL_SIDE_SEND_, (void *)(uintptr_t)value, deadline_ns);
    status = fl_ring_send_(chan, value);
    return status == FL_FULL ? wait_and_send(chan, value, deadline_ns) : status;
}

/* It was given to us, and there is nobody to hand it back to. */
static fl_status drop_unless_sent(struct fl_chan *chan, fl_status status, void *value)
{
    if (status != FL_OK && chan->element.drop)
        chan->element.drop(value);
    return status;
}

static fl_status empty_if_sent(struct fl_chan *chan, fl_status status, void *value, fl_empty_fn_ *make_empty)
{
    if (status == FL_OK)
        fl_make_empty_(value, chan->element.size, make_empty);
    return status;
}

static __attribute__((noinline)) fl_status send_slowly(struct fl_chan *chan, void *value)
{
    return drop_unless_sent(chan, fl_chan_send_(chan, value, FL_NEVER_NS_), value);
}

/* The usual cases of the usual kinds first, without a call. */
fl_status fl_send_(void *tx, void *value)
{
    struct fl_chan *chan = tx;

    if (chan->kind == FL_CHAN_LIST_ ? fl_list_send_at_once_(chan, value)
                                    : chan->kind == FL_CHAN_RING_ && fl_ring_send_at_once_(chan, value))
        return FL_OK;
    return send_slowly(chan, value);
}

fl_status fl_try_send_(void *tx, void *value)
{
    return drop_unless_sent(tx, fl_chan_try_send_(tx, value), value);
}

fl_status fl_send_or_(void *tx, void *value, fl_empty_fn_ *make_empty)
{
    return empty_if_sent(tx, fl_chan_send_(tx, value, FL_NEVER_NS_), value, make_empty);
}

fl_status fl_try_send_or_(void *tx, void *value, fl_empty_fn_ *make_empty)
{
    return empty_if_sent(tx, fl_chan_try_send_(tx, value), value, make_empty);
}

static fl_status timed(fl_status status)
{
    return status == FL_FULL || status == FL_EMPTY ? FL_TIMEOUT : status;
}

fl_status fl_send_deadline_(void *tx, struct fl_instant deadline, void *value)
{
    return drop_unless_sent(tx, timed(fl_chan_send_(tx, value, deadline.fl_ns)), value);
}

fl_status fl_send_timeout_(void *tx, struct fl_duration timeout, void *value)
{
    return fl_send_deadline_(tx, fl_deadline_in(timeout), value);
}

/* ---- receiving ---- */

/* Only of a receiver that is not shared: looks at the slot, without the consumer lock. */
static bool is_written(struct fl_chan *chan)
{
    return chan->kind == FL_CHAN_LIST_ ? fl_list_is_written_(chan) : fl_ring_is_written_(chan);
}

/* Of any: looks at words only. */
static bool seems_empty(const struct fl_chan *chan)
{
    return chan->kind == FL_CHAN_LIST_ ? fl_list_is_empty_(chan) : fl_ring_len_(chan) == 0;
}

static bool spin_for_a_value(struct fl_chan *chan)
{
    struct fl_looks looks = fl_looks_begin_(&chan->patience[FL_SIDE_RECV_]);
    bool is_shared = chan->taking == FL_CHAN_SHARED_;

    do {
        if (is_shared ? !seems_empty(chan) : is_written(chan)) {
            fl_looks_helped_(&looks);
            return true;
        }
    } while (fl_looks_again_(&looks));
    return false;
}

/* Takes, if it may spin, tries for a while; FL_OK, or why not. */
static fl_status take_or_spin(struct fl_chan *chan, void *ret_value, bool may_spin)
{
    fl_status status;

    if (chan->taking == FL_CHAN_SHARED_) {
        status = fl_shared_take_(chan, ret_value);
        return status == FL_EMPTY && may_spin && spin_for_a_value(chan) ? FL_WOULD_BLOCK : status;
    }
    /* spinning at the slot before looking at the tail: the senders' cache line is left to them */
    if (chan->kind == FL_CHAN_LIST_) {
        if (fl_list_take_(chan, ret_value) || (may_spin && spin_for_a_value(chan) && fl_list_take_(chan, ret_value)))
            return FL_OK;
        return fl_list_why_not_(chan);
    }
    if (fl_ring_take_(chan, ret_value) || (may_spin && spin_for_a_value(chan) && fl_ring_take_(chan, ret_value)))
        return FL_OK;
    return fl_ring_why_not_(chan);
}

static __attribute__((noinline)) fl_status wait_and_recv(struct fl_chan *chan, void *ret_value, int64_t deadline_ns)
{
    bool in_time = deadline_ns != FL_DO_NOT_WAIT_NS_;
    struct fl_pause pause = { 0 };

    for (;;) {
        fl_status status = take_or_spin(chan, ret_value, in_time);

        if (status == FL_WOULD_BLOCK) {
            if (!fl_pause_(&pause, deadline_ns))
                return FL_EMPTY;
        } else if (status != FL_EMPTY || !in_time) {
            return status;
        } else {
            in_time = sleep_for(chan, FL_SIDE_RECV_, deadline_ns); /* if not, tries once more */
        }
    }
}

static fl_status recv_of_others(struct fl_chan *chan, void *ret_value, int64_t deadline_ns)
{
    if (chan->taking == FL_CHAN_SHARED_)
        return wait_and_recv(chan, ret_value, deadline_ns);
    if (fl_chan_is_timer_(chan))
        return fl_time_recv_(chan, ret_value, deadline_ns);
    if (deadline_ns == FL_DO_NOT_WAIT_NS_)
        return fl_zero_try_(chan, FL_SIDE_RECV_, ret_value);
    return fl_zero_wait_(chan, FL_SIDE_RECV_, ret_value, deadline_ns);
}

fl_status fl_chan_recv_(struct fl_chan *chan, void *ret_value, int64_t deadline_ns)
{
    if (chan->taking == FL_CHAN_LIST_) {
        if (fl_list_take_at_once_(chan, ret_value) || fl_list_take_(chan, ret_value))
            return FL_OK;
    } else if (chan->taking == FL_CHAN_RING_) {
        if (fl_ring_take_(chan, ret_value))
            return FL_OK;
    } else {
        return recv_of_others(chan, ret_value, deadline_ns);
    }
    return wait_and_recv(chan, ret_value, deadline_ns);
}

fl_status fl_chan_try_recv_(struct fl_chan *chan, void *ret_value)
{
    return fl_chan_recv_(chan, ret_value, FL_DO_NOT_WAIT_NS_);
}

fl_status fl_recv_(void *rx, void *ret_value)
{
    struct fl_chan *chan = rx;

    if (chan->taking == FL_CHAN_LIST_ ? fl_list_take_at_once_(chan, ret_value)
                                      : chan->taking == FL_CHAN_RING_ && fl_ring_take_at_once_(chan, ret_value))
        return FL_OK;
    return fl_chan_recv_(rx, ret_value, FL_NEVER_NS_);
}

fl_status fl_try_recv_(void *rx, void *ret_value)
{
    return fl_chan_try_recv_(rx, ret_value);
}

fl_status fl_recv_deadline_(void *rx, void *ret_value, struct fl_instant deadline)
{
    return timed(fl_chan_recv_(rx, ret_value, deadline.fl_ns));
}

fl_status fl_recv_timeout_(void *rx, void *ret_value, struct fl_duration timeout)
{
    return fl_recv_deadline_(rx, ret_value, fl_deadline_in(timeout));
}

/* ---- one of many (select.c) ---- */

bool fl_chan_watch_(struct fl_chan *chan, enum fl_side side, struct fl_wait_entry *entry)
{
    if (chan->kind == FL_CHAN_ZERO_)
        return fl_zero_watch_(chan, side, entry);
    if (!fl_chan_is_timer_(chan)) /* nobody wakes those who wait for time */
        fl_wait_enter_(chan, side, entry);
    return is_ready(chan, side);
}

void fl_chan_unwatch_(struct fl_chan *chan, enum fl_side side, struct fl_wait_entry *entry)
{
    if (fl_chan_is_timer_(chan))
        return;
    if (!fl_wait_leave_(chan, side, entry) && chan->kind != FL_CHAN_ZERO_ && is_ready(chan, side))
        fl_chan_wake_one_(chan, side);
}

int64_t fl_chan_due_ns_(const struct fl_chan *chan)
{
    return fl_chan_is_timer_(chan) ? fl_time_due_ns_(chan) : FL_NEVER_NS_;
}
