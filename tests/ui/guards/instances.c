/* The same lock whatever way it is written; another one is another one. */
#include <fearless.h>

struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
};
struct bank {
    struct account main_account;
    struct account *other;
};

static void alias(struct account *a)
{
    struct account *same = a;
    struct fl_lock *l = &same->lock;
    fl_lock_acquire(l);
    a->balance = 1;
    fl_lock_release(&a->lock);
}
static void member(struct bank *b)
{
    fl_lock_guard(held, &b->main_account.lock);
    struct account *a = &b->main_account;
    a->balance = 1;
    b->other->balance = 1; //~ ERROR F0102 needs `b->other->lock`, but `b->main_account.lock` is held
}
static void list(struct account **all, int n)
{
    for (int i = 0; i < n; i++) {
        struct account *a = all[i];
        fl_lock_guard(held, &a->lock);
        a->balance = 0;
    }
}
static void choose(struct account *a, struct account *b, int c)
{
    struct account *chosen = c ? a : b;
    fl_lock_guard(held, &chosen->lock);
    chosen->balance = 0;
}
static void cells(void)
{
    typedef fl_mutex(int) counter;
    static counter x, y;
    fl_guard(n, &x);
    *n = 1;
    y.fl_data = 1; //~ ERROR F0102 needs `y`, but `x` is held
}

int main(void)
{
    static struct account a, b;
    static struct bank bank = { .other = &b };
    alias(&a);
    member(&bank);
    struct account *all[] = { &a, &b };
    list(all, 2);
    choose(&a, &b, 1);
    cells();
    return 0;
}
