/* The ends of a channel: making, cloning, dropping, and the calls behind <fearless/channel.h>.
 *
 * A sender handle and a receiver handle both are the address of one struct fl_chan. It counts the senders, and the two
 * sides: when the count of senders reaches zero, their side is closed; when both sides are closed, it is freed.
 *
 * Who may call what: any thread sends, and clones and drops its own sender handles; one thread at a time receives, or
 * many, once it is shared (chan_shared.c).
 *
 * Ordering
 *   [R] dropping a sender is a release on the count, and the last one an acquire: what every sender did happens
 *       before the closing. Cloning is relaxed: who clones has a handle, so the count is not zero.
 *   [S] the same for the two sides: what was done on either happens before freeing.
 *   What orders the values themselves is in the file of each kind, what orders sleeping and waking in chan_wait.c.
 *
 * Tests: tests/rt/unit/test_channel*.c, tests/rt/stress/stress_channel*.c. */
#include "chan.h"

#include <stdlib.h>

struct fl_chan *fl_chan_alloc_(enum fl_chan_kind kind, struct fl_element_ element)
{
    struct fl_chan *chan = aligned_alloc(FL_CACHE_LINE_, sizeof *chan);

    if (!chan)
        return NULL;
    memset(chan, 0, sizeof *chan);
    chan->kind = chan->taking = (uint8_t)kind;
    chan->element = element;
    fl_atomic_init(&chan->senders, 1);
    fl_atomic_init(&chan->receivers, 1);
    fl_atomic_init(&chan->sides, 2);
    fl_atomic_init(&chan->spin[FL_SIDE_SEND_], FL_SPIN_FIRST_);
    fl_atomic_init(&chan->spin[FL_SIDE_RECV_], FL_SPIN_FIRST_);
    return chan;
}

struct fl_chan *fl_chan_new_(struct fl_element_ element, uint32_t slots)
{
    struct fl_chan *chan = fl_chan_alloc_(FL_CHAN_LIST_, element);

    if (chan)
        fl_list_init_(chan, slots);
    return chan;
}

static fl_status give_ends(struct fl_chan *chan, void *ret_tx, void *ret_rx)
{
    if (!chan)
        return FL_NO_MEMORY;
    memcpy(ret_tx, &chan, sizeof chan);
    memcpy(ret_rx, &chan, sizeof chan);
    return FL_OK;
}

fl_status fl_try_channel_(void *ret_tx, void *ret_rx, struct fl_element_ element)
{
    return give_ends(fl_chan_new_(element, 0), ret_tx, ret_rx);
}

void fl_channel_(void *ret_tx, void *ret_rx, struct fl_element_ element, const char *file, int line)
{
    if (fl_try_channel_(ret_tx, ret_rx, element) != FL_OK)
        fl_panic_(file, line, "out of memory for a channel (fl_try_channel reports it instead)");
}

void fl_channel_no_end_(const char *file, int line)
{
    fl_panic_(file, line,
              "this channel handle is empty: it was moved or dropped, or is not initialised by fl_channel yet");
}

/* ---- handles ---- */

/* Handles have types of their own (whose objects the compiler believes are not touched by others): bytes are copied. */
static struct fl_chan *chan_in(const void *handle)
{
    struct fl_chan *chan;

    memcpy(&chan, handle, sizeof chan);
    return chan;
}

void *fl_sender_clone_(const volatile void *h)
{
    struct fl_chan *chan = (struct fl_chan *)(uintptr_t)h;

    if (chan && fl_add_relaxed(&chan->senders, 1) > SIZE_MAX / 2) /* relaxed: [R] */
        fl_panic("more senders than memory can hold: are clones forgotten instead of dropped?");
    return chan;
}

/* As a cleanup: a side is closed also if the drop of a value that was left panicked. */
static void close_side(struct fl_chan **chanp)
{
    struct fl_chan *chan = *chanp;

    if (!chan || fl_sub_acq_rel(&chan->sides, 1) != 1) /* [S] */
        return;
    if (chan->kind == FL_CHAN_LIST_)
        fl_list_destroy_(chan);
    free(chan);
}

void fl_sender_drop_(void *h)
{
    struct fl_chan *chan = chan_in(h);

    if (!chan || fl_sub_acq_rel(&chan->senders, 1) != 1) /* [R] */
        return;
    if (chan->kind == FL_CHAN_LIST_)
        fl_list_close_sender_(chan);
    fl_chan_wake_all_(chan, FL_SIDE_RECV_);
    close_side(&chan);
}

void fl_receiver_drop_(void *h)
{
    __attribute__((cleanup(close_side))) struct fl_chan *chan = chan_in(h);

    if (chan && chan->kind == FL_CHAN_LIST_)
        fl_list_close_receiver_(chan);
}

/* ---- sending ---- */

fl_status fl_chan_try_send_(struct fl_chan *chan, const void *value)
{
    return fl_list_send_(chan, value);
}

fl_status fl_chan_send_(struct fl_chan *chan, const void *value, int64_t deadline_ns)
{
    (void)deadline_ns;
    return fl_list_send_(chan, value);
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

fl_status fl_send_(void *tx, void *value)
{
    return drop_unless_sent(tx, fl_chan_send_(tx, value, FL_NEVER_NS_), value);
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

/* ---- receiving ---- */

/* A bounded spin before sleeping, which costs two system calls, one of them the sender's. Its length is learned: what
 * came in time earns a longer one, what did not halves it. Only of a receiver that is not shared. */
static bool spin_for_a_value(struct fl_chan *chan)
{
    int budget = fl_load_relaxed(&chan->spin[FL_SIDE_RECV_]); /* relaxed: a number to begin with */

    if (!fl_spin_may_help_())
        return false;
    for (int i = 0; i < budget; i++) {
        if (fl_list_is_written_(chan)) {
            if (budget < FL_SPIN_MOST_)
                fl_store_relaxed(&chan->spin[FL_SIDE_RECV_], budget + budget / 8 + 1); /* relaxed: as above */
            return true;
        }
        fl_cpu_relax_();
    }
    if (budget > FL_SPIN_LEAST_)
        fl_store_relaxed(&chan->spin[FL_SIDE_RECV_], budget / 2); /* relaxed: as above */
    return false;
}

/* Sleeps until it is worth while to try again, or longer than needed never. False: the deadline passed. */
static bool sleep_for_a_value(struct fl_chan *chan, int64_t deadline_ns)
{
    struct fl_wait_context context;
    struct fl_wait_entry entry = { .context = &context };
    bool in_time = true;

    fl_wait_open_(&context);
    fl_wait_enter_(chan, FL_SIDE_RECV_, &entry);
    if (!fl_list_is_ready_(chan))
        in_time = fl_wait_sleep_(&context, deadline_ns);
    (void)fl_wait_leave_(chan, FL_SIDE_RECV_, &entry); /* if we used up a wake-up: we do try again */
    return in_time;
}

fl_status fl_chan_recv_(struct fl_chan *chan, void *ret_value, int64_t deadline_ns)
{
    bool in_time = deadline_ns != FL_DO_NOT_WAIT_NS_;
    struct fl_pause pause = { 0 };

    if (fl_chan_is_timer_(chan))
        return fl_time_recv_(chan, ret_value, deadline_ns);
    for (;;) {
        fl_status status;

        if (fl_list_take_(chan, ret_value))
            return FL_OK;
        if (in_time && spin_for_a_value(chan))
            continue;
        status = fl_list_why_not_(chan);
        if (status == FL_CLOSED)
            return status;
        if (status == FL_WOULD_BLOCK) {
            if (!fl_pause_(&pause, deadline_ns))
                return FL_EMPTY;
        } else if (!in_time) {
            return FL_EMPTY;
        } else {
            in_time = sleep_for_a_value(chan, deadline_ns); /* if not, looks once more */
        }
    }
}

fl_status fl_chan_try_recv_(struct fl_chan *chan, void *ret_value)
{
    return fl_chan_recv_(chan, ret_value, FL_DO_NOT_WAIT_NS_);
}

fl_status fl_recv_(void *rx, void *ret_value)
{
    return fl_chan_recv_(rx, ret_value, FL_NEVER_NS_);
}

fl_status fl_try_recv_(void *rx, void *ret_value)
{
    return fl_chan_try_recv_(rx, ret_value);
}

fl_status fl_recv_deadline_(void *rx, void *ret_value, struct fl_instant deadline)
{
    fl_status status = fl_chan_recv_(rx, ret_value, deadline.fl_ns);

    return status == FL_EMPTY ? FL_TIMEOUT : status;
}

fl_status fl_recv_timeout_(void *rx, void *ret_value, struct fl_duration timeout)
{
    return fl_recv_deadline_(rx, ret_value, fl_deadline_in(timeout));
}

/* ---- one of many (select.c) ---- */

/* May a try succeed? The receiving side: only who may take. */
static bool is_ready(struct fl_chan *chan, enum fl_side side)
{
    if (fl_chan_is_timer_(chan))
        return fl_time_is_due_(chan);
    return side == FL_SIDE_SEND_ || fl_list_is_ready_(chan);
}

bool fl_chan_watch_(struct fl_chan *chan, enum fl_side side, struct fl_wait_entry *entry)
{
    if (!fl_chan_is_timer_(chan)) /* nobody wakes those who wait for time */
        fl_wait_enter_(chan, side, entry);
    return is_ready(chan, side);
}

void fl_chan_unwatch_(struct fl_chan *chan, enum fl_side side, struct fl_wait_entry *entry)
{
    if (fl_chan_is_timer_(chan))
        return;
    if (!fl_wait_leave_(chan, side, entry) && is_ready(chan, side))
        fl_chan_wake_one_(chan, side);
}

int64_t fl_chan_due_ns_(const struct fl_chan *chan)
{
    return fl_chan_is_timer_(chan) ? fl_time_due_ns_(chan) : FL_NEVER_NS_;
}

/* ---- looking ---- */

size_t fl_channel_len_(const void *end)
{
    if (fl_chan_is_timer_(end))
        return fl_time_is_due_(end);
    return fl_list_len_(end);
}

bool fl_channel_is_empty_(const void *end)
{
    if (fl_chan_is_timer_(end))
        return !fl_time_is_due_(end);
    return fl_list_is_empty_(end);
}

size_t fl_channel_capacity_(const void *end)
{
    if (fl_chan_is_timer_(end))
        return fl_time_capacity_(end);
    return SIZE_MAX;
}

bool fl_channel_is_full_(const void *end)
{
    if (fl_chan_is_timer_(end))
        return fl_channel_len_(end) == fl_time_capacity_(end);
    return false;
}
