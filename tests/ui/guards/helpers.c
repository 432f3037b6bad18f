/* Helpers without annotations: one that relies on its callers, one that locks, one that unlocks. */
#include <fearless.h>

struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
};

static void add(struct account *a, long n)
{
    a->balance += n;
}
static void enter(struct account *a)
{
    fl_lock_acquire(&a->lock);
}
static void leave(struct account *a)
{
    fl_lock_release(&a->lock);
}
static void good(struct account *a)
{
    fl_lock_guard(held, &a->lock);
    add(a, 1);
}
static void good_entered(struct account *a)
{
    enter(a);
    a->balance = 0;
    add(a, 1);
    leave(a);
}
static void bad(struct account *a)
{
    add(a, 1); //~ ERROR F0101 `add` is called without the lock `a->lock`, which it needs
}
static void bad_left(struct account *a)
{
    enter(a);
    leave(a);
    a->balance = 0; //~ ERROR F0101 is written without its lock
}

int main(void)
{
    static struct account a;
    good(&a);
    good_entered(&a);
    bad(&a);
    bad_left(&a);
    return 0;
}
