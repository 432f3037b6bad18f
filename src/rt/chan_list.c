/* The unbounded channel: a list of blocks, many senders, one receiver.
 *
 * Algorithm. A linked list of blocks, in the manner of the "list" flavour of Rust's crossbeam-channel, with two
 * differences. The tail is *one* word, the last block's address and the number of its slots that are taken, so that
 * taking a slot and appending a block are each a single compare-and-set: nobody ever waits for somebody else to link a
 * block. And there is one receiver, which needs no atomic read-modify-write: nobody competes for the head, and a block
 * whose slots are all received is the receiver's to free or reuse at once. It writes nothing into a slot, so a slot's
 * cache line goes one way.
 *
 *     first --> [ s s s s ] --> [ s s s s ] --> [ s s . . ]
 *                   ^ head (block, slot)              ^ tail (block, slots taken, closed?)
 *
 * Blocks are small (31 slots) while the receiver keeps up; a sender that finds no block given back appends a big one
 * (1023 slots). Of large elements, as many slots as fit into 32 KiB, at least one; then both may be the same. A channel
 * that is empty keeps two blocks at most: the last one, and the spare.
 *
 * The words
 *   tail    { block address, slots taken, BIG: bit 1, CLOSED: bit 0 }. A small block is aligned to 128, its slots are
 *           bits 2-6; a BIG one to 4096, with bits 2-11. At first, it is a full small block at NULL.
 *           (B, n) -> (B, n + 1)  a sender takes slot n of B: n < slots. Only its taker writes a slot.
 *           (B, slots) -> (N, 1)  a sender appends its new block N behind the full B, and takes N's slot 0. Also
 *                                 from the block at NULL. Only this sender then links N: B.next, or `first`.
 *           any -> CLOSED         once, by the last sender or by the receiver; no slot is taken afterwards.
 *   slot    its flag is the block's mark when the value is there (written by its taker, after the value), otherwise the
 *           mark of the block's life before, or 0. In each life of a block all of its slots are written.
 *   mark    of a block: 1, 2, 1 ...: changed by the receiver between two lives, when nobody else knows the block.
 *   next    of a block, and `first`: NULL, then the next block, once; NULL again when the block is reused.
 *   head    { block address, slots received, BIG }, the same form as the tail. Written by the receiver alone. Moves to
 *           the next block when it is needed, so the receiver keeps a finished block until it knows the next one.
 *   spare   NULL, or one empty block: put by the receiver (or a sender who made one in vain), taken by a sender.
 *   sent_before, received_before  slots in the blocks before the tail's and the head's, for fl_len.
 *
 * Who may call what: any thread sends; one thread at a time receives (and closes the receiver), which is the one
 * receiver's or, if it is shared, the one that holds the consumer lock (chan_shared.c); the last sender closes.
 *
 * Linearisation points: send, the compare-and-set on the tail that takes its slot; recv, the step of the head; an empty
 * recv, the load of a tail that is where the head is; closing, the or on the tail.
 *
 * Ordering
 *   [V] the release store of the mark in a flag pairs with the acquire load in recv: the value's bytes.
 *   [N] the release store of next (or first) pairs with the acquire load in recv: the new block's contents.
 *       A sender that takes a slot in a block that it did not append gets those from [T].
 *   [T] the release of a compare-and-set on the tail pairs with the acquire of the next one: the block's contents.
 *   [B] the release when a block is put to spare pairs with the acquire when it is taken (also by who puts a better one
 *       there): its mark is that of the next life.
 *   [C] the closing or on the tail pairs with loads of the tail: acquire and release. What the last sender sent before
 *       is visible to a receiver that sees CLOSED.
 *   [D] no wake-up is lost. The receiver stores `waiting` (chan_wait.c), then loads tail; a sender changes tail, then
 *       loads `waiting`. All four are seq_cst, hence in one order: either the receiver sees the slot taken (and does
 *       not sleep), or the sender sees that it waits (and wakes it, after the mark). The same for the last sender's
 *       CLOSED. The order sits on the compare-and-set that is needed anyway; no fence, on x86 no instruction more.
 *
 * Progress: send is lock-free. recv is wait-free while there are values, but for one thing: a sender that has taken the
 * slot at the head and does not go on (it was preempted in those few instructions) is waited for, by spinning, then
 * yielding, then short sleeps; try_recv, too, because saying "empty" could deny a later send that has completed.
 * ABA: a sender that finds the tail it knew, although the block was freed and is the last one again, takes that slot
 * of that block now; it touches a block only after it has taken a slot in it, or (to link) while the receiver, which
 * has not seen the link, keeps it. Reclamation: only the receiver frees, behind itself.
 *
 * The usual send and receive are in chan_list.h, to be inlined. Tests: tests/rt/unit/test_channel.c,
 * tests/rt/stress/stress_channel.c. */
#include "chan_list.h"
#include "sizes.h"

#include <stdlib.h>
#include <string.h>

/* A block's mark in its first life. Its second has 2, its third 1 again: each life writes all slots. */
enum { FIRST_MARK = 1, BOTH_MARKS = 3 };

/* ---- blocks ---- */

static size_t block_align(const struct fl_chan *chan, bool is_big)
{
    return fl_larger_(is_big ? FL_LIST_BIG_ALIGN_ : FL_LIST_SMALL_ALIGN_, chan->element.align);
}

static uintptr_t position_of(const struct fl_list_block *block, uint32_t slot)
{
    return (uintptr_t)block | (block->is_big ? FL_LIST_BIG_ : 0) | slot * FL_LIST_ONE_;
}

static struct fl_list_block *block_made(struct fl_chan *chan, bool is_big)
{
    const size_t align = block_align(chan, is_big);
    const uint32_t slots = chan->list.slots[is_big];
    struct fl_list_block *block =
        aligned_alloc(align, fl_round_up_(chan->list.first_slot_at + slots * chan->list.slot_size, align));

    if (!block)
        return NULL;
    fl_atomic_init(&block->next, NULL);
    block->mark = FIRST_MARK;
    block->is_big = is_big;
    for (uint32_t i = 0; i < slots; i++)
        fl_atomic_init(fl_list_flag_of_(chan, (char *)block + chan->list.first_slot_at + i * chan->list.slot_size), 0);
    return block;
}

/* Without a spare the receiver is at least a block behind. */
static struct fl_list_block *block_new(struct fl_chan *chan)
{
    struct fl_list_block *block = NULL;

    if (fl_load_relaxed(&chan->list.spare)) /* relaxed: a hint, the swap decides */
        block = fl_swap_acquire(&chan->list.spare, NULL); /* [B] */
    if (block)
        return block;
    /* relaxed: a number that says whether two blocks have been sent */
    return block_made(chan, chan->list.slots[true] && fl_load_relaxed(&chan->list.sent_before));
}

/* A block that is ready for its next life, and that nobody else knows. */
static void block_keep_or_free(struct fl_chan *chan, struct fl_list_block *block)
{
    struct fl_list_block *none = NULL;

    if (fl_cas_release(&chan->list.spare, &none, block)) /* [B] */
        return;
    if (block->is_big) /* the one that stays should be a big one */
        block = fl_swap_acq_rel(&chan->list.spare, block); /* [B] */
    free(block);
}

void fl_list_init_(struct fl_chan *chan, uint32_t slots)
{
    enum {
        BLOCK_WANTED = 32 * 1024, /* large elements: fewer in a block, at least one */
        SMALL_MOST = FL_LIST_SMALL_ALIGN_ / FL_LIST_ONE_ - 1,
        BIG_MOST = FL_LIST_BIG_ALIGN_ / FL_LIST_ONE_ - 1,
        HOW_MUCH_BIGGER = BIG_MOST / SMALL_MOST
    };
    const struct fl_element_ element = chan->element;
    const size_t flag_align = fl_larger_(element.align, _Alignof(fl_list_flag));
    size_t fit, big;

    memset(&chan->list, 0, sizeof chan->list);
    chan->list.flag_at = fl_round_up_(element.size, _Alignof(fl_list_flag));
    chan->list.slot_size = fl_round_up_(chan->list.flag_at + sizeof(fl_list_flag), flag_align);
    chan->list.first_slot_at = fl_round_up_(sizeof(struct fl_list_block), element.align);
    fit = chan->list.slot_size > BLOCK_WANTED ? 1 : BLOCK_WANTED / chan->list.slot_size;
    if (slots == 0 || slots > SMALL_MOST)
        slots = fit < SMALL_MOST ? (uint32_t)fit : SMALL_MOST;
    big = fit < slots * HOW_MUCH_BIGGER ? fit : slots * HOW_MUCH_BIGGER;
    chan->list.slots[false] = slots;
    chan->list.slots[true] = big > slots * 2 ? (uint32_t)big : 0;
    fl_atomic_init(&chan->list.tail, slots * FL_LIST_ONE_); /* a block at NULL that is used up */
    fl_atomic_init(&chan->list.head, slots * FL_LIST_ONE_);
}

void fl_list_destroy_(struct fl_chan *chan)
{
    free(fl_atomic_own(&chan->list.spare)); /* the others were the receiver's */
}

/* ---- sending ---- */

/* The block behind the full one of `seen` is ours, and we have its slot 0: makes it known to the receiver. */
static void link_block(struct fl_chan *chan, uintptr_t seen, struct fl_list_block *block)
{
    struct fl_list_block *before = fl_list_block_at_(seen);

    if (!before) {
        fl_store_release(&chan->list.first, block); /* [N] */
        return;
    }
    fl_store_release(&before->next, block); /* [N] */
    fl_add_relaxed(&chan->list.sent_before, fl_list_slot_at_(seen)); /* relaxed: a count for fl_len */
}

fl_status fl_list_send_(struct fl_chan *chan, const void *value)
{
    struct fl_list_block *fresh = NULL;
    uintptr_t seen = fl_load_relaxed(&chan->list.tail); /* relaxed: the compare-and-set decides */

    for (;;) {
        if (seen & FL_LIST_CLOSED_) {
            if (fresh)
                block_keep_or_free(chan, fresh);
            return FL_CLOSED;
        }
        if (!fl_list_is_used_up_(chan, seen)) {
            if (fl_cas_seq_cst(&chan->list.tail, &seen, seen + FL_LIST_ONE_)) /* [T] [D] */
                break;
            continue;
        }
        if (!fresh && !(fresh = block_new(chan)))
            return FL_NO_MEMORY;
        if (fl_cas_seq_cst(&chan->list.tail, &seen, position_of(fresh, 1))) { /* [T] [D] */
            link_block(chan, seen, fresh);
            seen = position_of(fresh, 0);
            fresh = NULL;
            break;
        }
    }
    fl_list_write_(chan, seen, value);
    if (fresh) /* somebody else appended first */
        block_keep_or_free(chan, fresh);
    return FL_OK;
}

/* ---- receiving ---- */

/* The receiver's position, moved to the next block if it stands behind the last slot of one and the next is known. */
static uintptr_t head_settled(struct fl_chan *chan)
{
    uintptr_t head = fl_load_relaxed(&chan->list.head); /* relaxed: our own */
    struct fl_list_block *done, *next;

    if (!fl_list_is_used_up_(chan, head))
        return head;
    done = fl_list_block_at_(head);
    next = done ? fl_load_acquire(&done->next) : fl_load_acquire(&chan->list.first); /* [N] */
    if (!next)
        return head;
    if (done) /* relaxed: a count for fl_len, and nobody else writes it */
        fl_store_relaxed(&chan->list.received_before,
                         fl_load_relaxed(&chan->list.received_before) + fl_list_slot_at_(head)); /* relaxed: as above */
    head = position_of(next, 0);
    fl_store_relaxed(&chan->list.head, head); /* relaxed: others only look, for fl_len */
    if (done) {
        fl_atomic_init(&done->next, NULL);
        done->mark ^= BOTH_MARKS;
        block_keep_or_free(chan, done);
    }
    return head;
}

/* Takes the value at the head, if it has been written: into *ret_value, or, for NULL, drops it. */
bool fl_list_take_(struct fl_chan *chan, void *ret_value)
{
    uintptr_t head = head_settled(chan);
    char *value = fl_list_written_at_(chan, head);

    if (!value)
        return false;
    fl_list_take_from_(chan, head, value, ret_value);
    return true;
}

bool fl_list_is_written_(struct fl_chan *chan)
{
    /* at the slot, not at the tail: the tail's cache line is left to the senders */
    return fl_list_written_at_(chan, head_settled(chan)) != NULL;
}

fl_status fl_list_why_not_(struct fl_chan *chan)
{
    uintptr_t head = head_settled(chan);
    uintptr_t tail = fl_load_acquire(&chan->list.tail); /* [C] */

    if ((tail & ~FL_LIST_CLOSED_) != head)
        return FL_WOULD_BLOCK; /* taken, and not written when we looked */
    return tail & FL_LIST_CLOSED_ ? FL_CLOSED : FL_EMPTY;
}

bool fl_list_is_ready_(const struct fl_chan *chan)
{
    /* relaxed: our own. One that is not settled will do: behind the last slot of a block is the same place. */
    return fl_load_seq_cst(&chan->list.tail) != fl_load_relaxed(&chan->list.head); /* [D] */
}

/* ---- closing ---- */

void fl_list_close_sender_(struct fl_chan *chan)
{
    fl_or_seq_cst(&chan->list.tail, FL_LIST_CLOSED_); /* [C] [D] */
}

struct draining {
    struct fl_chan *chan;
    uintptr_t end; /* every slot up to here is taken, and its sender will write it, or has */
};

static void drain(struct draining *d)
{
    struct fl_pause pause = { 0 };

    while (head_settled(d->chan) != d->end) {
        if (fl_list_take_(d->chan, NULL))
            pause = (struct fl_pause){ 0 };
        else
            (void)fl_pause_(&pause, FL_NEVER_NS_);
    }
}

/* Also when a value's drop panicked: the others are dropped on the way out. */
static void end_draining(struct draining *d)
{
    drain(d);
    free(fl_list_block_at_(d->end));
}

void fl_list_close_receiver_(struct fl_chan *chan)
{
    __attribute__((cleanup(end_draining))) struct draining d = {
        chan, fl_or_seq_cst(&chan->list.tail, FL_LIST_CLOSED_) & ~FL_LIST_CLOSED_ /* [C] */
    };

    drain(&d);
}

/* ---- looking ---- */

bool fl_list_is_empty_(const struct fl_chan *chan)
{
    /* relaxed: two words are not read at one moment anyhow; what the caller knows to have happened is seen */
    uintptr_t head = fl_load_relaxed(&chan->list.head);
    uintptr_t tail = fl_load_relaxed(&chan->list.tail) & ~FL_LIST_CLOSED_; /* relaxed: as the head */

    /* behind the last slot of a block and before the first of the next is the same place; the tail is never before */
    return head == tail;
}

size_t fl_list_len_(const struct fl_chan *chan)
{
    /* relaxed: as above. The received first, so that the difference cannot become negative by the receiver's steps. */
    size_t received_before = fl_load_relaxed(&chan->list.received_before);
    uintptr_t head = fl_load_relaxed(&chan->list.head);            /* relaxed: as above */
    uintptr_t tail = fl_load_relaxed(&chan->list.tail);            /* relaxed: as above */
    size_t sent_before = fl_load_relaxed(&chan->list.sent_before); /* relaxed: as above */
    size_t received = 0, sent = 0;

    if (fl_list_block_at_(head))
        received = received_before + fl_list_slot_at_(head);
    if (fl_list_block_at_(tail))
        sent = sent_before + fl_list_slot_at_(tail);
    return sent > received ? sent - received : 0;
}
