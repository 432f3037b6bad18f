/* The read-write lock: one 64-bit word, in two halves that are slept on. Under fl_rwlock, struct fl_rw_lock, and every
 * guard of theirs.
 *
 * Algorithm. From Rust's std::sync::RwLock on futexes (Mara Bos, 2022): a count of readers, a mark that readers wait,
 * writers before readers, and one place to sleep for each of the two. Different from it: the writers that wait are
 * *counted*, and everything is in one word. So each step knows exactly who must be woken, a writer whose time is over
 * lets the readers go again, and the step that frees the lock is the last one that touches it.
 *
 * The state word (names in <fearless/rw_word.h>)
 *   bit 63      WRITER. A writer holds the lock. Never together with READERS.
 *   bit 62      READERS. Readers hold the lock: set with the first, cleared with the last. (It tells nothing that the
 *               count does not, but it is in the half that writers sleep on, so that the last reader changes that.)
 *   bits 61-32  how many writers wait: each adds one before it sleeps, and takes it off when it gets the lock or gives
 *               up. Exact. Not 0: no reader gets in, which is the preference for writers.
 *   bit 31      READERS_WAIT. A reader sleeps, or may. Legal to be set when none does: costs one wake-up for nothing.
 *               Illegal to be clear when one sleeps and no wake-up is on its way. Illegal to be set when a reader
 *               could get in (no WRITER, no writer waits): nobody would clear it.
 *   bits 30-0   READERS: how many, at least 1. WRITER: its thread's number (park.c), not 0. Neither: 0.
 *   All zero is free. Free with writers waiting is a moment: one of them is being woken, or a newcomer takes it first.
 *
 *   Readers sleep on the low half, because whoever lets them go clears READERS_WAIT; writers on the high half, because
 *   whoever frees the lock clears WRITER or READERS.
 *
 *   from                             who              to                               how
 *   no WRITER, no writer waits       reader           READERS, count + 1               [H] take
 *   WRITER, or writers wait          reader           and READERS_WAIT                 relaxed, then sleeps
 *   neither WRITER nor READERS       any writer       WRITER, its number               [H] take; if it was counted, one
 *                                                                                      writer less waits
 *   WRITER or READERS                writer           one writer more waits            relaxed, then sleeps
 *   WRITER or READERS, it waits      writer           one writer less waits            relaxed, its time is over; if it
 *                                                                                      was the last one and readers
 *                                                                                      hold: clears READERS_WAIT, wakes
 *                                                                                      all readers
 *   READERS, count > 1               a reader         count - 1                        [H] let go
 *   READERS, count 1                 the last one     neither                          [H] let go; wakes a writer if one
 *                                                                                      waits (READERS_WAIT stays)
 *   WRITER, writers wait             the writer       neither (READERS_WAIT stays)     [H] let go; wakes a writer
 *   WRITER, no writer waits          the writer       0                                [H] let go; wakes all readers if
 *                                                                                      READERS_WAIT was set
 *   WRITER                           the writer       READERS, count 1                 [H] downgrade; if no writer waits,
 *                                                                                      clears READERS_WAIT and wakes
 *                                                                                      all readers
 *
 *   fl_poison is a second word, written by the writer only (and by fl_clear_poison), read by holders or for a hint.
 *
 * The uncontended paths are inline in <fearless/rw_word.h>, which therefore names the same orders with the compiler's
 * builtins.
 *
 * Who may call what: anybody take and try; a writer's hold is ended, or downgraded, only by its thread (others panic).
 * Readers are only counted: to end a hold that one does not have ends another's.
 *
 * Linearisation points: the compare-and-set that takes, lets go, or downgrades.
 *
 * Ordering
 *   [H] the acquire operation that takes the lock pairs with the release operations that let it go (or downgraded it)
 *       before. Every change of the word is a read-modify-write, so the last of many readers hands on the releases of
 *       those before it (they are all in one release sequence), and marks set in between do not end it.
 *   [W] no wake-up is lost: a waiter sleeps only while its half is as it saw it when it was counted (or the mark was
 *       set) and the lock was held; the kernel compares under its own lock. Whoever ends that state changes that half
 *       and then wakes. All of this is one word, so its modification order is enough and no stronger order is needed.
 *
 * After the step that lets it go the lock's memory is not touched: the next owner may free it. The wake-up uses the
 * address only, and a wake-up for memory that has become something else is a spurious one there.
 *
 * Progress: taking blocks; writers go before readers, and a stream of writers can keep readers out for ever; writers among
 * themselves are not served in order. try and letting go are lock-free, and at most one system call. ABA: a half that
 * looks again as it did means again what it meant: it is held, and its holder knows that somebody waits. Reclamation:
 * none.
 *
 * A thread that reads, and reads again while a writer waits, waits for itself: readers are counted and not named, so
 * this is not found. (To find it, each thread would have to keep a list of what it reads.)
 *
 * Tests: tests/rt/unit/test_rwlock.c, tests/rt/stress/stress_rwlock.c. */
#include <fearless/rwlock.h>

#include "atomic.h"
#include "data.h"
#include "park.h"
#include "thread_number.h"

#define WRITER FL_RW_WRITER_
#define READERS FL_RW_READERS_
#define HELD (WRITER | READERS)
#define ONE_WRITER_WAITS FL_RW_WRITER_WAITS_
#define WRITERS_WAITING FL_RW_WRITERS_WAITING_
#define READERS_WAIT FL_RW_READERS_WAIT_
#define LOW FL_RW_LOW_

static uint32_t my_number(void)
{
    return fl_thread_number_ ? fl_thread_number_ : fl_thread_number_make_();
}

static bool reader_may_enter(uint64_t state)
{
    return !(state & FL_RW_STOPS_READERS_);
}

static bool is_written_by(uint64_t state, uint32_t number)
{
    return (state & WRITER) && (state & LOW) == number;
}

/* ---- sleeping and waking ---- */

/* The address of a half. Only the kernel reads it by this type. */
static const uint32_t *low_half(const struct fl_rw_lock *lock)
{
    return (const uint32_t *)(const void *)&lock->fl_state + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
}

static const uint32_t *high_half(const struct fl_rw_lock *lock)
{
    return (const uint32_t *)(const void *)&lock->fl_state + (__BYTE_ORDER__ != __ORDER_BIG_ENDIAN__);
}

static void wake_readers(const struct fl_rw_lock *lock)
{
    fl_word_wake_(low_half(lock), FL_WAKE_ALL_);
}

static void wake_a_writer(const struct fl_rw_lock *lock)
{
    fl_word_wake_(high_half(lock), 1);
}

/* Waits a moment for the holder to be done, unless others wait already. Gives the state it saw last. */
static uint64_t spin(struct fl_rw_lock *lock, uint64_t stops)
{
    uint64_t state = fl_load_relaxed(&lock->fl_state); /* relaxed: a hint, the compare-and-sets decide */

    if (!fl_spin_may_help_())
        return state;
    for (int pause = 4; pause <= 64 && (state & stops) && !(state & (WRITERS_WAITING | READERS_WAIT)); pause *= 2) {
        for (int i = 0; i < pause; i++)
            fl_cpu_relax_();
        state = fl_load_relaxed(&lock->fl_state); /* relaxed: as above */
    }
    return state;
}

/* ---- reading ---- */

static void refuse_hopeless_read(uint64_t state, const char *file, int line)
{
    if (is_written_by(state, fl_thread_number_))
        fl_panic_(file, line,
                  "this thread already holds this lock for writing and would wait for itself: end the write guard "
                  "first, or turn it into a read guard (fl_downgrade_guard)");
    if ((state & READERS) && (state & LOW) >= FL_RW_TOO_MANY_)
        fl_panic_(file, line, "more than 2^30 read guards of one lock: are they ever released?");
}

bool fl_rw_read_slow_(struct fl_rw_lock *lock, struct fl_instant deadline, const char *file, int line)
{
    bool may_wait = deadline.fl_ns != FL_DO_NOT_WAIT_NS_;
    /* relaxed: the compare-and-sets decide */
    uint64_t state = may_wait ? spin(lock, WRITER) : fl_load_relaxed(&lock->fl_state);

    for (;;) {
        if (reader_may_enter(state)) {
            if (fl_cas_weak_acquire(&lock->fl_state, &state, (state | READERS) + 1)) /* [H] */
                return true;
        } else if (!may_wait) {
            return false;
        } else if (!(state & READERS_WAIT)) {
            refuse_hopeless_read(state, file, line);
            /* relaxed: asks to be woken, says nothing about data [W] */
            if (fl_cas_relaxed(&lock->fl_state, &state, state | READERS_WAIT))
                state |= READERS_WAIT;
        } else {
            refuse_hopeless_read(state, file, line);
            may_wait = fl_word_wait_(low_half(lock), (uint32_t)state, deadline.fl_ns);
            state = fl_load_relaxed(&lock->fl_state); /* relaxed: as above; after the deadline it looks once more */
        }
    }
}

void fl_rw_end_read_slow_(struct fl_rw_lock *lock, const char *file, int line)
{
    uint64_t state = fl_load_relaxed(&lock->fl_state); /* relaxed: the compare-and-set decides */
    uint64_t after;

    do {
        if (!(state & READERS))
            fl_panic_(file, line,
                      "ending a read of a lock that nobody reads: each release needs a read lock of its own before it");
        after = state - 1;
        if (!(after & LOW))
            after &= ~READERS;
    } while (!fl_cas_release(&lock->fl_state, &state, after)); /* [H] */
    if (!(after & READERS) && (after & WRITERS_WAITING))
        wake_a_writer(lock); /* [W] the address only */
}

/* ---- writing ---- */

/* A writer that was counted stops to wait. False: somebody changed the state (now in *state), try again. */
static bool give_up_writing(struct fl_rw_lock *lock, uint64_t *state)
{
    uint64_t after = *state - ONE_WRITER_WAITS;
    bool readers_may_go = (after & READERS) && !(after & WRITERS_WAITING) && (after & READERS_WAIT);

    if (readers_may_go)
        after &= ~READERS_WAIT;
    /* relaxed: has done nothing that others must see */
    if (!fl_cas_relaxed(&lock->fl_state, state, after))
        return false;
    if (readers_may_go)
        wake_readers(lock); /* [W] */
    return true;
}

bool fl_rw_write_slow_(struct fl_rw_lock *lock, struct fl_instant deadline, const char *file, int line)
{
    uint32_t me = my_number();
    bool may_wait = deadline.fl_ns != FL_DO_NOT_WAIT_NS_;
    uint64_t counted = 0; /* ONE_WRITER_WAITS: this thread is among those that wait */
    /* relaxed: the compare-and-sets decide */
    uint64_t state = may_wait ? spin(lock, HELD) : fl_load_relaxed(&lock->fl_state);

    for (;;) {
        if (!(state & HELD)) {
            if (fl_cas_weak_acquire(&lock->fl_state, &state, (state | WRITER | me) - counted)) /* [H] */
                return true;
        } else if (!may_wait) {
            if (!counted || give_up_writing(lock, &state))
                return false;
        } else if (!counted) {
            if (is_written_by(state, me))
                fl_panic_(file, line,
                          "this thread already holds this lock for writing and would wait for itself: end the write "
                          "guard first, or pass the guarded value on");
            /* relaxed: asks to be woken, says nothing about data [W] */
            if (fl_cas_relaxed(&lock->fl_state, &state, state + ONE_WRITER_WAITS)) {
                counted = ONE_WRITER_WAITS;
                state += ONE_WRITER_WAITS;
            }
        } else {
            may_wait = fl_word_wait_(high_half(lock), (uint32_t)(state >> 32), deadline.fl_ns);
            state = fl_load_relaxed(&lock->fl_state); /* relaxed: as above; after the deadline it looks once more */
        }
    }
}

/* The state, in which this thread is the writer; or a panic. */
static uint64_t written_by_me(struct fl_rw_lock *lock, const char *file, int line)
{
    uint64_t state = fl_load_relaxed(&lock->fl_state); /* relaxed: if it is ours, nobody else changes the writer */

    if (!is_written_by(state, fl_thread_number_))
        fl_panic_(file, line,
                  state & WRITER
                      ? "ending a write that another thread does: the thread that takes the lock must release it"
                      : "ending a write of a lock that nobody writes: each release needs a write lock of its own before "
                        "it");
    return state;
}

void fl_rw_end_write_slow_(struct fl_rw_lock *lock, const char *file, int line)
{
    uint64_t state = written_by_me(lock, file, line);
    uint64_t after;

    do
        after = state & WRITERS_WAITING ? state & (WRITERS_WAITING | READERS_WAIT) : 0;
    while (!fl_cas_release(&lock->fl_state, &state, after)); /* [H] */
    if (after)
        wake_a_writer(lock); /* [W] the address only */
    else if (state & READERS_WAIT)
        wake_readers(lock); /* [W] the address only */
}

void fl_rw_downgrade_(volatile struct fl_rw_lock *cell_lock, const char *file, int line)
{
    struct fl_rw_lock *lock = (struct fl_rw_lock *)(uintptr_t)cell_lock;
    uint64_t state = written_by_me(lock, file, line);
    uint64_t after;

    do {
        after = (state & WRITERS_WAITING) | READERS | 1;
        if (state & WRITERS_WAITING)
            after |= state & READERS_WAIT;
    } while (!fl_cas_release(&lock->fl_state, &state, after)); /* [H] */
    if ((state & READERS_WAIT) && !(after & READERS_WAIT))
        wake_readers(lock); /* [W] */
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
