/* Several fields under one lock. The lock of another object does not help. */
#include <fearless.h>

struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
    int id;
};

static void good(struct account *a, long n)
{
    fl_lock_guard(held, &a->lock);
    a->balance += n;
}
static long bad(struct account *a)
{
    return a->balance; //~ ERROR F0101 `a->balance` is read without its lock `a->lock`
}
static int unguarded_field(const struct account *a)
{
    return a->id;
}
static void bad_other(struct account *a, struct account *b)
{
    fl_lock_guard(held, &a->lock);
    a->balance -= 1;
    b->balance = 1; //~ ERROR F0102 needs `b->lock`, but `a->lock` is held
}
static void good_both(struct account *a, struct account *b)
{
    fl_lock_guard(first, &a->lock);
    fl_lock_guard(second, &b->lock);
    a->balance -= 1;
    b->balance += 1;
}
static void good_by_hand(struct account *a)
{
    fl_lock_acquire(&a->lock);
    a->balance = 0;
    fl_lock_release(&a->lock);
}
static void bad_after_release(struct account *a)
{
    fl_lock_acquire(&a->lock);
    a->balance = 0;
    fl_lock_release(&a->lock);
    a->balance = 1; //~ ERROR F0101 `a->lock` is unlocked here
}
static void good_try(struct account *a)
{
    if (fl_lock_try(&a->lock)) {
        a->balance = 0;
        fl_lock_release(&a->lock);
    }
}
static void bad_try(struct account *a)
{
    if (!fl_lock_try(&a->lock)) {
        a->balance = 0; //~ ERROR F0101 is written without its lock
        return;
    }
    fl_lock_release(&a->lock);
}

int main(void)
{
    static struct account a = { .lock = FL_LOCK, .balance = 1, .id = 1 }, b;
    good(&a, 1);
    bad_other(&a, &b);
    good_both(&a, &b);
    good_by_hand(&a);
    bad_after_release(&a);
    good_try(&a);
    bad_try(&a);
    return (int)bad(&a) + unguarded_field(&a);
}
