/* FL_REQUIRES: the callers hold it, and the body relies on that. */
#include <fearless.h>

struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
};

static void settle(struct account *a) FL_REQUIRES(a->lock);
static void settle(struct account *a)
{
    a->balance = 0;
}
static void good(struct account *a)
{
    fl_lock_guard(held, &a->lock);
    settle(a);
}
static void bad(struct account *a)
{
    settle(a); //~ ERROR F0101 `settle` is called without the lock `a->lock`, which it needs
}
static void bad_other(struct account *a, struct account *b)
{
    fl_lock_guard(held, &a->lock);
    settle(b); //~ ERROR F0102 `settle` is called, but the lock held is another instance's
}

int main(void)
{
    static struct account a, b;
    good(&a);
    bad(&a);
    bad_other(&a, &b);
    return 0;
}
