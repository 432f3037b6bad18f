/* The one seam through which everything in the runtime blocks.
 *
 * Two ways to block, and nothing else anywhere blocks:
 *
 * 1. A *parker*: one waiter, known by name, and a token. fl_parker_wait_ takes the token or sleeps until there is one;
 *    fl_parker_wake_ leaves the token (at most one is kept). What channels, join and select wait on.
 *
 *        // waiter                                        // waker
 *        publish(fl_parker_self_());                      make_it_true();
 *        while (!is_it_true())                            if ((p = published()))
 *            fl_parker_wait_(self, FL_NEVER_NS_);             fl_parker_wake_(p);
 *
 * 2. A *word*: any number of waiters that nobody lists (a mutex's state). fl_word_wait_ sleeps while the word has the
 *    expected value, fl_word_wake_ wakes up to n of those.
 *
 * Both may return for no reason: always look again, in a loop. Both take a deadline on fl_now()'s clock.
 * Neither is a cancellation point, and neither changes errno.
 *
 * Who sleeps how is the driver's business: an OS thread sleeps in a futex; a green task gives its worker to another
 * task; an explorer of interleavings picks who runs. A parker carries its driver, because the one who wakes must know
 * how the sleeper sleeps. For words the *waiter's* driver comes from its own parker, and fl_word_wake_ asks the OS (a
 * driver that keeps waiters itself adds its look-up there). */
#ifndef FL_RT_PARK_H
#define FL_RT_PARK_H

#include "atomic.h"

#include <stdbool.h>
#include <stdint.h>

#define FL_NEVER_NS_ INT64_MAX
#define FL_DO_NOT_WAIT_NS_ INT64_MIN

struct fl_parker;
struct fl_patience;

struct fl_park_driver {
    /* Sleeps while the parker's state is `expected`, at most until the deadline; may return early. False: timed out. */
    bool (*sleep)(struct fl_parker *parker, uint32_t expected, int64_t deadline_ns);
    /* Makes a sleep of that parker, now or soon (its state has changed already), return. The parker may be freed by
     * its owner at any moment of this call: use its address, not its contents. */
    void (*rouse)(struct fl_parker *parker);
};
extern const struct fl_park_driver fl_park_os_thread_;

struct fl_parker {
    FL_ATOMIC(uint32_t) state; /* see park.c */
    const struct fl_park_driver *driver;
    struct fl_parker *next_free; /* in the pool that fl_parker_self_ takes from */
};

/* For a parker embedded in something (a thread's record: fl_park and fl_unpark have one of their own, so that a
 * channel never eats a user's token). Driven by the OS thread. */
#define FL_PARKER_INIT_ { FL_ATOMIC_INIT(0), &fl_park_os_thread_, 0 }

/* This thread's parker, for the runtime's own waiting. Its memory is never freed, only used again by another thread
 * after this one has ended: a late fl_parker_wake_ is at worst a spurious wake-up of somebody else. */
struct fl_parker *fl_parker_self_(void);

/* Only the parker's owner. True: took a token (or woke for no reason); false: the deadline passed and there was none.
 * What was written before the fl_parker_wake_ whose token this took is visible afterwards. */
bool fl_parker_wait_(struct fl_parker *self, int64_t deadline_ns);

/* Looks for a token for a while before it is worth sleeping; how is learned in *patience, the owner's
 * (patience.h). True: took one. False: there was none; go on with fl_parker_wait_. */
bool fl_parker_be_patient_(struct fl_parker *self, struct fl_patience *patience);

/* Is there a token? A hint, for who looks at other things, too; taking it decides. */
bool fl_parker_seems_woken_(const struct fl_parker *self);

/* Forgets a token that a wake-up left which is not needed any more. Only the owner. True if there was one. */
bool fl_parker_forget_(struct fl_parker *self);

/* Anybody, any number of times, also before the wait. Never blocks. */
void fl_parker_wake_(struct fl_parker *parker);

/* False: the deadline passed. The word must be 4 bytes, aligned; use `&w.fl_word` of an FL_ATOMIC(uint32_t). */
bool fl_word_wait_(const uint32_t *word, uint32_t expected, int64_t deadline_ns);
void fl_word_wake_(const uint32_t *word, int count);
#define FL_WAKE_ALL_ INT32_MAX

/* True while spinning for a moment may help: another CPU could be running the peer. */
bool fl_spin_may_help_(void);

/* Gives the CPU away once. */
void fl_yield_now_(void);

#endif
