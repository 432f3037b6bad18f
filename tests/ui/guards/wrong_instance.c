/* A lock is held, and it is that of another object. */
#include <fearless.h>

struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
    struct account *next;
};
typedef fl_mutex(long) total;
struct shop {
    total sales, returns;
    struct account *till;
};

static void settle(struct account *a) FL_REQUIRES(a->lock);
static void settle(struct account *a)
{
    a->balance = 0;
    a->next->balance = 0; //~ ERROR F0102 needs `a->next->lock`, but `a->lock` is held
}
static void transfer(struct account *from, struct account *to, long n)
{
    fl_lock_guard(held, &from->lock);
    from->balance -= n;
    to->balance += n; //~ ERROR F0102 but the lock held is another instance's
}
static void called(struct account *a, struct account *b)
{
    fl_lock_acquire(&a->lock);
    settle(b); //~ ERROR F0102 `settle` is called, but the lock held is another instance's
    fl_lock_release(&a->lock);
}
/* What no caller locks it may have left to them: one of them locks, and the wrong one. */
static long worth(const struct account *a)
{
    return a->balance;
}
static long compare(struct account *a, struct account *b)
{
    fl_lock_guard(held, &a->lock);
    return worth(a) - worth(b); //~ ERROR F0102 `worth` is called, but the lock held is another instance's
}
static long unlocked(struct account *a)
{
    return worth(a); //~ ERROR F0101 `worth` is called without the lock `a->lock`
}
static void in_branch(struct account *a, struct account *b, int which)
{
    if (which)
        fl_lock_acquire(&a->lock);
    else
        fl_lock_acquire(&b->lock);
    if (!which)
        a->balance = 1; //~ ERROR F0102 needs `a->lock`, but `b->lock` is held
    if (which)
        fl_lock_release(&a->lock);
    else
        fl_lock_release(&b->lock);
}
static void by_goto(struct account *a, struct account *b)
{
    if (!fl_lock_try(&a->lock))
        return;
    if (a->balance > 0)
        goto pay;
    goto done;
pay:
    b->balance = 2; //~ ERROR F0102 needs `b->lock`, but `a->lock` is held
done:
    fl_lock_release(&a->lock);
}
static void next_one(struct account *a)
{
    fl_lock_guard(held, &a->lock);
    a->next->balance = 3; //~ ERROR F0102 needs `a->next->lock`, but `a->lock` is held
}
static void members(struct shop *s)
{
    fl_guard(n, &s->sales);
    *n += s->returns.fl_data; //~ ERROR F0102 needs `s->returns`, but `s->sales` is held
}
static void shared(fl_arc(total) one, fl_arc(total) two)
{
    fl_guard(n, fl_get(one));
    *n = fl_get(two)->fl_data; //~ ERROR F0102 needs `two`, but `one` is held
}
static void after_unlock(struct account *a, struct account *b)
{
    fl_lock_acquire(&a->lock);
    a->balance = 1;
    fl_lock_release(&a->lock);
    fl_lock_guard(held, &b->lock);
    a->balance = 2; //~ ERROR F0102 needs `a->lock`, but `b->lock` is held
}
struct account *find(int id);
static void looked_up(void)
{
    struct account *x = find(1), *y = find(2);
    fl_lock_guard(held, &x->lock);
    x->balance = 5;
    y->balance = 6; //~ ERROR F0102 needs `y->lock`, but that of another instance is held
}
#define PUT(account, n) ((account)->balance = (n))
static void through_macro(struct account *a, struct account *b)
{
    fl_lock_guard(held, &b->lock);
    PUT(a, 4); //~ ERROR F0102 needs `a->lock`, but `b->lock` is held
}

int main(void)
{
    static struct account a, b = { .next = &a };
    static struct shop shop = { .till = &b };
    transfer(&a, &b, 1);
    called(&a, &b);
    in_branch(&a, &b, 1);
    by_goto(&a, &b);
    next_one(&b);
    members(&shop);
    after_unlock(&a, &b);
    looked_up();
    through_macro(&a, &b);
    fl_arc(total) one = fl_arc_new(total, FL_MUTEX(0)), two = fl_arc_new(total, FL_MUTEX(0));
    shared(one, two);
    fl_drop(one);
    fl_drop(two);
    return (int)(compare(&a, &b) + unlocked(&a));
}
