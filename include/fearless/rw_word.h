/* struct fl_rw_lock and its uncontended paths: what <fearless/rwlock.h> and the guards stand on. Private.
 *
 * The state word, the transitions and the orders are explained in src/rt/rwlock.c. */
#ifndef FEARLESS_RW_WORD_H
#define FEARLESS_RW_WORD_H

#include <fearless/base.h>
#include <fearless/lot_word.h>
#include <fearless/poison.h>
#include <fearless/time.h>

FL_BEGIN_C_

struct FL_NOTE_("lock") fl_rw_lock {
    struct {
        uint32_t fl_word;
    } fl_state;
    struct fl_poison_ fl_poison;
};

#define FL_RW_WRITER_ ((uint32_t)1 << 31)       /* a writer holds it; the low bits are its thread's number */
#define FL_RW_WRITER_WAITS_ ((uint32_t)1 << 30) /* readers stay out; never beside WRITER */
#define FL_RW_LOW_ (FL_RW_WRITER_WAITS_ - 1)    /* the low bits: without WRITER, how many read */
#define FL_RW_TOO_MANY_ ((uint32_t)1 << 29)     /* of the readers' count: more are refused */
#define FL_RW_STOPS_READERS_ (FL_RW_WRITER_ | FL_RW_WRITER_WAITS_ | FL_RW_TOO_MANY_)

extern __attribute__((tls_model("initial-exec"))) FL_THREAD_VAR_ uint32_t fl_thread_number_;

/* True if it was taken before the deadline (INT64_MIN: do not wait; INT64_MAX: for ever). */
bool fl_rw_read_slow_(struct fl_rw_lock *lock, struct fl_instant deadline, const char *file, int line);
bool fl_rw_write_slow_(struct fl_rw_lock *lock, struct fl_instant deadline, const char *file, int line);
void fl_rw_end_read_slow_(struct fl_rw_lock *lock, const char *file, int line);
void fl_rw_wake_(uint32_t *address);
FL_NORETURN_ void fl_rw_end_write_wrong_(struct fl_rw_lock *lock, const char *file, int line);

#ifndef __FEARLESS_CHECK__

FL_INLINE_ struct fl_rw_lock *fl_rw_plain_(volatile struct fl_rw_lock *lock)
{
    return (struct fl_rw_lock *)(uintptr_t)lock;
}

/* The first guess is that nobody else is here, in place of a look: a look would have to wait until the locked instruction
 * before it is done, and a guess that is wrong is a look. */
FL_INLINE_ bool fl_rw_take_read_(struct fl_rw_lock *lock)
{
    uint32_t seen = 0;

    return __builtin_expect(__atomic_compare_exchange_n(&lock->fl_state.fl_word, &seen, 1, false, __ATOMIC_ACQUIRE,
                                                        __ATOMIC_RELAXED), 1) ||
           (!(seen & FL_RW_STOPS_READERS_) &&
            __atomic_compare_exchange_n(&lock->fl_state.fl_word, &seen, seen + 1, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED));
}
FL_INLINE_ bool fl_rw_take_write_(struct fl_rw_lock *lock)
{
    uint32_t nobody = 0, me = fl_thread_number_;

    return __builtin_expect(me != 0, 1) &&
           __builtin_expect(__atomic_compare_exchange_n(&lock->fl_state.fl_word, &nobody, FL_RW_WRITER_ | me, false,
                                                        __ATOMIC_ACQUIRE, __ATOMIC_RELAXED), 1);
}
FL_INLINE_ void fl_rw_end_read_(struct fl_rw_lock *lock, const char *file, int line)
{
    uint32_t alone = 1;

    if (__builtin_expect(!__atomic_compare_exchange_n(&lock->fl_state.fl_word, &alone, 0, false, __ATOMIC_RELEASE,
                                                      __ATOMIC_RELAXED), 0))
        fl_rw_end_read_slow_(lock, file, line);
}
FL_INLINE_ void fl_rw_end_write_(struct fl_rw_lock *lock, const char *file, int line)
{
    uint32_t state = __atomic_load_n(&lock->fl_state.fl_word, __ATOMIC_RELAXED);

    if (__builtin_expect(state != (FL_RW_WRITER_ | fl_thread_number_), 0))
        fl_rw_end_write_wrong_(lock, file, line);
    if (__builtin_expect(fl_lot_let_in_(&lock->fl_state.fl_word, 0), 0))
        fl_rw_wake_(&lock->fl_state.fl_word);
}

#endif /* !__FEARLESS_CHECK__ */

FL_END_C_

#endif
