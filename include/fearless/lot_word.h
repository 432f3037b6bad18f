/* The inline half of the parking lot: who frees a lock looks whether somebody sleeps for it. Private.
 *
 * Who sleeps for a lock stands in a table, by the lock's address, and not in the lock: see src/rt/lot.h. */
#ifndef FEARLESS_LOT_WORD_H
#define FEARLESS_LOT_WORD_H

#include <fearless/base.h>

FL_BEGIN_C_

#define FL_LOT_BUCKETS_ 1024u
struct fl_lot_sleeper_;
struct fl_lot_bucket_ {
    struct {
        uint32_t fl_word;
    } fl_waiters, fl_lock;
    struct fl_lot_sleeper_ *fl_first, *fl_last;
    int64_t fl_fair_at;
} __attribute__((aligned(64)));
extern struct fl_lot_bucket_ fl_lot_[FL_LOT_BUCKETS_];
/* A store and a load behind it need no locked instruction between them: see src/rt/asymmetric.h. */
extern bool fl_asymmetric_;

#ifndef __FEARLESS_CHECK__

FL_INLINE_ struct fl_lot_bucket_ *fl_lot_bucket_of_(const uint32_t *address)
{
    return &fl_lot_[(uint32_t)((uintptr_t)address >> 2) * 2654435769u >> 22]; /* Knuth's multiplicative hash */
}
/* The owner's last step: stores `after`, which lets others in, and only then looks whether somebody may sleep for that. After
 * the store the lock may be freed by its next owner: of it only the address is used. */
FL_INLINE_ bool fl_lot_let_in_(uint32_t *word, uint32_t after)
{
#ifndef FL_UNDER_TSAN_
    if (__builtin_expect(fl_asymmetric_, 1)) {
        __atomic_store_n(word, after, __ATOMIC_RELEASE);
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
    } else
#endif
        (void)__atomic_exchange_n(word, after, __ATOMIC_SEQ_CST);
    return __atomic_load_n(&fl_lot_bucket_of_(word)->fl_waiters.fl_word, __ATOMIC_SEQ_CST) != 0;
}

#endif

FL_END_C_

#endif
