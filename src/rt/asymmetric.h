/* Store, then load, when one side does it a million times a second and the other before it goes to sleep.
 *
 * "I change a word, then look whether somebody waits" against "I say that I wait, then look at the word": one of the
 * two must see the other, or a wake-up is lost. Between its store and its load each side needs an order that CPUs do
 * not give for nothing; on x86 it is a locked instruction. Here only the side that is about to sleep pays:
 *
 *     // often                                         // seldom
 *     fl_store_asymmetric(&slot->stamp, s);   [S]      fl_store_seq_cst(&side->waiters, 1);        [S]
 *     if (fl_load_seq_cst(&side->waiters))    [S]      bool sure = fl_asymmetric_barrier_();
 *         wake(side);                                  if (fl_load_seq_cst(&slot->stamp) == old)   [S]
 *                                                          sleep(sure ? deadline : a moment);
 *
 * The barrier (membarrier(2), private and expedited) makes every running thread of the process pass a full barrier,
 * as if each of them had one exactly where it is at that moment: before its store (then our load sees the word... only
 * if the store has been done, otherwise its later load sees that we wait), or after it.
 *
 * fl_asymmetric_ says whether the often-side may go without. It becomes true once, before main, if the kernel has
 * promised the barrier; otherwise (other kernels, a seccomp filter, programs under ThreadSanitizer, which must see the
 * order) fl_store_asymmetric is a sequentially consistent swap, which is right with either kind of partner.
 *
 * fl_asymmetric_barrier_ gives false if the kernel has refused it after all (a filter that came later): then the
 * caller cannot be sure to be woken, and must look again by itself every FL_ASYMMETRIC_NAP_NS_. Nothing is lost, it is
 * just late. Tests: tests/rt/unit/test_asymmetric.c; tests/rt/stress/stress_mutex.c runs with it and without. */
#ifndef FL_RT_ASYMMETRIC_H
#define FL_RT_ASYMMETRIC_H

#include <fearless/lock.h>

#include "atomic.h"

#define FL_ASYMMETRIC_NAP_NS_ ((int64_t)1000 * 1000)

#ifdef FL_UNDER_TSAN_
#define FL_ASYMMETRIC_NOW_() 0
#else
#define FL_ASYMMETRIC_NOW_() __builtin_expect(fl_asymmetric_, 1)
#endif

/* A release store, and no later load of this thread is before it. */
#define fl_store_asymmetric(a, v)                                                                  \
    (FL_ASYMMETRIC_NOW_() ? (fl_store_release((a), (v)), fl_compiler_barrier_())                   \
                          : (void)fl_swap_seq_cst((a), (v)))

/* False: there was no barrier. */
bool fl_asymmetric_barrier_(void);

/* For tests: the portable form from now on (only while no other thread uses the library). */
void fl_asymmetric_off_(void);

#endif
