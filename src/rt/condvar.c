/* The condition variable: a turn that each notification counts on, and how many wait.
 *
 * Algorithm. That of Rust's std::sync::Condvar on futexes: who waits notes the turn while it holds the lock, lets the
 * lock go, and sleeps while the turn is still that; who notifies counts the turn on, then wakes. Different from it: the
 * waiters are counted, so that a notification that nobody waits for is a load and no system call.
 *
 * The words
 *   fl_turn     how many notifications there were that found a waiter. Changed by anybody who notifies. Waiters sleep
 *               on it.
 *   fl_waiters  how many are between noting the turn and having slept. Legal to be more than sleep: costs a
 *               notification for nothing. Illegal to be less.
 *
 *   word        from  who       to     how
 *   fl_waiters  n     waiter    n + 1  relaxed, under the lock, before it notes the turn
 *   fl_turn     t     notifier  t + 1  [F], if there are waiters; then wakes one, or all
 *   fl_waiters  n     waiter    n - 1  relaxed, after it has slept, before it takes the lock again
 *
 * Who may call what: anybody notify; the holder of the guard wait.
 *
 * Linearisation points: of a wait, its noting of the turn (it counts as waiting from there on, and still holds the
 * lock); of a notification, the count of the turn, or the load that finds no waiter.
 *
 * Ordering. What a waiter must see is ordered by the lock, which it holds again when it looks at its condition.
 *   [W] no wake-up is lost. A notifier changed the condition under the lock, before or after the waiter held it. Before:
 *       the waiter saw that, and does not wait. After: the lock orders the waiter's count and its load of the turn
 *       before the notifier's load of the count and its change of the turn; so the notifier finds the waiter, and
 *       the turn that the waiter noted is over, and either the kernel, which compares under its own lock, does not
 *       let it sleep, or it sleeps already and is woken.
 *   [F] who frees the condition variable after the last wait does it after the notifiers' accesses: the release change of
 *       the turn pairs with the acquire load of it by the waiter that was woken. (Later changes are read-modify-writes, hence
 *       in the same release sequence.) Behind that change, which is what lets a waiter return, the notifier does not touch
 *       the memory: the wake-up uses the address only.
 *
 * A notification wakes at least one that waited before it: of those asleep the kernel wakes one, never one whose wait
 * it has ended by the deadline; the others find the turn over and do not sleep at all.
 *
 * Progress: notifying is wait-free but for one system call. ABA: a waiter would sleep through its notification if 2^32
 * others came between its noting the turn and its sleeping. Reclamation: none.
 *
 * Tests: tests/rt/unit/test_condvar.c, tests/rt/stress/stress_condvar.c. */
#include <fearless/condvar.h>

#include <fearless/panic.h>
#include <fearless/rwlock.h>

#include "atomic.h"
#include "park.h"

static void let_go(const struct fl_guard *held, const char *file, int line)
{
    if (held->fl_kind == FL_HOLDS_WRITE_)
        fl_rw_write_release_(held->fl_rw, file, line);
    else
        fl_lock_release_(held->fl_lock, file, line);
}

static void take_again(const struct fl_guard *held, const char *file, int line)
{
    if (held->fl_kind == FL_HOLDS_WRITE_)
        fl_rw_write_acquire_(held->fl_rw, file, line);
    else
        fl_lock_acquire_(held->fl_lock, file, line);
}

static void refuse_unfit(const struct fl_guard *guard, const char *file, int line)
{
    if (!guard->fl_lock)
        fl_panic_(file, line,
                  "waiting with a guard that holds nothing: it was unlocked before, or the lock was not taken");
    if (guard->fl_kind == FL_HOLDS_READ_)
        fl_panic_(file, line,
                  "waiting with a read guard: others read, too, and nobody could change what is waited for; take a "
                  "write guard");
}

static void notify(struct fl_condvar *cv, int how_many)
{
    if (fl_load_relaxed(&cv->fl_waiters) == 0) /* relaxed: the lock orders it [W] */
        return;
    (void)fl_add_release(&cv->fl_turn, 1); /* [F] [W] */
    fl_word_wake_(&cv->fl_turn.fl_word, how_many); /* [W] the address only */
}

void fl_notify_one(struct fl_condvar *cv)
{
    notify(cv, 1);
}

void fl_notify_all(struct fl_condvar *cv)
{
    notify(cv, FL_WAKE_ALL_);
}

fl_status fl_wait_until_(struct fl_condvar *cv, struct fl_guard *guard, struct fl_instant deadline, const char *file,
                         int line)
{
    const struct fl_guard held = *guard;
    bool in_time, was_poisoned;
    uint32_t turn;

    refuse_unfit(guard, file, line);
    was_poisoned = fl_guard_status_(&held) == FL_POISONED;
    (void)fl_add_relaxed(&cv->fl_waiters, 1); /* relaxed: the lock orders it [W] */
    turn = fl_load_relaxed(&cv->fl_turn);     /* relaxed: the lock orders it [W] */
    guard->fl_lock = NULL;                    /* if the next line panics, there is nothing to release */
    let_go(&held, file, line);
    in_time = fl_word_wait_(&cv->fl_turn.fl_word, turn, deadline.fl_ns);
    (void)fl_load_acquire(&cv->fl_turn);      /* [F] */
    (void)fl_sub_relaxed(&cv->fl_waiters, 1); /* relaxed: a count too high costs a wake-up for nothing */
    take_again(&held, file, line);
    *guard = held;
    if (was_poisoned || fl_guard_status_(&held) == FL_OK)
        return in_time ? FL_OK : FL_TIMEOUT;
    if (held.fl_tells)
        return FL_POISONED;
    fl_panic_(file, line,
              "this lock was poisoned while this thread waited: another one panicked while it held it, so its value "
              "may be half changed; take it with fl_lock(status, name, &m) to get FL_POISONED instead");
}

fl_status fl_wait_(struct fl_condvar *cv, struct fl_guard *guard, const char *file, int line)
{
    return fl_wait_until_(cv, guard, (struct fl_instant){ FL_NEVER_NS_ }, file, line);
}
