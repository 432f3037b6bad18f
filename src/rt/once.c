/* Once: one word. Under struct fl_once, fl_once_cell and FL_LAZY.
 *
 * Algorithm. Who changes the word from "nothing has run" to its own number runs the function; the others sleep on the
 * word until it says something else (the futex once of Rust's standard library, with a number for the runner as in
 * mutex.c: so that a function that waits for itself is seen).
 *
 * The state word
 *   DONE (1)       the function has returned. Never changes again, but by who has the once to himself (fl_into_data).
 *   bits 31-2      RUNNER: the running thread's number (park.c) times 2; 0: nobody runs it. Set only from 0, by that
 *                  thread; cleared only by it. Numbers are even and not 0, so a running word is at least 4.
 *   bit 1          POISONED: the function panicked the last time it ran. Legal beside RUNNER: a forced function runs, and
 *                  may ask.
 *   bit 0          WAITED, beside RUNNER only: somebody sleeps, or may. Set by who is about to sleep. Legal to be set
 *                  when nobody sleeps any more: costs one wake-up for nothing. Illegal to be clear when somebody sleeps
 *                  and no wake-up is on its way.
 *
 *   from                        who       to                 how
 *   0                           anybody   me                 [once] begin
 *   POISONED                    a forcer  me | POISONED      [once] begin; others panic
 *   runner, not WAITED          a waiter  runner | WAITED    relaxed, then sleeps while the word is that
 *   me, whatever other bits     me        DONE               [once] the function has returned
 *                                         POISONED           [once] it panicked, and poisons (cells do not)
 *                                         0, or POISONED     [once] it left otherwise: as it was before
 *   The last three wake all who sleep, if the word was WAITED.
 *
 * Who may call what: fl_once_begin_ anybody; fl_once_end_ who got true from it, once.
 *
 * Linearisation points: of a call that runs the function, the swap to DONE; of one that does not, the load that
 * finds DONE.
 *
 * Ordering
 *   [once] the release swap that ends a run pairs with the acquire load that finds DONE or POISONED (the inline one in
 *       <fearless/once.h>, too), and with the acquire compare-and-set that begins the next run: what a function
 *       wrote is visible to all who return, and what a failed one left behind to the next one.
 *   [W] no wake-up is lost: a waiter sleeps only while the word is runner | WAITED (the kernel compares), and the
 *       swap that ends the run sees the bit if it was set before. One word, so its modification order is enough.
 *
 * After the swap the once's memory is not touched: who returns from the last call may free it. The wake-up uses the
 * address only.
 *
 * Progress: fl_once_done is wait-free; a call blocks while another thread runs the function. ABA: a once that has come
 * back to 0 is as good as new, and a waiter that has slept through that competes for it. A number is not dealt to
 * another thread while its run is not over, as the run ends on the stack of its thread. Reclamation: none.
 *
 * Tests: tests/rt/unit/test_once.c, tests/rt/stress/stress_once.c. */
#include <fearless/once.h>

#include "atomic.h"
#include "data.h"
#include "park.h"
#include "thread_number.h"

#include <string.h>

#define WAITED 1u
#define POISONED 2u
#define FLAGS 3u
_Static_assert(FL_THREAD_NUMBER_STEP_ * 2 > FLAGS, "a runner's number leaves its flags free");

/* What the atomic operations take; the public header has no FL_ATOMIC. */
#define STATE(once) (&(once)->fl_state)

static uint32_t my_number(void)
{
    return 2 * (fl_thread_number_ ? fl_thread_number_ : fl_thread_number_make_());
}

static bool is_running(uint32_t state)
{
    return state > FLAGS;
}

/* ---- mistakes ---- */

static FL_NORETURN_ void refuse_poisoned(enum fl_once_use_ use, const char *file, int line)
{
    if (use == FL_ONCE_LAZY_)
        fl_panic_(file, line,
                  "this FL_LAZY value is poisoned: the function that makes it panicked, and is not called again; a "
                  "value whose making may fail belongs in a fl_once_cell (fl_once_get_or_init tries again)");
    fl_panic_(file, line,
              "this once is poisoned: its function panicked, so what it should have made may be half made; "
              "fl_call_once_force runs a function that repairs it");
}

static FL_NORETURN_ void refuse_reentry(enum fl_once_use_ use, const char *file, int line)
{
    if (use == FL_ONCE_LAZY_)
        fl_panic_(file, line,
                  "the function that makes this FL_LAZY value asks for the value itself and would wait for ever: it "
                  "must do without");
    if (use == FL_ONCE_INIT_ || use == FL_ONCE_SET_)
        fl_panic_(file, line,
                  "the function that makes the value of this fl_once_cell uses the cell itself and would wait for "
                  "ever: it must return the value, and do without it until then");
    fl_panic_(file, line,
              "the function of this once calls the once again and would wait for itself: it must not, and nothing that "
              "it calls");
}

/* ---- running and waiting ---- */

/* Waits until the word is not `state` any more, or for a moment. Sleeps soon: who makes something once takes his time. */
static void wait_for_change(struct fl_once *once, uint32_t state)
{
    enum { SPINS = 64 };

    if (!(state & WAITED) && fl_spin_may_help_()) {
        for (int i = 0; i < SPINS; i++) {
            if (fl_load_relaxed(STATE(once)) != state) /* relaxed: a hint, the caller looks again */
                return;
            fl_cpu_relax_();
        }
    }
    if (!(state & WAITED)) {
        /* relaxed: tells the runner to wake, says nothing about data [W] */
        if (!fl_cas_relaxed(STATE(once), &state, state | WAITED))
            return;
        state |= WAITED;
    }
    (void)fl_word_wait_(&once->fl_state.fl_word, state, FL_NEVER_NS_); /* [W] */
}

bool fl_once_begin_(struct fl_once *once, enum fl_once_use_ use, const char *file, int line)
{
    const uint32_t me = my_number();

    for (;;) {
        uint32_t state = fl_load_acquire(STATE(once)); /* [once] */

        if (state == FL_ONCE_DONE_)
            return false;
        if (is_running(state)) {
            if ((state & ~FLAGS) == me)
                refuse_reentry(use, file, line);
            wait_for_change(once, state);
            continue;
        }
        if (state == POISONED && use != FL_ONCE_FORCE_)
            refuse_poisoned(use, file, line);
        if (fl_cas_acquire(STATE(once), &state, me | state)) /* [once] */
            return true;
    }
}

/* A cleanup: the function has returned, or is being left. */
void fl_once_end_(struct fl_once_run_ *run)
{
    struct fl_once *const once = run->fl_once;
    const bool may_poison = run->fl_use != FL_ONCE_INIT_ && run->fl_use != FL_ONCE_SET_;
    uint32_t to = fl_load_relaxed(STATE(once)) & POISONED; /* relaxed: nobody else changes that bit of ours */

    if (run->fl_ran)
        to = FL_ONCE_DONE_;
    else if (may_poison && fl_panics_ > run->fl_panics)
        to = POISONED;
    if (fl_swap_release(STATE(once), to) & WAITED)               /* [once] */
        fl_word_wake_(&once->fl_state.fl_word, FL_WAKE_ALL_); /* [W] the address only */
}

void fl_call_once_slow_(struct fl_once *once, void (*fn)(void *env), volatile void *env, bool force, const char *file,
                        int line)
{
    const enum fl_once_use_ use = force ? FL_ONCE_FORCE_ : FL_ONCE_CALL_;

    if (!fl_once_begin_(once, use, file, line))
        return;
    __attribute__((cleanup(fl_once_end_))) struct fl_once_run_ run = {once, use, fl_panics_, false};
    fn((void *)(uintptr_t)env);
    run.fl_ran = true;
}

bool fl_once_poisoned(const struct fl_once *once)
{
    const uint32_t state = fl_load_acquire(STATE(once)); /* [once] */

    return state != FL_ONCE_DONE_ && (state & POISONED);
}

/* ---- cells ---- */

static struct fl_once *once_of(volatile void *cell, size_t data_size)
{
    return (struct fl_once *)(void *)((char *)(uintptr_t)cell + FL_HAS_VALUE_AT_(data_size));
}

/* A value on its way into a cell. As a cleanup, it is dropped if it has not arrived: fl_once_begin_ may panic. */
struct arrival {
    void *value;
    fl_drop_fn_ *drop;
};

static void drop_arrival(struct arrival *arrival)
{
    if (arrival->value && arrival->drop)
        arrival->drop(arrival->value);
}

fl_status fl_once_set_(volatile void *cell, volatile void *value, size_t size, fl_drop_fn_ *drop, const char *file,
                       int line)
{
    struct fl_once *const once = once_of(cell, size);
    __attribute__((cleanup(drop_arrival))) struct arrival arrival = {(void *)(uintptr_t)value, drop};

    if (!fl_once_begin_(once, FL_ONCE_SET_, file, line))
        return FL_ALREADY;
    memcpy((void *)(uintptr_t)cell, arrival.value, size);
    arrival.value = NULL;
    fl_once_end_(&(struct fl_once_run_){once, FL_ONCE_SET_, fl_panics_, true});
    return FL_OK;
}

fl_status fl_once_into_data_(volatile void *cell, void *ret_data, size_t data_size, size_t cell_size, size_t once_at,
                             fl_empty_fn_ *make_empty, const char *file, int line)
{
    const uint32_t state = fl_load_acquire(STATE((struct fl_once *)((uintptr_t)cell + once_at))); /* [once] */

    if (is_running(state))
        fl_panic_(file, line, "fl_into_data of a fl_once_cell whose value is just being made: it is not yours alone");
    if (state != FL_ONCE_DONE_)
        return FL_EMPTY;
    fl_take_data_(cell, ret_data, data_size, cell_size, make_empty);
    return FL_OK;
}
