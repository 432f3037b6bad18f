/* The read-write lock: one word; who sleeps stands in the parking lot. Under fl_rwlock, struct fl_rw_lock, and every guard
 * of theirs.
 *
 * Algorithm. A word that counts readers or names the writer, taken by a compare-and-set, and freed by the writer with a plain
 * store, as a mutex is (mutex.c); sleepers stand in the parking lot (lot.h), as readers or as writers. So while a writer holds
 * the lock nobody else changes the word, and a mark in it is needed only while readers hold it: that a writer waits, and
 * no more readers may come in.
 *
 * The state word (names in <fearless/rw_word.h>)
 *   bit 31      WRITER. A writer holds the lock. Nobody else changes the word.
 *   bit 30      WRITER_WAITS. No reader gets in: the preference for writers. Never together with WRITER. Legal only while a
 *               writer is on its way: asleep in the lot; awake and about to look again; or giving up and about to clear it.
 *               Illegal to be clear while a writer sleeps and readers hold the lock, but for the moment until the one who
 *               let them in (or the writer itself) has come to set it.
 *   bits 29-0   WRITER: its thread's number (park.c), not 0. Otherwise how many read.
 *   All zero is free. WRITER_WAITS alone is free for writers only.
 *
 *   from                              who             to                        how
 *   no WRITER, not WRITER_WAITS       reader          count + 1                 [H] take
 *   no WRITER, count 0                any writer      WRITER, its number        [H] take; WRITER_WAITS goes: whoever ends
 *                                                                               WRITER looks into the lot
 *   no WRITER, count not 0            writer          and WRITER_WAITS          relaxed, when it stands in the lot
 *   count > 1                         a reader        count - 1                 [H] let go
 *   count 1                           the last one    count 0                   [H] let go; then wakes [W] if WRITER_WAITS
 *   WRITER                            the writer      0                         [H] store, then wakes [W]
 *   WRITER                            the writer      count 1                   [H] store: downgrade; then wakes [W]
 *   WRITER_WAITS, no writer in lot    a writer        not WRITER_WAITS          relaxed, gives up; lets readers go
 *
 *   To wake (fl_rw_wake_): a writer sleeps: WRITER_WAITS is set (relaxed), and if nobody holds the lock, the writer that has
 *   slept longest is woken or, now and then, made the owner [H]. Only readers sleep, and neither WRITER nor WRITER_WAITS:
 *   all of them are woken.
 *
 *   fl_poison is a second word, written by the writer only (and by fl_clear_poison), read by holders or for a hint.
 *
 * The uncontended paths are inline in <fearless/rw_word.h>, which therefore names the same orders with the compiler's
 * builtins.
 *
 * Who may call what: anybody take and try; a writer's hold is ended, or downgraded, only by its thread (others panic).
 * Readers are only counted: to end a hold that one does not have ends another's.
 *
 * Linearisation points: the compare-and-set that takes or ends a read; the writer's store.
 *
 * Ordering
 *   [H] the acquire operation that takes the lock pairs with the release operations that let it go (or downgraded it)
 *       before. While readers hold it, every change of the word is a read-modify-write, so the last of many readers hands on
 *       the releases of those before it (they are all in one release sequence), and marks set in between do not end it.
 *   [W] no wake-up is lost. Against a writer that holds the lock: its store and its look at the bucket's count, against the
 *       sleeper's count and its look at the word (lot.c, asymmetric.h). Against readers that hold it: the mark is set by the
 *       writer when it stands in the lot, so who finds the mark, and opens the bucket behind that, finds the writer. Against
 *       the mark (a reader that sleeps because of it): it is cleared while the bucket is open, and the readers that stand there
 *       are woken; one that comes to stand there later finds it cleared. Or it goes because a writer takes the lock: see above.
 *       A writer that was woken and finds the lock taken again has nothing to tell: it was taken by a writer, who will look,
 *       or by readers before WRITER_WAITS was set again, which it then does by itself.
 *
 * After the step that lets it go the lock's memory is not touched, unless somebody sleeps for it, and keeps it: the next owner
 * may free it.
 *
 * Progress: taking blocks; writers go before readers, and a stream of writers can keep readers out for ever. A writer that comes
 * may overtake one that waits, but not for much longer than half a millisecond; a reader that comes between a writer's last
 * step and its look into the lot overtakes a waiting writer once. try is lock-free, letting go is but for waking. ABA: the
 * states carry no identity. Reclamation: none.
 *
 * A thread that reads, and reads again while a writer waits, waits for itself: readers are counted and not named, so
 * this is not found. To find it, each thread would have to keep a list of what it reads, on the uncontended path of every read
 * and every end of one, where a read is only two locked instructions; and a read that fl_rw_read_release ends in another
 * thread, which is allowed, would leave a line in that list that is not true any more, and a panic that is wrong.
 *
 * Tests: tests/rt/unit/test_rwlock.c, tests/rt/stress/stress_rwlock.c. */
#include <fearless/rwlock.h>

#include "atomic.h"
#include "data.h"
#include "lot.h"
#include "park.h"
#include "thread_number.h"

#define WRITER FL_RW_WRITER_
#define WRITER_WAITS FL_RW_WRITER_WAITS_
#define LOW FL_RW_LOW_

static uint32_t my_number(void)
{
    return fl_thread_number_ ? fl_thread_number_ : fl_thread_number_make_();
}

static bool reader_may_enter(uint32_t state)
{
    return !(state & FL_RW_STOPS_READERS_);
}

static bool is_held(uint32_t state)
{
    return state & (WRITER | LOW);
}

static bool is_written_by(uint32_t state, uint32_t number)
{
    return (state & WRITER) && (state & LOW) == number;
}

/* ---- waking ---- */

/* Puts all readers in the bucket into a list of their own. */
static struct fl_lot_sleeper_ *take_out_readers(struct fl_lot_bucket_ *bucket, uint32_t *address)
{
    struct fl_lot_sleeper_ *all = NULL, *s;

    while ((s = fl_lot_first_(bucket, address, FL_LOT_READER_))) {
        fl_lot_take_out_(bucket, s);
        s->next = all;
        all = s;
    }
    return all;
}

static void let_readers_go(struct fl_lot_sleeper_ *all)
{
    while (all) {
        struct fl_lot_sleeper_ *s = all;

        all = s->next; /* first: who is let go may be gone */
        fl_lot_let_go_(s, FL_LOT_AWAKE_);
    }
}

/* A writer sleeps, and keeps the lock's memory: stops readers, and, if nobody holds the lock, takes the writer out. */
static bool call_writer(struct fl_lot_bucket_ *bucket, uint32_t *address, struct fl_lot_sleeper_ *writer,
                        enum fl_lot_state_ *ret_state)
{
    const bool hand_over = fl_lot_is_time_to_be_fair_(bucket);
    uint32_t state = fl_word_load_relaxed_(address); /* relaxed: the compare-and-sets decide */

    while (!(state & WRITER)) { /* else that one will look into the lot */
        if (hand_over && !is_held(state)) {
            if (fl_word_cas_acquire_(address, &state, writer->owned)) { /* [H] as if the sleeper did it */
                fl_lot_take_out_(bucket, writer);
                *ret_state = FL_LOT_OWNER_;
                return true;
            }
        } else if (fl_word_cas_relaxed_(address, &state, state | WRITER_WAITS)) { /* relaxed: keeps others out, says
                                                                                    * nothing about data */
            if (is_held(state))
                return false; /* the last of those readers will come here */
            fl_lot_take_out_(bucket, writer);
            *ret_state = FL_LOT_AWAKE_;
            return true;
        }
    }
    return false;
}

void fl_rw_wake_(uint32_t *address)
{
    struct fl_lot_bucket_ *bucket = fl_lot_open_(address);
    struct fl_lot_sleeper_ *writer = fl_lot_first_(bucket, address, FL_LOT_WRITER_), *readers = NULL;
    enum fl_lot_state_ state = FL_LOT_AWAKE_;

    if (writer) {
        if (!call_writer(bucket, address, writer, &state))
            writer = NULL;
    } else if (fl_lot_first_(bucket, address, FL_LOT_READER_)) {
        /* relaxed: a hint; WRITER looks by itself, and WRITER_WAITS is a writer that is awake, which is first in turn */
        if (reader_may_enter(fl_word_load_relaxed_(address)))
            readers = take_out_readers(bucket, address);
    }
    fl_lot_close_(bucket);
    if (writer)
        fl_lot_let_go_(writer, state);
    let_readers_go(readers);
}

/* Waits a moment for the holder to be done, unless others wait already. Gives the state it saw last. */
static uint32_t spin(struct fl_rw_lock *lock, uint32_t stops)
{
    uint32_t state = fl_load_relaxed(&lock->fl_state); /* relaxed: a hint, the compare-and-sets decide */

    if (!(state & stops) || !fl_spin_may_help_())
        return state;
    for (int pause = 4; pause <= 64 && (state & stops) && !(state & WRITER_WAITS); pause *= 2) {
        for (int i = 0; i < pause; i++)
            fl_cpu_relax_();
        state = fl_load_relaxed(&lock->fl_state); /* relaxed: as above */
    }
    return state;
}

/* ---- reading ---- */

static void refuse_hopeless_read(uint32_t state, const char *file, int line)
{
    if (is_written_by(state, fl_thread_number_))
        fl_panic_(file, line,
                  "this thread already holds this lock for writing and would wait for itself: end the write guard "
                  "first, or turn it into a read guard (fl_downgrade_guard)");
    if (!(state & WRITER) && (state & LOW) >= FL_RW_TOO_MANY_)
        fl_panic_(file, line, "more than 2^29 read guards of one lock: are they ever released?");
}

static bool keeps_readers_out(uint32_t *word)
{
    return !reader_may_enter(fl_word_load_seq_cst_(word)); /* [W] */
}

bool fl_rw_read_slow_(struct fl_rw_lock *lock, struct fl_instant deadline, const char *file, int line)
{
    bool may_wait = deadline.fl_ns != FL_DO_NOT_WAIT_NS_;
    /* relaxed: the compare-and-sets decide */
    uint32_t state = may_wait ? spin(lock, WRITER) : fl_load_relaxed(&lock->fl_state);

    for (;;) {
        if (reader_may_enter(state)) {
            if (fl_cas_weak_acquire(&lock->fl_state, &state, state + 1)) /* [H] */
                return true;
        } else if (!may_wait) {
            return false;
        } else {
            refuse_hopeless_read(state, file, line);
            may_wait = fl_lot_sleep_(&lock->fl_state.fl_word, FL_LOT_READER_, 0, keeps_readers_out, deadline.fl_ns) !=
                       FL_LOT_LATE_;
            state = fl_load_relaxed(&lock->fl_state); /* relaxed: as above; after the deadline it looks once more */
        }
    }
}

void fl_rw_end_read_slow_(struct fl_rw_lock *lock, const char *file, int line)
{
    uint32_t *const address = &lock->fl_state.fl_word;
    uint32_t state = fl_load_relaxed(&lock->fl_state); /* relaxed: the compare-and-set decides */

    do {
        if ((state & WRITER) || !(state & LOW))
            fl_panic_(file, line,
                      "ending a read of a lock that nobody reads: each release needs a read lock of its own before it");
    } while (!fl_cas_release(&lock->fl_state, &state, state - 1)); /* [H] */
    if (state - 1 == WRITER_WAITS)
        fl_rw_wake_(address); /* [W] the address only */
}

/* ---- writing ---- */

/* Called by a writer that stands in the lot: stops readers, too. */
static bool keeps_writers_out(uint32_t *word)
{
    uint32_t state = fl_word_load_seq_cst_(word); /* [W] */

    while (!(state & (WRITER | WRITER_WAITS))) {
        if (!is_held(state))
            return false;
        /* relaxed: asks to be woken, says nothing about data [W] */
        if (fl_word_cas_relaxed_(word, &state, state | WRITER_WAITS))
            return true;
    }
    return is_held(state);
}

/* A writer that has slept, and perhaps set the mark, or been woken in vain, does not wait any more. If it was the last one,
 * readers may go. */
static void give_up_writing(struct fl_rw_lock *lock)
{
    uint32_t *const address = &lock->fl_state.fl_word;
    struct fl_lot_bucket_ *bucket = fl_lot_open_(address);
    struct fl_lot_sleeper_ *readers = NULL;
    uint32_t state = fl_load_relaxed(&lock->fl_state); /* relaxed: the compare-and-set decides */

    if (!fl_lot_first_(bucket, address, FL_LOT_WRITER_)) {
        while (state & WRITER_WAITS) {
            /* relaxed: has done nothing that others must see [W] */
            if (fl_cas_relaxed(&lock->fl_state, &state, state & ~WRITER_WAITS)) {
                readers = take_out_readers(bucket, address);
                break;
            }
        }
    }
    fl_lot_close_(bucket);
    let_readers_go(readers);
}

bool fl_rw_write_slow_(struct fl_rw_lock *lock, struct fl_instant deadline, const char *file, int line)
{
    const uint32_t mine = WRITER | my_number();
    bool may_wait = deadline.fl_ns != FL_DO_NOT_WAIT_NS_, has_slept = false;
    /* relaxed: the compare-and-sets decide */
    uint32_t state = may_wait ? spin(lock, WRITER | LOW) : fl_load_relaxed(&lock->fl_state);

    for (;;) {
        if (!is_held(state)) {
            if (fl_cas_weak_acquire(&lock->fl_state, &state, mine)) /* [H] */
                return true;
        } else if (!may_wait) {
            if (has_slept)
                give_up_writing(lock);
            return false;
        } else {
            enum fl_lot_end_ end;

            if (state == mine)
                fl_panic_(file, line,
                          "this thread already holds this lock for writing and would wait for itself: end the write "
                          "guard first, or pass the guarded value on");
            end = fl_lot_sleep_(&lock->fl_state.fl_word, FL_LOT_WRITER_, mine, keeps_writers_out, deadline.fl_ns);
            if (end == FL_LOT_GOT_IT_)
                return true;
            has_slept = true;
            may_wait = end != FL_LOT_LATE_;
            state = fl_load_relaxed(&lock->fl_state); /* relaxed: as above; after the deadline it looks once more */
        }
    }
}

void fl_rw_end_write_wrong_(struct fl_rw_lock *lock, const char *file, int line)
{
    fl_panic_(file, line,
              /* relaxed: for the message */
              fl_load_relaxed(&lock->fl_state) & WRITER
                  ? "ending a write that another thread does: the thread that takes the lock must release it"
                  : "ending a write of a lock that nobody writes: each release needs a write lock of its own before it");
}

void fl_rw_downgrade_(volatile struct fl_rw_lock *cell_lock, const char *file, int line)
{
    struct fl_rw_lock *lock = (struct fl_rw_lock *)(uintptr_t)cell_lock;

    /* relaxed: if it is ours, nobody else changes it */
    if (!is_written_by(fl_load_relaxed(&lock->fl_state), fl_thread_number_))
        fl_rw_end_write_wrong_(lock, file, line);
    if (fl_lot_let_in_(&lock->fl_state.fl_word, 1)) /* [H] [W] one reader: this thread */
        fl_rw_wake_(&lock->fl_state.fl_word);
}

/* ---- guards ---- */

void fl_downgrade_guard_(struct fl_guard *guard, const char *file, int line)
{
    if (guard->fl_kind != FL_HOLDS_WRITE_ || !guard->fl_rw)
        fl_panic_(file, line,
                  "fl_downgrade_guard of what is no write guard (any more): it takes the name of a fl_write_guard, "
                  "fl_try_write_guard or fl_write_lock that holds its lock");
    fl_rw_downgrade_(guard->fl_rw, file, line);
    guard->fl_kind = FL_HOLDS_READ_;
    guard->fl_panics = FL_NEVER_POISONS_; /* who only reads leaves nothing half changed */
}

void fl_rw_poisoned_(struct fl_rw_lock *lock, enum fl_holds_ kind, const char *file, int line)
{
    /* nobody else would let it go: there is no guard yet */
    if (kind == FL_HOLDS_WRITE_)
        fl_rw_end_write_(lock, file, line);
    else
        fl_rw_end_read_(lock, file, line);
    fl_panic_(file, line,
              "this lock is poisoned: a thread panicked while it wrote, so the value may be half changed; take it with "
              "fl_write_lock(status, name, &rw) and repair it, then fl_clear_poison(&rw)");
}

fl_status fl_rwlock_into_data_(volatile void *cell, void *ret_data, size_t data_size, size_t cell_size, size_t raw_at,
                               fl_empty_fn_ *make_empty, const char *file, int line)
{
    const struct fl_rw_lock *const lock = (const struct fl_rw_lock *)((uintptr_t)cell + raw_at);
    const bool poisoned = fl_poison_is_set_(&lock->fl_poison);

    if (fl_load_relaxed(&lock->fl_state) != 0) /* relaxed: the caller has it to himself, or this is a mistake anyhow */
        fl_panic_(file, line, "fl_into_data of a lock that is held: end the guards first");
    fl_take_data_(cell, ret_data, data_size, cell_size, make_empty);
    return poisoned ? FL_POISONED : FL_OK;
}
