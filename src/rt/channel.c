/* The ends of a channel: making, cloning, dropping, and the calls behind <fearless/channel.h>.
 *
 * A sender handle and a receiver handle both are the address of one struct fl_chan. It counts the senders, and the two
 * sides: when the count of senders reaches zero, their side is closed; when both sides are closed, it is freed.
 *
 * Who may call what: any thread sends, and clones and drops its own sender handles; one thread at a time receives.
 *
 * Ordering
 *   [R] dropping a sender is a release on the count, and the last one an acquire: what every sender did happens
 *       before the closing. Cloning is relaxed: who clones has a handle, so the count is not zero.
 *   [S] the same for the two sides: what was done on either happens before freeing.
 *   What orders the values themselves is in chan_list.c.
 *
 * Tests: tests/rt/unit/test_channel.c, tests/rt/stress/stress_channel.c. */
#include "chan.h"

#include "park.h"

#include <stdlib.h>
#include <string.h>

struct fl_chan *fl_chan_new_(struct fl_element_ element, uint32_t slots)
{
    struct fl_chan *chan = aligned_alloc(FL_CACHE_LINE_, sizeof *chan);

    if (!chan)
        return NULL;
    fl_atomic_init(&chan->senders, 1);
    fl_atomic_init(&chan->sides, 2);
    fl_list_init_(&chan->list, element, slots);
    return chan;
}

static void close_side(struct fl_chan *chan)
{
    if (fl_sub_acq_rel(&chan->sides, 1) != 1) /* [S] */
        return;
    fl_list_destroy_(&chan->list);
    free(chan);
}

fl_status fl_try_channel_(void *ret_tx, void *ret_rx, struct fl_element_ element)
{
    struct fl_chan *chan = fl_chan_new_(element, 0);

    if (!chan)
        return FL_NO_MEMORY;
    memcpy(ret_tx, &chan, sizeof chan);
    memcpy(ret_rx, &chan, sizeof chan);
    return FL_OK;
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

    if (chan && fl_add_relaxed(&chan->senders, 1) > SIZE_MAX / 2) /* [R] */
        fl_panic("more senders than memory can hold: are clones forgotten instead of dropped?");
    return chan;
}

void fl_sender_drop_(void *h)
{
    struct fl_chan *chan = chan_in(h);

    if (!chan || fl_sub_acq_rel(&chan->senders, 1) != 1) /* [R] */
        return;
    fl_list_close_sender_(&chan->list);
    close_side(chan);
}

void fl_receiver_drop_(void *h)
{
    struct fl_chan *chan = chan_in(h);

    if (!chan)
        return;
    fl_list_close_receiver_(&chan->list);
    close_side(chan);
}

/* ---- sending ---- */

fl_status fl_send_(void *tx, void *value)
{
    struct fl_chan *chan = tx;
    fl_status status = fl_list_send_(&chan->list, value);

    if (status != FL_OK && chan->list.element.drop)
        chan->list.element.drop(value); /* it was given to us, and there is nobody to hand it back to */
    return status;
}

fl_status fl_try_send_(void *tx, void *value)
{
    return fl_send_(tx, value); /* never full */
}

fl_status fl_send_or_(void *tx, void *value, fl_empty_fn_ *make_empty)
{
    struct fl_chan *chan = tx;
    fl_status status = fl_list_send_(&chan->list, value);

    if (status == FL_OK)
        fl_make_empty_(value, chan->list.element.size, make_empty);
    return status;
}

fl_status fl_try_send_or_(void *tx, void *value, fl_empty_fn_ *make_empty)
{
    return fl_send_or_(tx, value, make_empty);
}

/* ---- receiving ---- */

fl_status fl_recv_(void *rx, void *ret_value)
{
    return fl_list_recv_(&((struct fl_chan *)rx)->list, ret_value, FL_NEVER_NS_);
}

fl_status fl_try_recv_(void *rx, void *ret_value)
{
    return fl_list_recv_(&((struct fl_chan *)rx)->list, ret_value, FL_DO_NOT_WAIT_NS_);
}

fl_status fl_recv_deadline_(void *rx, void *ret_value, struct fl_instant deadline)
{
    fl_status status = fl_list_recv_(&((struct fl_chan *)rx)->list, ret_value, deadline.fl_ns);

    return status == FL_EMPTY ? FL_TIMEOUT : status;
}

fl_status fl_recv_timeout_(void *rx, void *ret_value, struct fl_duration timeout)
{
    return fl_recv_deadline_(rx, ret_value, fl_deadline_in(timeout));
}

/* ---- looking ---- */

size_t fl_channel_len_(const void *end)
{
    return fl_list_len_(&((const struct fl_chan *)end)->list);
}

bool fl_channel_is_empty_(const void *end)
{
    return fl_list_is_empty_(&((const struct fl_chan *)end)->list);
}

size_t fl_channel_capacity_(const void *end)
{
    (void)end;
    return SIZE_MAX;
}

bool fl_channel_is_full_(const void *end)
{
    (void)end;
    return false;
}
