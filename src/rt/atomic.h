/* Atomic words, with the memory order in the name of each operation.
 *
 * This is the only file of the runtime that names a memory order. Everything else says
 * fl_load_acquire(&w), fl_store_release(&w, v), fl_swap_seq_cst(&w, v) ..., so that a reader (and grep) finds
 * every ordered access, and so that a word cannot be read or written plainly by accident: FL_ATOMIC(T) is a struct.
 *
 *     struct event { FL_ATOMIC(uint32_t) state; };
 *     fl_store_release(&e->state, 1);                 // [A]
 *     while (!fl_load_acquire(&e->state)) ...         // [A]
 *
 * There are no fences here on purpose: ThreadSanitizer does not understand them. The order belongs to the operation.
 *
 * GNU builtins and not <stdatomic.h>: the same words appear in public headers, which C++ reads, too.
 *
 * FL_RT_STEP_(): every operation is one step of a protocol. Compiled with -DFL_RT_DELAY, each step first calls
 * fl_rt_delay_(), which a stress test defines to lose time at random: windows that are two instructions wide become
 * wide enough to be hit. In a normal build it is nothing. */
#ifndef FL_RT_ATOMIC_H
#define FL_RT_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

#ifdef FL_RT_DELAY
void fl_rt_delay_(void);
#define FL_RT_STEP_() fl_rt_delay_()
#else
#define FL_RT_STEP_() ((void)0)
#endif

#define FL_ATOMIC(T) struct { __typeof__(T) fl_word; }
#define FL_ATOMIC_INIT(v) { v }

/* For a word that only its creator can see yet (or its destroyer can still see): no order, no step. */
#define fl_atomic_init(a, v) ((void)((a)->fl_word = (v)))
#define fl_atomic_own(a) ((a)->fl_word)

#define fl_load_relaxed(a) (FL_RT_STEP_(), __atomic_load_n(&(a)->fl_word, __ATOMIC_RELAXED))
#define fl_load_acquire(a) (FL_RT_STEP_(), __atomic_load_n(&(a)->fl_word, __ATOMIC_ACQUIRE))
#define fl_load_seq_cst(a) (FL_RT_STEP_(), __atomic_load_n(&(a)->fl_word, __ATOMIC_SEQ_CST))

/* Of a word that is known by its address alone. */
static inline uint32_t fl_word_load_relaxed_(const uint32_t *word)
{
    FL_RT_STEP_();
    return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static inline bool fl_word_cas_relaxed_(uint32_t *word, uint32_t *expected, uint32_t v)
{
    FL_RT_STEP_();
    return __atomic_compare_exchange_n(word, expected, v, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

static inline uint32_t fl_word_load_seq_cst_(const uint32_t *word)
{
    FL_RT_STEP_();
    return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

static inline bool fl_word_cas_acquire_(uint32_t *word, uint32_t *expected, uint32_t v)
{
    FL_RT_STEP_();
    return __atomic_compare_exchange_n(word, expected, v, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

#define fl_store_relaxed(a, v) (FL_RT_STEP_(), __atomic_store_n(&(a)->fl_word, (v), __ATOMIC_RELAXED))
#define fl_store_release(a, v) (FL_RT_STEP_(), __atomic_store_n(&(a)->fl_word, (v), __ATOMIC_RELEASE))
#define fl_store_seq_cst(a, v) (FL_RT_STEP_(), __atomic_store_n(&(a)->fl_word, (v), __ATOMIC_SEQ_CST))

/* swap, add, sub, or: give the value from before. */
#define fl_swap_relaxed(a, v) (FL_RT_STEP_(), __atomic_exchange_n(&(a)->fl_word, (v), __ATOMIC_RELAXED))
#define fl_swap_acquire(a, v) (FL_RT_STEP_(), __atomic_exchange_n(&(a)->fl_word, (v), __ATOMIC_ACQUIRE))
#define fl_swap_release(a, v) (FL_RT_STEP_(), __atomic_exchange_n(&(a)->fl_word, (v), __ATOMIC_RELEASE))
#define fl_swap_acq_rel(a, v) (FL_RT_STEP_(), __atomic_exchange_n(&(a)->fl_word, (v), __ATOMIC_ACQ_REL))
#define fl_swap_seq_cst(a, v) (FL_RT_STEP_(), __atomic_exchange_n(&(a)->fl_word, (v), __ATOMIC_SEQ_CST))

#define fl_add_relaxed(a, n) (FL_RT_STEP_(), __atomic_fetch_add(&(a)->fl_word, (n), __ATOMIC_RELAXED))
#define fl_add_acquire(a, n) (FL_RT_STEP_(), __atomic_fetch_add(&(a)->fl_word, (n), __ATOMIC_ACQUIRE))
#define fl_add_release(a, n) (FL_RT_STEP_(), __atomic_fetch_add(&(a)->fl_word, (n), __ATOMIC_RELEASE))
#define fl_add_acq_rel(a, n) (FL_RT_STEP_(), __atomic_fetch_add(&(a)->fl_word, (n), __ATOMIC_ACQ_REL))
#define fl_add_seq_cst(a, n) (FL_RT_STEP_(), __atomic_fetch_add(&(a)->fl_word, (n), __ATOMIC_SEQ_CST))

#define fl_sub_relaxed(a, n) (FL_RT_STEP_(), __atomic_fetch_sub(&(a)->fl_word, (n), __ATOMIC_RELAXED))
#define fl_sub_release(a, n) (FL_RT_STEP_(), __atomic_fetch_sub(&(a)->fl_word, (n), __ATOMIC_RELEASE))
#define fl_sub_acq_rel(a, n) (FL_RT_STEP_(), __atomic_fetch_sub(&(a)->fl_word, (n), __ATOMIC_ACQ_REL))

#define fl_or_acq_rel(a, bits) (FL_RT_STEP_(), __atomic_fetch_or(&(a)->fl_word, (bits), __ATOMIC_ACQ_REL))
#define fl_or_seq_cst(a, bits) (FL_RT_STEP_(), __atomic_fetch_or(&(a)->fl_word, (bits), __ATOMIC_SEQ_CST))

/* Compare and set: true if *a was *expected and is v now; otherwise *expected is what was found. A failure orders
 * like a relaxed load, unless the name says more. The _weak ones may fail for no reason: use them in a loop. */
#define FL_CAS_(a, expected, v, weak, order, failed)                                                                  \
    (FL_RT_STEP_(), __atomic_compare_exchange_n(&(a)->fl_word, (expected), (v), (weak), (order), (failed)))
#define fl_cas_relaxed(a, expected, v) FL_CAS_(a, expected, v, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)
#define fl_cas_acquire(a, expected, v) FL_CAS_(a, expected, v, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)
#define fl_cas_release(a, expected, v) FL_CAS_(a, expected, v, 0, __ATOMIC_RELEASE, __ATOMIC_RELAXED)
#define fl_cas_acq_rel(a, expected, v) FL_CAS_(a, expected, v, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)
#define fl_cas_acq_rel_acquire(a, expected, v) FL_CAS_(a, expected, v, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)
#define fl_cas_seq_cst(a, expected, v) FL_CAS_(a, expected, v, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
#define fl_cas_weak_relaxed(a, expected, v) FL_CAS_(a, expected, v, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED)
#define fl_cas_weak_acquire(a, expected, v) FL_CAS_(a, expected, v, 1, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)
#define fl_cas_weak_release(a, expected, v) FL_CAS_(a, expected, v, 1, __ATOMIC_RELEASE, __ATOMIC_RELAXED)
#define fl_cas_weak_acq_rel(a, expected, v) FL_CAS_(a, expected, v, 1, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)
#define fl_cas_weak_seq_cst(a, expected, v) FL_CAS_(a, expected, v, 1, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)

/* No order for the CPU: keeps the compiler from moving memory accesses across. See asymmetric.h. */
static inline void fl_compiler_barrier_(void)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/* Tells the CPU that this is a waiting loop (and gives its sibling hyper-thread the core's units). */
static inline void fl_cpu_relax_(void)
{
#if defined __x86_64__ || defined __i386__
    __builtin_ia32_pause();
#elif defined __aarch64__ || defined __arm__
    __asm__ volatile("yield" ::: "memory");
#else
    __asm__ volatile("" ::: "memory");
#endif
    FL_RT_STEP_();
}

#endif
