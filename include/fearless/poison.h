/* Poison: the word of a lock that says that a thread panicked while it held the lock. Private.
 *
 * It is written and read by who holds the lock, which orders it, or as a hint by others: no order of its own. */
#ifndef FEARLESS_POISON_H
#define FEARLESS_POISON_H

#include <fearless/base.h>

FL_BEGIN_C_

struct fl_poison_ {
    uint32_t fl_word; /* 1: poisoned */
};

FL_INLINE_ bool fl_poison_is_set_(const volatile struct fl_poison_ *poison)
{
    return __atomic_load_n(&poison->fl_word, __ATOMIC_RELAXED) != 0; /* relaxed: see above */
}
FL_INLINE_ void fl_poison_set_(volatile struct fl_poison_ *poison, bool poisoned)
{
    __atomic_store_n(&poison->fl_word, poisoned, __ATOMIC_RELAXED); /* relaxed: see above */
}

FL_END_C_

#endif
