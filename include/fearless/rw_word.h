/* struct fl_rw_lock and its uncontended paths: what <fearless/rwlock.h> and the guards stand on. Private.
 *
 * The state word, the transitions and the orders are explained in src/rt/rwlock.c. */
#ifndef FEARLESS_RW_WORD_H
#define FEARLESS_RW_WORD_H

#include <fearless/base.h>
#include <fearless/poison.h>
#include <fearless/time.h>

FL_BEGIN_C_

struct fl_rw_lock {
    struct {
        uint64_t fl_word __attribute__((aligned(8)));
    } fl_state;
    struct fl_poison_ fl_poison;
};

#define FL_RW_WRITER_ ((uint64_t)1 << 63)          /* a writer holds it; the low bits are its thread's number */
#define FL_RW_READERS_ ((uint64_t)1 << 62)         /* readers hold it; the low bits are how many */
#define FL_RW_WRITER_WAITS_ ((uint64_t)1 << 32)    /* one of the writers that wait: bits 32 to 61 count them */
#define FL_RW_WRITERS_WAITING_ (FL_RW_READERS_ - FL_RW_WRITER_WAITS_)
#define FL_RW_READERS_WAIT_ ((uint64_t)1 << 31)    /* readers sleep, or may */
#define FL_RW_LOW_ (FL_RW_READERS_WAIT_ - 1)       /* the low bits */
#define FL_RW_TOO_MANY_ ((uint64_t)1 << 30)        /* of the readers' count: more are refused */
#define FL_RW_STOPS_READERS_ (FL_RW_WRITER_ | FL_RW_WRITERS_WAITING_ | FL_RW_TOO_MANY_)

extern __attribute__((tls_model("initial-exec"))) FL_THREAD_VAR_ uint32_t fl_thread_number_;

/* True if it was taken before the deadline (INT64_MIN: do not wait; INT64_MAX: for ever). */
bool fl_rw_read_slow_(struct fl_rw_lock *lock, struct fl_instant deadline, const char *file, int line);
bool fl_rw_write_slow_(struct fl_rw_lock *lock, struct fl_instant deadline, const char *file, int line);
void fl_rw_end_read_slow_(struct fl_rw_lock *lock, const char *file, int line);
void fl_rw_end_write_slow_(struct fl_rw_lock *lock, const char *file, int line);

#ifndef __FEARLESS_CHECK__

static inline struct fl_rw_lock *fl_rw_plain_(volatile struct fl_rw_lock *lock)
{
    return (struct fl_rw_lock *)(uintptr_t)lock;
}

static inline bool fl_rw_take_read_(struct fl_rw_lock *lock)
{
    uint64_t seen = __atomic_load_n(&lock->fl_state.fl_word, __ATOMIC_RELAXED);

    return __builtin_expect(!(seen & FL_RW_STOPS_READERS_), 1) &&
           __builtin_expect(__atomic_compare_exchange_n(&lock->fl_state.fl_word, &seen, (seen | FL_RW_READERS_) + 1,
                                                        false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED), 1);
}
static inline bool fl_rw_take_write_(struct fl_rw_lock *lock)
{
    uint64_t nobody = 0;
    uint32_t me = fl_thread_number_;

    return __builtin_expect(me != 0, 1) &&
           __builtin_expect(__atomic_compare_exchange_n(&lock->fl_state.fl_word, &nobody, FL_RW_WRITER_ | me, false,
                                                        __ATOMIC_ACQUIRE, __ATOMIC_RELAXED), 1);
}
static inline void fl_rw_end_read_(struct fl_rw_lock *lock, const char *file, int line)
{
    uint64_t seen = __atomic_load_n(&lock->fl_state.fl_word, __ATOMIC_RELAXED);
    uint64_t after = seen == (FL_RW_READERS_ | 1) ? 0 : seen - 1;

    /* Not the last reader, or nobody waits; both only while readers hold it. */
    if (__builtin_expect(!(seen & FL_RW_READERS_) || (after & (FL_RW_READERS_ | FL_RW_LOW_)) == FL_RW_READERS_, 0) ||
        __builtin_expect(!__atomic_compare_exchange_n(&lock->fl_state.fl_word, &seen, after, false, __ATOMIC_RELEASE,
                                                      __ATOMIC_RELAXED), 0))
        fl_rw_end_read_slow_(lock, file, line);
}
static inline void fl_rw_end_write_(struct fl_rw_lock *lock, const char *file, int line)
{
    uint64_t mine = FL_RW_WRITER_ | fl_thread_number_;

    if (__builtin_expect(!__atomic_compare_exchange_n(&lock->fl_state.fl_word, &mine, 0, false, __ATOMIC_RELEASE,
                                                      __ATOMIC_RELAXED), 0))
        fl_rw_end_write_slow_(lock, file, line);
}

#endif /* !__FEARLESS_CHECK__ */

FL_END_C_

#endif
