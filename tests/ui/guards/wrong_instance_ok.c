/* Two objects, each under its own lock: the twins of wrong_instance.c. */
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
    fl_lock_guard(held, &a->next->lock);
    a->next->balance = 0;
}
static void transfer(struct account *from, struct account *to, long n)
{
    fl_lock_guard(first, &from->lock);
    fl_lock_guard(second, &to->lock);
    from->balance -= n;
    to->balance += n;
}
static void called(struct account *a, struct account *b)
{
    fl_lock_acquire(&a->lock);
    fl_lock_acquire(&b->lock);
    settle(b);
    fl_lock_release(&b->lock);
    settle(a);
    fl_lock_release(&a->lock);
}
static long worth(const struct account *a)
{
    return a->balance;
}
static long compare(struct account *a, struct account *b)
{
    fl_lock_guard(first, &a->lock);
    fl_lock_guard(second, &b->lock);
    return worth(a) - worth(b);
}
/* Its caller holds the one lock, it takes the other. */
static void add_both(struct account *a, struct account *b)
{
    fl_lock_guard(held, &b->lock);
    a->balance += b->balance;
}
static void outer(struct account *a, struct account *b)
{
    fl_lock_guard(held, &a->lock);
    add_both(a, b);
}
static void in_branch(struct account *a, struct account *b, int which)
{
    if (which)
        fl_lock_acquire(&a->lock);
    else
        fl_lock_acquire(&b->lock);
    if (which)
        a->balance = 1;
    else
        b->balance = 1;
    if (which)
        fl_lock_release(&a->lock);
    else
        fl_lock_release(&b->lock);
}
static void every_one(struct account *list)
{
    for (struct account *a = list; a; a = a->next) {
        fl_lock_acquire(&a->lock);
        a->balance = 0;
        fl_lock_release(&a->lock);
    }
}
/* The next one is locked before this one is let go. */
static void hand_over_hand(struct account *list)
{
    struct account *a = list;
    fl_lock_acquire(&a->lock);
    while (a->next) {
        struct account *next = a->next;
        fl_lock_acquire(&next->lock);
        next->balance += a->balance;
        fl_lock_release(&a->lock);
        a = next;
    }
    a->balance++;
    fl_lock_release(&a->lock);
}
static void elements(struct account *all, int n)
{
    for (int i = 0; i + 1 < n; i++) {
        fl_lock_guard(held, &all[i].lock);
        all[i].balance = i;
    }
}
static void members(struct shop *s)
{
    fl_guard(n, &s->sales);
    fl_guard(m, &s->returns);
    *n += *m;
}
static void shared(fl_arc(total) one, fl_arc(total) two)
{
    fl_guard(n, fl_get(one));
    fl_guard(m, fl_get(two));
    *n = *m;
}
static void swapped(struct account *a, struct account *b)
{
    struct account *first = a < b ? a : b, *second = a < b ? b : a;
    fl_lock_guard(one, &first->lock);
    fl_lock_guard(two, &second->lock);
    first->balance = second->balance;
}

int main(void)
{
    static struct account last, a = { .next = &last }, b = { .next = &last };
    static struct account all[3];
    static struct shop shop = { .till = &b };
    transfer(&a, &b, 1);
    called(&a, &b);
    in_branch(&a, &b, 1);
    every_one(&b);
    hand_over_hand(&b);
    elements(all, 3);
    members(&shop);
    outer(&a, &b);
    swapped(&a, &b);
    fl_arc(total) one = fl_arc_new(total, FL_MUTEX(0)), two = fl_arc_new(total, FL_MUTEX(0));
    shared(one, two);
    fl_drop(one);
    fl_drop(two);
    return (int)compare(&a, &b);
}
