#include "small_lock.h"

void fl_small_lock_wait_(struct fl_small_lock *lock)
{
    enum { SPINS = 64 };

    for (int i = 0; i < SPINS && fl_spin_may_help_(); i++) {
        uint32_t seen = FL_SMALL_FREE_;

        fl_cpu_relax_();
        /* relaxed: a hint, the compare-and-set decides */
        if (fl_load_relaxed(&lock->word) == FL_SMALL_FREE_ &&
            fl_cas_acquire(&lock->word, &seen, FL_SMALL_HELD_)) /* [K] */
            return;
    }
    while (fl_swap_acquire(&lock->word, FL_SMALL_CROWDED_) != FL_SMALL_FREE_) /* [K] */
        (void)fl_word_wait_(&lock->word.fl_word, FL_SMALL_CROWDED_, FL_NEVER_NS_);
}
