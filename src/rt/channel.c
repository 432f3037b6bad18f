/* The ends of a channel: making, cloning, dropping, looking. Sending and receiving are chan_calls.c's.
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

fl_status fl_try_sync_channel_(void *ret_tx, void *ret_rx, struct fl_element_ element, size_t capacity)
{
    struct fl_chan *chan = fl_chan_alloc_(capacity ? FL_CHAN_RING_ : FL_CHAN_ZERO_, element);

    if (chan && capacity && !fl_ring_init_(chan, capacity)) {
        free(chan);
        chan = NULL;
    }
    return give_ends(chan, ret_tx, ret_rx);
}

void fl_sync_channel_(void *ret_tx, void *ret_rx, struct fl_element_ element, size_t capacity, const char *file,
                      int line)
{
    if (fl_try_sync_channel_(ret_tx, ret_rx, element, capacity) != FL_OK)
        fl_panic_(file, line, "out of memory for a channel of %zu values of %zu bytes (fl_try_sync_channel reports it instead)",
                  capacity, element.size);
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
    else if (chan->kind == FL_CHAN_RING_)
        fl_ring_destroy_(chan);
    free(chan);
}

void fl_sender_drop_(void *h)
{
    struct fl_chan *chan = chan_in(h);

    if (!chan || fl_sub_acq_rel(&chan->senders, 1) != 1) /* [R] */
        return;
    if (chan->kind == FL_CHAN_LIST_)
        fl_list_close_sender_(chan);
    else if (chan->kind == FL_CHAN_RING_)
        fl_ring_close_sender_(chan);
    else
        fl_zero_close_(chan);
    fl_chan_wake_all_(chan, FL_SIDE_RECV_);
    close_side(&chan);
}

void fl_receiver_drop_(void *h)
{
    __attribute__((cleanup(close_side))) struct fl_chan *chan = chan_in(h);

    if (!chan)
        return;
    if (chan->kind == FL_CHAN_LIST_) {
        fl_list_close_receiver_(chan);
    } else if (chan->kind == FL_CHAN_RING_) {
        fl_ring_close_receiver_(chan);
    } else if (chan->kind == FL_CHAN_ZERO_) {
        fl_zero_close_(chan);
        fl_chan_wake_all_(chan, FL_SIDE_SEND_);
    }
}

/* ---- looking ---- */

size_t fl_channel_len_(const void *end)
{
    const struct fl_chan *chan = end;

    if (chan->kind == FL_CHAN_LIST_)
        return fl_list_len_(chan);
    if (fl_chan_is_timer_(chan))
        return fl_time_is_due_(chan);
    return chan->kind == FL_CHAN_RING_ ? fl_ring_len_(chan) : 0;
}

bool fl_channel_is_empty_(const void *end)
{
    const struct fl_chan *chan = end;

    return chan->kind == FL_CHAN_LIST_ ? fl_list_is_empty_(chan) : fl_channel_len_(chan) == 0;
}

size_t fl_channel_capacity_(const void *end)
{
    const struct fl_chan *chan = end;

    if (chan->kind == FL_CHAN_LIST_)
        return SIZE_MAX;
    if (fl_chan_is_timer_(chan))
        return fl_time_capacity_(chan);
    return chan->kind == FL_CHAN_RING_ ? chan->ring.capacity : 0;
}

bool fl_channel_is_full_(const void *end)
{
    return fl_channel_len_(end) == fl_channel_capacity_(end); /* a rendezvous is full and empty at once */
}
