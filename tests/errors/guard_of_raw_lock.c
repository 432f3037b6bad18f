/* fl_guard of a lock that has no value. */
//~ max-lines 12
//~ first-line-has write fl_lock_guard
#include <fearless.h>

struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
};

void deposit(struct account *a)
{
    fl_guard(held, &a->lock); //~ here
    a->balance++;
}
