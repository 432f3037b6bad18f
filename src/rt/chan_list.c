/* The unbounded channel: a list of blocks, many senders, one receiver.
 *
 * Algorithm. A linked list of blocks of up to 31 slots, in the manner of the "list" flavour of Rust's
 * crossbeam-channel, with two differences. The tail is *one* word, the last block's address and the number of its
 * slots that are taken, so that taking a slot and appending a block are each a single compare-and-set: nobody ever
 * waits for somebody else to link a block. And there is one receiver, which needs no atomic read-modify-write: nobody
 * competes for the head, and a block whose slots are all received is the receiver's to free or reuse at once.
 *
 *     first --> [ s s s s ] --> [ s s s s ] --> [ s s . . ]
 *                   ^ head (block, slot)              ^ tail (block, slots taken, closed?)
 *
 * The words
 *   tail    { block address (aligned to 64), CLOSED: bit 5, slots taken: bits 4-0 }. 0 at first: no block.
 *           (B, n) -> (B, n + 1)  a sender takes slot n of B: n < slots. Only its taker writes a slot.
 *           (B, slots) -> (N, 1)  a sender appends its new block N behind the full B, and takes N's slot 0. Also
 *                                 from (no block, 0). Only this sender then links N: B.next, or `first`.
 *           any -> CLOSED         once, by the last sender or by the receiver; no slot is taken afterwards.
 *   slot    its flag is 0, then WRITTEN (by its taker, after the value), then 0 again (by the receiver, after it has
 *           taken the value out; for when the block is used again).
 *   next    of a block, and `first`: NULL, then the next block, once; NULL again when the block is reused.
 *   head    { block address, slots received }, the same form as the tail. Written by the receiver alone. Moves to the
 *           next block when it is needed, so the receiver keeps a finished block until it knows the next one.
 *   spare   NULL, or one empty block: put by the receiver (or a sender who made one in vain), taken by a sender.
 *   blocks_sent, blocks_received  counts, for fl_len only.
 *
 * Who may call what: any thread sends; one thread at a time receives (and closes the receiver), which is the one
 * receiver's or, if it is shared, the one that holds the consumer lock (chan_shared.c); the last sender closes.
 *
 * Linearisation points: send, the compare-and-set on the tail that takes its slot; recv, the step of the head; an empty
 * recv, the load of a tail that is where the head is; closing, the or on the tail.
 *
 * Ordering
 *   [V] the release store of WRITTEN pairs with the acquire load in recv: the value's bytes.
 *   [N] the release store of next (or first) pairs with the acquire load in recv: the new block's contents (flags 0).
 *       A sender that takes a slot in a block that it did not append gets those from [T].
 *   [T] the release of a compare-and-set on the tail pairs with the acquire of the next one: the block's contents.
 *   [B] the release when a block is put to spare pairs with the acquire when it is taken: its flags are 0 again.
 *   [C] the closing or on the tail pairs with loads of the tail: acquire and release. What the last sender sent before
 *       is visible to a receiver that sees CLOSED.
 *   [D] no wake-up is lost. The receiver stores `waiting` (chan_wait.c), then loads tail; a sender changes tail, then
 *       loads `waiting`. All four are seq_cst, hence in one order: either the receiver sees the slot taken (and does
 *       not sleep), or the sender sees that it waits (and wakes it, after WRITTEN). The same for the last sender's
 *       CLOSED. The order sits on the compare-and-set that is needed anyway; no fence, on x86 no instruction more.
 *
 * Progress: send is lock-free. recv is wait-free while there are values, but for one thing: a sender that has taken the
 * slot at the head and does not go on (it was preempted in those few instructions) is waited for, by spinning, then
 * yielding, then short sleeps; try_recv, too, because saying "empty" could deny a later send that has completed.
 * ABA: a sender that finds the tail it knew, although the block was freed and is the last one again, takes that slot
 * of that block now; it touches a block only after it has taken a slot in it, or (to link) while the receiver, which
 * has not seen the link, keeps it. Reclamation: only the receiver frees, behind itself.
 *
 * Tests: tests/rt/unit/test_channel.c, tests/rt/stress/stress_channel.c. */
#include "chan.h"
#include "sizes.h"

#include <stdlib.h>
#include <string.h>

#define TAKEN_MASK ((uintptr_t)0x1f)
#define CLOSED ((uintptr_t)0x20)
#define BLOCK_ALIGN ((size_t)64)

enum { EMPTY = 0, WRITTEN = 1 };

typedef FL_ATOMIC(uint32_t) flag;

struct fl_list_block {
    FL_ATOMIC(struct fl_list_block *) next;
    char slots[]; /* each: the value, then its flag */
};

/* ---- positions: (block, slot) in one word ---- */

static struct fl_list_block *block_of(uintptr_t position)
{
    return (struct fl_list_block *)(position & ~(TAKEN_MASK | CLOSED));
}

static uint32_t slot_of(uintptr_t position)
{
    return (uint32_t)(position & TAKEN_MASK);
}

static uintptr_t position_of(struct fl_list_block *block, uint32_t slot)
{
    return (uintptr_t)block | slot;
}

/* No slot is left in the position's block (or there is none yet). */
static bool is_used_up(const struct fl_chan *chan, uintptr_t position)
{
    return !block_of(position) || slot_of(position) == chan->list.slots;
}

/* ---- blocks ---- */

static size_t first_slot_at(const struct fl_chan *chan)
{
    return fl_round_up_(sizeof(struct fl_list_block), chan->element.align);
}

static char *value_in(const struct fl_chan *chan, struct fl_list_block *block, uint32_t slot)
{
    return (char *)block + first_slot_at(chan) + slot * chan->list.slot_size;
}

static flag *flag_in(const struct fl_chan *chan, struct fl_list_block *block, uint32_t slot)
{
    return (flag *)(void *)(value_in(chan, block, slot) + chan->list.flag_at);
}

static struct fl_list_block *block_new(struct fl_chan *chan)
{
    struct fl_list_block *block = NULL;
    size_t align = chan->element.align > BLOCK_ALIGN ? chan->element.align : BLOCK_ALIGN;

    if (fl_load_relaxed(&chan->list.spare)) /* relaxed: a hint, the swap decides */
        block = fl_swap_acquire(&chan->list.spare, NULL); /* [B] */
    if (block)
        return block;
    block = aligned_alloc(align, fl_round_up_(chan->list.block_size, align));
    if (!block)
        return NULL;
    fl_atomic_init(&block->next, NULL);
    for (uint32_t i = 0; i < chan->list.slots; i++)
        fl_atomic_init(flag_in(chan, block, i), EMPTY);
    return block;
}

/* A block whose flags are 0 and whose next is NULL, and that nobody else knows. */
static void block_keep_or_free(struct fl_chan *chan, struct fl_list_block *block)
{
    struct fl_list_block *none = NULL;

    if (!fl_cas_release(&chan->list.spare, &none, block)) /* [B] */
        free(block);
}

void fl_list_init_(struct fl_chan *chan, uint32_t slots)
{
    enum { BLOCK_WANTED = 32 * 1024 }; /* large elements: fewer in a block, at least one */

    const struct fl_element_ element = chan->element;
    const size_t flag_align = element.align > _Alignof(flag) ? element.align : _Alignof(flag);

    memset(&chan->list, 0, sizeof chan->list);
    chan->list.flag_at = fl_round_up_(element.size, _Alignof(flag));
    chan->list.slot_size = fl_round_up_(chan->list.flag_at + sizeof(flag), flag_align);
    if (slots == 0)
        slots = chan->list.slot_size > BLOCK_WANTED ? 1 : (uint32_t)(BLOCK_WANTED / chan->list.slot_size);
    chan->list.slots = slots < FL_LIST_SLOTS_MOST_ ? slots : FL_LIST_SLOTS_MOST_;
    chan->list.block_size = first_slot_at(chan) + chan->list.slots * chan->list.slot_size;
}

void fl_list_destroy_(struct fl_chan *chan)
{
    free(fl_atomic_own(&chan->list.spare)); /* the others were the receiver's */
}

/* ---- sending ---- */

/* The block behind the full one of `seen` is ours, and we have its slot 0: makes it known to the receiver. */
static void link_block(struct fl_chan *chan, uintptr_t seen, struct fl_list_block *block)
{
    struct fl_list_block *before = block_of(seen);

    if (before)
        fl_store_release(&before->next, block); /* [N] */
    else
        fl_store_release(&chan->list.first, block); /* [N] */
    fl_add_relaxed(&chan->list.blocks_sent, 1); /* relaxed: a count for fl_len */
}

fl_status fl_list_send_(struct fl_chan *chan, const void *value)
{
    struct fl_list_block *block = NULL, *fresh = NULL;
    uint32_t slot;
    uintptr_t seen = fl_load_relaxed(&chan->list.tail); /* relaxed: the compare-and-set decides */

    for (;;) {
        if (seen & CLOSED) {
            if (fresh)
                block_keep_or_free(chan, fresh);
            return FL_CLOSED;
        }
        if (!is_used_up(chan, seen)) {
            if (fl_cas_seq_cst(&chan->list.tail, &seen, seen + 1)) { /* [T] [D] */
                block = block_of(seen);
                slot = slot_of(seen);
                break;
            }
            continue;
        }
        if (!fresh && !(fresh = block_new(chan)))
            return FL_NO_MEMORY;
        if (fl_cas_seq_cst(&chan->list.tail, &seen, position_of(fresh, 1))) { /* [T] [D] */
            link_block(chan, seen, fresh);
            block = fresh;
            fresh = NULL;
            slot = 0;
            break;
        }
    }
    fl_copy_value_(value_in(chan, block, slot), value, chan->element.size);
    fl_store_release(flag_in(chan, block, slot), WRITTEN); /* [V] */
    if (fresh) /* somebody else appended first */
        block_keep_or_free(chan, fresh);
    fl_chan_wake_one_(chan, FL_SIDE_RECV_);
    return FL_OK;
}

/* ---- receiving ---- */

/* The receiver's position, moved to the next block if it stands behind the last slot of one and the next is known. */
static uintptr_t head_settled(struct fl_chan *chan)
{
    uintptr_t head = fl_load_relaxed(&chan->list.head); /* relaxed: our own */
    struct fl_list_block *done, *next;

    if (!is_used_up(chan, head))
        return head;
    done = block_of(head);
    next = done ? fl_load_acquire(&done->next) : fl_load_acquire(&chan->list.first); /* [N] */
    if (!next)
        return head;
    head = position_of(next, 0);
    fl_store_relaxed(&chan->list.head, head); /* relaxed: others only look, for fl_len */
    /* relaxed: as above, and nobody else writes it */
    fl_store_relaxed(&chan->list.blocks_received, fl_load_relaxed(&chan->list.blocks_received) + 1);
    if (done) {
        fl_atomic_init(&done->next, NULL);
        block_keep_or_free(chan, done);
    }
    return head;
}

/* The flag of the slot at the (settled) head, if the value there has been written; else NULL. */
static flag *written_at(struct fl_chan *chan, uintptr_t head)
{
    flag *written;

    if (is_used_up(chan, head))
        return NULL;
    written = flag_in(chan, block_of(head), slot_of(head));
    return fl_load_acquire(written) == WRITTEN ? written : NULL; /* [V] */
}

/* Takes the value at the head, if it has been written: into *ret_value, or, for NULL, drops it. */
bool fl_list_take_(struct fl_chan *chan, void *ret_value)
{
    uintptr_t head = head_settled(chan);
    flag *written = written_at(chan, head);
    char *value;

    if (!written)
        return false;
    value = value_in(chan, block_of(head), slot_of(head));
    fl_store_relaxed(written, EMPTY);             /* relaxed: for the block's next life, see [B] */
    fl_store_relaxed(&chan->list.head, head + 1); /* relaxed: others only look; before the drop, which may panic */
    if (ret_value)
        fl_copy_value_(ret_value, value, chan->element.size);
    else if (chan->element.drop)
        chan->element.drop(value);
    return true;
}

bool fl_list_is_written_(struct fl_chan *chan)
{
    /* at the slot, not at the tail: the tail's cache line is left to the senders */
    return written_at(chan, head_settled(chan)) != NULL;
}

fl_status fl_list_why_not_(struct fl_chan *chan)
{
    uintptr_t head = head_settled(chan);
    uintptr_t tail = fl_load_acquire(&chan->list.tail); /* [C] */

    if ((tail & ~CLOSED) != head)
        return FL_WOULD_BLOCK; /* taken, and not written when we looked */
    return tail & CLOSED ? FL_CLOSED : FL_EMPTY;
}

bool fl_list_is_ready_(const struct fl_chan *chan)
{
    /* relaxed: our own. One that is not settled will do: behind the last slot of a block is the same place. */
    return fl_load_seq_cst(&chan->list.tail) != fl_load_relaxed(&chan->list.head); /* [D] */
}

/* ---- closing ---- */

void fl_list_close_sender_(struct fl_chan *chan)
{
    fl_or_seq_cst(&chan->list.tail, CLOSED); /* [C] [D] */
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
    free(block_of(d->end));
}

void fl_list_close_receiver_(struct fl_chan *chan)
{
    __attribute__((cleanup(end_draining))) struct draining d = {
        chan, fl_or_seq_cst(&chan->list.tail, CLOSED) & ~CLOSED /* [C] */
    };

    drain(&d);
}

/* ---- looking ---- */

bool fl_list_is_empty_(const struct fl_chan *chan)
{
    /* relaxed: two words are not read at one moment anyhow; what the caller knows to have happened is seen */
    uintptr_t head = fl_load_relaxed(&chan->list.head);
    uintptr_t tail = fl_load_relaxed(&chan->list.tail) & ~CLOSED; /* relaxed: as the head */

    /* behind the last slot of a block and before the first of the next is the same place; the tail is never before */
    return head == tail;
}

size_t fl_list_len_(const struct fl_chan *chan)
{
    /* relaxed: as above. The received first, so that the difference cannot become negative by the receiver's steps. */
    size_t received_blocks = fl_load_relaxed(&chan->list.blocks_received);
    uintptr_t head = fl_load_relaxed(&chan->list.head);            /* relaxed: as above */
    uintptr_t tail = fl_load_relaxed(&chan->list.tail);            /* relaxed: as above */
    size_t sent_blocks = fl_load_relaxed(&chan->list.blocks_sent); /* relaxed: as above */
    size_t received, sent;

    if (sent_blocks == 0)
        return 0;
    received = received_blocks ? (received_blocks - 1) * chan->list.slots + slot_of(head) : 0;
    sent = (sent_blocks - 1) * chan->list.slots + slot_of(tail);
    return sent > received ? sent - received : 0;
}
