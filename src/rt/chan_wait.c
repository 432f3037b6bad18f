/* How senders and receivers of a channel sleep and are woken: queues, contexts, hand-off.
 *
 * Algorithm. A queue of waiting entries for each side, under a small lock, with a word beside it that says whether
 * anybody is there, so that who has nobody to wake reads one word and is done. The entries live on the stacks of those
 * who wait, as in Go's channels and select (runtime/chan.go, select.go); the context that several entries of a select
 * share, and that is won by one compare-and-set, is the idea of Aaron Turon's "Scalable Join Patterns"/Reagents and of
 * crossbeam-channel's `Context`.
 *
 * The words
 *   waiting[side]   0         nobody waits on this side. Illegal while an entry is in the queue.
 *                   QUEUED    somebody may be in the queue: set under the lock by who enters, cleared under the lock by
 *                             who takes out the last. Legal to be found when the queue is empty already; of a
 *                             rendezvous it stays set, since only closing looks at it.
 *                   a parker  of the receiver of a channel that has only one: set by it before it sleeps; taken (for 0)
 *                             by the one who will wake it, or by itself afterwards. Never on a side that has a queue.
 *   context.chosen  OPEN      its owner waits, and any peer may choose it. The owner is awake and looks at this word.
 *                   ASLEEP    the same, but the owner sleeps, or is about to: who chooses it must wake it.
 *                   CHOSEN    one peer has, and transfers the value. The owner must wait for the next.
 *                   DONE + i  the transfer for case i is complete; nobody but the owner touches it any more, except that
 *                             a peer that chose it ASLEEP wakes its parker.
 *                   SHUT      the owner has stopped waiting.
 *       OPEN, ASLEEP -> CHOSEN by a peer (under the channel's lock); CHOSEN -> DONE + i by that peer; OPEN <-> ASLEEP and
 *       OPEN -> SHUT by the owner.
 *   entry.place     OUT       in no queue. Set by who takes it out, as the last access to the entry in a retry kind.
 *                   IN        in the queue of its side. ALONE: the receiver's word stands for it.
 *
 * Who may call what: the owner enters, leaves, opens, shuts; a peer chooses (with the lock held), and is then the one
 * who says done; anybody with a handle wakes.
 *
 * Linearisation points: of a hand-off, the compare-and-set in fl_wait_choose_; of giving up, the one in fl_wait_shut_.
 *
 * Ordering
 *   [D] no wake-up is lost. Who waits sets `waiting`, then looks at the channel; who changes the channel then looks at
 *       `waiting`. All four are seq_cst, hence in one order: one of the two sees the other.
 *   [K] the release store of DONE pairs with the acquire load in fl_wait_shut_: the value's bytes. What the owner put
 *       into the entry is the peer's by the queue's lock.
 *   [E] the release store of OUT pairs with the acquire load in fl_wait_leave_: the waker has finished with the entry.
 *   [M] the queues are under a small lock (small_lock.h): its release pairs with its acquire.
 *
 * A wake-up that its taker does not need (it timed out, a select chose something else) is passed on: fl_wait_leave_ says
 * that it was used up; who then does not try again wakes the next (fl_chan_unwatch_).
 *
 * Progress: waking is a word's load if nobody waits; otherwise it takes a lock that is held for a few instructions and
 * never while user code runs. Reclamation: an entry is in a queue only while its owner waits; parkers are never freed.
 *
 * Tests: tests/rt/unit/test_channel*.c, tests/rt/stress/stress_channel*.c. */
#include "chan.h"

#define QUEUED ((uintptr_t)1)

enum { OPEN = 0, ASLEEP = 1, CHOSEN = 2, SHUT = 3, DONE = 4 };
enum { OUT = 0, IN = 1, ALONE = 2 };

/* ---- contexts ---- */

void fl_wait_open_(struct fl_wait_context *context)
{
    context->parker = fl_parker_self_();
    fl_atomic_init(&context->chosen, OPEN);
}

bool fl_wait_is_chosen_(struct fl_wait_context *context)
{
    return fl_load_relaxed(&context->chosen) > ASLEEP; /* relaxed: a hint; fl_wait_shut_ orders */
}

bool fl_wait_look_(struct fl_wait_context *context, struct fl_patience *patience)
{
    struct fl_looks looks = fl_looks_begin_(patience);

    do {
        if (fl_wait_is_chosen_(context) ||
            (fl_parker_seems_woken_(context->parker) && fl_parker_forget_(context->parker))) {
            fl_looks_helped_(&looks);
            return true;
        }
    } while (fl_looks_again_(&looks));
    return false;
}

bool fl_wait_sleep_(struct fl_wait_context *context, int64_t deadline_ns)
{
    uint32_t seen = OPEN;
    bool in_time;

    /* relaxed: here and below, nothing else is told by it; one word, so who chooses it sees that we sleep */
    if (!fl_cas_relaxed(&context->chosen, &seen, ASLEEP))
        return true;
    in_time = fl_parker_wait_(context->parker, deadline_ns);
    seen = ASLEEP;
    return !fl_cas_relaxed(&context->chosen, &seen, OPEN) || in_time; /* relaxed: as above */
}

int64_t fl_wait_shut_(struct fl_wait_context *context)
{
    struct fl_pause pause = { 0 };
    uint32_t seen = OPEN;

    /* relaxed: nothing has been transferred, and the queues' locks order the rest */
    if (fl_cas_relaxed(&context->chosen, &seen, SHUT))
        return -1;
    for (;;) {
        seen = fl_load_acquire(&context->chosen); /* [K] */
        if (seen >= DONE)
            return (int64_t)seen - DONE;
        (void)fl_pause_(&pause, FL_NEVER_NS_); /* the peer copies a value; it will not wake us if it saw us awake */
    }
}

bool fl_wait_choose_(struct fl_wait_entry *entry)
{
    uint32_t seen = fl_load_relaxed(&entry->context->chosen); /* relaxed: the compare-and-set decides */

    while (seen <= ASLEEP) {
        entry->asleep = seen == ASLEEP; /* ours if we succeed; others who may try have to have the same lock */
        if (fl_cas_relaxed(&entry->context->chosen, &seen, CHOSEN)) /* relaxed: the queue's lock orders, and [K] */
            return true;
    }
    return false;
}

void fl_wait_done_(struct fl_wait_entry *entry)
{
    /* read first: after DONE it is all gone */
    struct fl_parker *parker = entry->asleep ? entry->context->parker : NULL;

    fl_store_release(&entry->context->chosen, DONE + entry->index); /* [K] */
    if (parker)
        fl_parker_wake_(parker);
}

/* ---- queues: circular, chan->queue is the first ---- */

void fl_chan_enqueue_(struct fl_chan *chan, enum fl_side side, struct fl_wait_entry *entry)
{
    struct fl_wait_entry *first = chan->queue[side];

    if (first) {
        entry->next = first;
        entry->prev = first->prev;
        entry->prev->next = entry->next->prev = entry;
    } else {
        entry->next = entry->prev = chan->queue[side] = entry;
    }
    fl_atomic_init(&entry->place, IN);
    /* Not written again for nothing: it is in the cache line that everybody reads.
     * relaxed: of a rendezvous it stays set, and who closes it takes the lock. */
    if (chan->kind != FL_CHAN_ZERO_ || fl_load_relaxed(&chan->waiting[side]) != QUEUED)
        fl_store_seq_cst(&chan->waiting[side], QUEUED); /* [D] */
}

void fl_chan_dequeue_(struct fl_chan *chan, enum fl_side side, struct fl_wait_entry *entry)
{
    if (entry->next == entry) {
        chan->queue[side] = NULL;
        /* relaxed: who enters after us stores it again, under the lock; before that there is nobody to wake */
        if (chan->kind != FL_CHAN_ZERO_)
            fl_store_relaxed(&chan->waiting[side], 0); /* relaxed: as above */
    } else {
        entry->prev->next = entry->next;
        entry->next->prev = entry->prev;
        if (chan->queue[side] == entry)
            chan->queue[side] = entry->next;
    }
    fl_store_release(&entry->place, OUT); /* [E] */
}

static bool has_one_receiver(const struct fl_chan *chan, enum fl_side side)
{
    return side == FL_SIDE_RECV_ && (chan->taking == FL_CHAN_LIST_ || chan->taking == FL_CHAN_RING_);
}

void fl_wait_enter_(struct fl_chan *chan, enum fl_side side, struct fl_wait_entry *entry)
{
    if (has_one_receiver(chan, side)) {
        fl_atomic_init(&entry->place, ALONE);
        fl_store_seq_cst(&chan->waiting[side], (uintptr_t)entry->context->parker); /* [D] */
    } else {
        fl_small_lock_(&chan->waiting_lock);
        fl_chan_enqueue_(chan, side, entry);
        fl_small_unlock_(&chan->waiting_lock);
    }
}

bool fl_wait_leave_(struct fl_chan *chan, enum fl_side side, struct fl_wait_entry *entry)
{
    uint8_t place = fl_load_acquire(&entry->place); /* [E] */

    if (place == ALONE) {
        /* relaxed: if somebody has taken our parker in the meantime, its token makes some later wait return early */
        fl_store_relaxed(&chan->waiting[side], 0);
        return true;
    }
    if (place == OUT)
        return false;
    fl_small_lock_(&chan->waiting_lock);
    place = fl_load_relaxed(&entry->place); /* relaxed: the lock orders */
    if (place == IN)
        fl_chan_dequeue_(chan, side, entry);
    fl_small_unlock_(&chan->waiting_lock);
    return place == IN;
}

/* ---- waking ---- */

/* One: false if there was none. */
static bool wake_queued(struct fl_chan *chan, enum fl_side side)
{
    struct fl_parker *parker = NULL;
    struct fl_wait_entry *entry;

    fl_small_lock_(&chan->waiting_lock);
    entry = chan->queue[side];
    if (entry) {
        parker = entry->context->parker;
        fl_chan_dequeue_(chan, side, entry);
    }
    fl_small_unlock_(&chan->waiting_lock);
    if (parker)
        fl_parker_wake_(parker);
    return parker != NULL;
}

void fl_chan_wake_slow_(struct fl_chan *chan, enum fl_side side, bool all)
{
    for (;;) {
        uintptr_t seen = fl_load_acquire(&chan->waiting[side]); /* [D] again; the parker's contents */

        if (seen == 0)
            return;
        if (seen == QUEUED) {
            if (!wake_queued(chan, side) || !all)
                return;
        } else if (fl_cas_relaxed(&chan->waiting[side], &seen, 0)) { /* relaxed: the token orders the rest */
            fl_parker_wake_((struct fl_parker *)seen);
            return;
        }
    }
}

/* ---- a few instructions of somebody else ---- */

bool fl_pause_(struct fl_pause *pause, int64_t deadline_ns)
{
    enum { SPINS = 64, YIELDS = 16, NAP_LEAST_NS = 50 * 1000, NAP_MOST_NS = 1000 * 1000 };
    int round = pause->round++;

    if (round < SPINS && fl_spin_may_help_()) {
        fl_cpu_relax_();
    } else if (round < SPINS + YIELDS) {
        fl_yield_now_();
    } else {
        uint32_t nobody = 0;
        struct fl_instant until;

        if (deadline_ns != FL_DO_NOT_WAIT_NS_ && fl_now().fl_ns >= deadline_ns)
            return false;
        pause->nap_ns = pause->nap_ns ? pause->nap_ns * 2 : NAP_LEAST_NS;
        if (pause->nap_ns > NAP_MOST_NS)
            pause->nap_ns = NAP_MOST_NS;
        pause->round = SPINS + YIELDS;
        until = fl_deadline_in(fl_nanos(pause->nap_ns));
        (void)fl_word_wait_(&nobody, 0, until.fl_ns);
    }
    return true;
}
