/* Parking: a token per waiter, and waiting on words.
 *
 * Algorithm. A binary semaphore in one word, as in Java's LockSupport and Rust's std::thread::park: the waiter
 * announces that it is going to sleep with a compare-and-set, the waker leaves a token with a swap and looks at what
 * it replaced. Nobody sleeps unless it announced it, so an unneeded wake-up costs no system call.
 *
 * The state word
 *   EMPTY     no token, the owner is awake.
 *   TOKEN     a wake-up has come that no wait has taken yet. Set by anybody; may be set again (one is kept).
 *   SLEEPING  the owner is asleep or about to be. Set by the owner alone. Illegal to set over TOKEN: that would lose
 *             a wake-up. Legal to find it set although the owner has just woken up (it clears it by itself).
 *
 *   from      who     to         how
 *   EMPTY     owner   SLEEPING   compare-and-set at the start of a wait
 *   TOKEN     owner   EMPTY      [A] a wait takes the token
 *   SLEEPING  owner   EMPTY      the deadline passed
 *   any       waker   TOKEN      [A] swap; if it replaced SLEEPING, the driver rouses the sleeper
 *
 * Who may call what: fl_parker_wait_ and fl_parker_forget_ only the owner; fl_parker_wake_ anybody.
 *
 * Linearisation points: the swap in wake; in wait, the operation that takes the token, or, when the deadline has
 * passed, the swap that leaves EMPTY.
 *
 * Ordering
 *   [A] the release swap that leaves TOKEN pairs with the acquire operation that takes it: what the waker did before
 *       waking is visible after the wait. Later wake-ups on the same token are RMWs, hence in the same release
 *       sequence, and their writes are visible, too.
 *   The pool is under a lock of its own (small_lock.h).
 *   Nothing here orders the waiter's *condition*: who publishes a parker and then looks at a condition, against who
 *   makes the condition true and then looks for a parker, needs its own order (see chan_list.c, [D]).
 *
 * Progress: wake is wait-free but for one system call. ABA: the states carry no identity. Reclamation: a parker of
 * fl_parker_self_ is never freed, only used again, so a waker may hold one for as long as it likes; after the swap the
 * waker uses the parker's address alone.
 *
 * Tests: tests/rt/unit/test_park.c, tests/rt/stress/stress_park.c. */
#define _GNU_SOURCE
#include "park.h"

#include "futex.h"
#include "patience.h"
#include "small_lock.h"
#include "thread_number.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

enum { EMPTY = 0, TOKEN = 1, SLEEPING = 2 };

bool fl_parker_wait_(struct fl_parker *self, int64_t deadline_ns)
{
    uint32_t seen = EMPTY;

    /* relaxed: announcing says nothing about other memory; the driver's sleep looks at the word again */
    if (!fl_cas_relaxed(&self->state, &seen, SLEEPING)) {
        (void)fl_swap_acquire(&self->state, EMPTY); /* [A] it was TOKEN: nobody but the owner sets the others */
        return true;
    }
    for (;;) {
        bool in_time = self->driver->sleep(self, SLEEPING, deadline_ns);

        seen = TOKEN;
        if (fl_cas_acquire(&self->state, &seen, EMPTY)) /* [A] */
            return true;
        if (!in_time) /* a token may have come since we looked: then it counts, or the next wait would take it */
            return fl_swap_acquire(&self->state, EMPTY) == TOKEN; /* [A] */
    }
}

bool fl_parker_seems_woken_(const struct fl_parker *self)
{
    return fl_load_relaxed(&self->state) == TOKEN; /* relaxed: a hint, taking it decides */
}

bool fl_parker_be_patient_(struct fl_parker *self, struct fl_patience *patience)
{
    struct fl_looks looks = fl_looks_begin_(patience);

    do {
        if (fl_parker_seems_woken_(self) && fl_parker_forget_(self)) {
            fl_looks_helped_(&looks);
            return true;
        }
    } while (fl_looks_again_(&looks));
    return false;
}

bool fl_parker_forget_(struct fl_parker *self)
{
    uint32_t seen = TOKEN;

    return fl_cas_acquire(&self->state, &seen, EMPTY); /* [A] */
}

void fl_parker_wake_(struct fl_parker *parker)
{
    /* Read first: once the token is there, the owner may return, and free a parker that is embedded in something. */
    const struct fl_park_driver *driver = parker->driver;

    if (fl_swap_release(&parker->state, TOKEN) == SLEEPING) /* [A] */
        driver->rouse(parker);
}

/* ---- the driver of plain OS threads ---- */

static bool os_thread_sleep(struct fl_parker *parker, uint32_t expected, int64_t deadline_ns)
{
    return fl_futex_wait_(&parker->state.fl_word, expected, deadline_ns);
}

static void os_thread_rouse(struct fl_parker *parker)
{
    fl_futex_wake_(&parker->state.fl_word, 1);
}

const struct fl_park_driver fl_park_os_thread_ = { os_thread_sleep, os_thread_rouse };

/* ---- words ---- */

bool fl_word_wait_(const uint32_t *word, uint32_t expected, int64_t deadline_ns)
{
    return fl_futex_wait_(word, expected, deadline_ns);
}

void fl_word_wake_(const uint32_t *word, int count)
{
    fl_futex_wake_(word, count);
}

/* ---- this thread's parker ---- */

/* A parker and its number go together, so that live threads have different numbers (locks store them). */
struct pooled {
    struct fl_parker parker;
    uint32_t number;
};

FL_THREAD_VAR_ uint32_t fl_thread_number_;

static _Thread_local struct pooled *self_pooled;
static pthread_key_t give_back_key;
static pthread_once_t give_back_once = PTHREAD_ONCE_INIT;

/* The pool, under a lock of its own: struct fl_lock needs the numbers that are made here. */
static struct fl_small_lock pool_lock;
static struct pooled *pool_free; /* linked by parker.next_free */
static uint32_t pool_made;

static void give_back(void *pooled)
{
    struct pooled *mine = pooled;

    self_pooled = NULL;
    fl_thread_number_ = 0; /* a later destructor of this thread that waits takes another one */
    fl_small_lock_(&pool_lock);
    mine->parker.next_free = pool_free ? &pool_free->parker : NULL;
    pool_free = mine;
    fl_small_unlock_(&pool_lock);
}

static void make_give_back_key(void)
{
    if (pthread_key_create(&give_back_key, give_back) != 0) {
        fputs("fearless: no thread-specific key is left (pthread_key_create)\n", stderr);
        abort();
    }
}

static __attribute__((noinline, cold)) struct pooled *take_from_pool(void)
{
    struct pooled *mine;

    pthread_once(&give_back_once, make_give_back_key);
    fl_small_lock_(&pool_lock);
    mine = pool_free;
    if (mine) {
        pool_free = (struct pooled *)mine->parker.next_free; /* parker is its first member */
    } else {
        mine = aligned_alloc(64, 64); /* a line of its own: wakers write to it */
        if (mine) {
            *mine = (struct pooled){ FL_PARKER_INIT_, FL_THREAD_NUMBER_STEP_ * ++pool_made };
        }
    }
    fl_small_unlock_(&pool_lock);
    if (!mine || pthread_setspecific(give_back_key, mine) != 0) {
        fputs("fearless: out of memory for a thread that has to wait\n", stderr);
        abort();
    }
    self_pooled = mine;
    fl_thread_number_ = mine->number;
    return mine;
}

struct fl_parker *fl_parker_self_(void)
{
    return self_pooled ? &self_pooled->parker : &take_from_pool()->parker;
}

uint32_t fl_thread_number_make_(void)
{
    return self_pooled ? self_pooled->number : take_from_pool()->number;
}

/* ---- spinning ---- */

bool fl_spin_may_help_(void)
{
    static FL_ATOMIC(int) cpus; /* 0: not asked yet */
    int n = fl_load_relaxed(&cpus); /* relaxed: a number, and everybody finds the same one */

    if (n == 0) {
        cpu_set_t allowed;

        n = sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : 2;
        fl_store_relaxed(&cpus, n); /* relaxed: as above */
    }
    return n > 1;
}

void fl_yield_now_(void)
{
    FL_RT_STEP_();
    sched_yield();
}
