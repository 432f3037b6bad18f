/* Shared receivers: many owners of the receiving end of a list or a ring (fl_share).
 *
 * Algorithm. The receivers of a list and of a ring are made for one thread at a time, which is what makes them cheap. A
 * shared one keeps that rule by a small lock, the *consumer lock*: who holds it is the one receiver for the few
 * instructions of a take. It is never held while waiting: not for a value (receivers sleep in the queue of their side,
 * and each send wakes one), nor for a sender that is half-way. Only shared receivers pay for it: what the channel is
 * for its receivers stands in `taking`, which says FL_CHAN_SHARED_ then.
 *
 * The words
 *   taking     the kind, then FL_CHAN_SHARED_: once, by the only receiver, before there is another.
 *   consumer   the lock.
 *   receivers  handles; the last one that is dropped closes the receiving side.
 *
 * Who may call what: any thread receives, clones and drops its own handles.
 *
 * Linearisation points: those of the kind.
 *
 * Ordering
 *   [M] the lock's release pairs with its acquire (small_lock.h): what the receiver before did is visible to the next,
 *       so that each may believe that the head is its own.
 *   [R] dropping a handle is a release on the count, and the last one an acquire (channel.c).
 *   [D] as in chan_wait.c; who looks whether it may sleep takes the lock for it, so that its head is not an old one.
 *
 * A wake-up never strands a value: each send wakes one who sleeps, who then tries; who has been woken and does not try
 * again (a select that did something else) wakes the next (fl_chan_unwatch_).
 *
 * Progress: blocks for the few instructions of another receiver; but a value that is dropped at once (a receive into
 * NULL) is dropped under the lock, since it is still in its slot.
 *
 * Tests: tests/rt/unit/test_channel_shared.c, tests/rt/stress/stress_channel_shared.c. */
#include "chan.h"

static void release(struct fl_small_lock **lock)
{
    fl_small_unlock_(*lock);
}
/* Also when a value's drop panics. */
#define CONSUMER_LOCKED(chan)                                                                      \
    __attribute__((cleanup(release))) struct fl_small_lock *held = &(chan)->consumer;              \
    fl_small_lock_(held)

fl_status fl_shared_take_(struct fl_chan *chan, void *ret_value)
{
    CONSUMER_LOCKED(chan);
    if (chan->kind == FL_CHAN_LIST_)
        return fl_list_take_(chan, ret_value) ? FL_OK : fl_list_why_not_(chan);
    return fl_ring_take_(chan, ret_value) ? FL_OK : fl_ring_why_not_(chan);
}

bool fl_shared_is_ready_(struct fl_chan *chan)
{
    CONSUMER_LOCKED(chan);
    return chan->kind == FL_CHAN_LIST_ ? fl_list_is_ready_(chan) : fl_ring_is_ready_(chan);
}

void *fl_share_(const volatile void *rx, const char *file, int line)
{
    struct fl_chan *chan = (struct fl_chan *)(uintptr_t)rx;

    if (!chan)
        fl_channel_no_end_(file, line);
    if (chan->kind == FL_CHAN_LIST_ || chan->kind == FL_CHAN_RING_)
        chan->taking = FL_CHAN_SHARED_; /* the others may have many receivers anyhow */
    return chan;
}

void *fl_shared_receiver_clone_(const volatile void *h)
{
    struct fl_chan *chan = (struct fl_chan *)(uintptr_t)h;

    if (chan && fl_add_relaxed(&chan->receivers, 1) > SIZE_MAX / 2) /* relaxed: who clones has one, so it is not 0 */
        fl_panic("more receivers than memory can hold: are clones forgotten instead of dropped?");
    return chan;
}

void fl_shared_receiver_drop_(void *h)
{
    struct fl_chan *chan;

    memcpy(&chan, h, sizeof chan); /* a handle's type is its own */
    if (chan && fl_sub_acq_rel(&chan->receivers, 1) == 1) /* [R] */
        fl_receiver_drop_(h);
}
