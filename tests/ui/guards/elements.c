/* Elements of one array: the lock of a[i] is not that of a[j]. */
#include <fearless.h>

struct slot {
    struct fl_lock lock;
    long n FL_GUARDED_BY(lock);
    long parts[4] FL_GUARDED_BY(lock);
};
struct bank {
    struct slot accounts[8];
};
static struct slot a[16];
static int find(int key);

static void bump(struct slot *s)
{
    s->n++;
}
static void settle(struct slot *s) FL_REQUIRES(s->lock);
static void settle(struct slot *s)
{
    s->n = 0;
}

/* ---- wrong ---- */
void other_index(int i, int j)
{
    fl_lock_guard(g, &a[i].lock);
    a[j].n++; //~ ERROR F0102 needs `a[j].lock`, but `a[i].lock` is held
}
void other_constant(void)
{
    fl_lock_guard(g, &a[0].lock);
    a[1].n++; //~ ERROR F0102 needs `a[1].lock`, but `a[0].lock` is held
}
void neighbour(struct slot *s, int i)
{
    fl_lock_guard(g, &s[i].lock);
    s[i + 1].n = s[i].n; //~ ERROR F0102 needs `s[i + 1].lock`, but `s[i].lock` is held
}
void counted_on(int i)
{
    fl_lock_guard(g, &a[i].lock);
    i++;
    a[i].n++; //~ ERROR F0102 needs `a[i + 1].lock`, but `a[i].lock` is held
}
void pointer_counted_on(struct slot *s)
{
    fl_lock_guard(g, &s->lock);
    s++;
    s->n = 1; //~ ERROR F0102 needs `s[1].lock`, but `s->lock` is held
}
void by_pointer(struct bank *b, int i, int j)
{
    struct slot *s = &b->accounts[i];
    fl_lock_guard(g, &s->lock);
    b->accounts[j].parts[i] = 0; //~ ERROR F0102 needs `b->accounts[j].lock`, but `b->accounts[i].lock` is held
}
void always_the_first(void)
{
    for (int i = 0; i < 16; i++) {
        fl_lock_guard(g, &a[i].lock);
        a[0].n++; //~ ERROR F0102 needs `a[0].lock`, but `a[i].lock` is held
    }
}
void all_but_one(int i)
{
    fl_lock_guard(g, &a[i].lock);
    for (int j = 0; j < 16; j++) {
        if (j == i)
            continue;
        a[j].n = 0; //~ ERROR F0102 needs `a[j].lock`, but `a[i].lock` is held
    }
}
void through_helper(int i, int j)
{
    fl_lock_guard(g, &a[i].lock);
    bump(&a[i]);
    bump(&a[j]); //~ ERROR F0102 `bump` is called, but the lock held is another instance's
}
void required(int i, int j)
{
    fl_lock_acquire(&a[i].lock);
    settle(&a[i]);
    settle(&a[j]); //~ ERROR F0102 `settle` is called, but the lock held is another instance's
    fl_lock_release(&a[i].lock);
}
void released_another(int i)
{
    struct slot *p = &a[i];
    fl_lock_acquire(&p->lock);
    i++;
    fl_lock_release(&a[i].lock); //~ ERROR F0105 `a[i + 1].lock` is released while it is not held
}

/* ---- right ---- */
void same_index(int i)
{
    int k = i;
    fl_lock_guard(g, &a[i].lock);
    a[k].n++;
}
void same_expression(unsigned hash)
{
    fl_lock_guard(g, &a[hash % 16].lock);
    a[hash % 16].n++;
}
void looked_up(int key)
{
    int i = find(key);
    fl_lock_guard(g, &a[i].lock);
    a[i].n++;
    a[i].parts[key]++;
}
void looked_up_twice(int key)
{
    fl_lock_guard(g, &a[find(key)].lock);
    a[find(key)].n++;
}
void in_loop(int i)
{
    for (; i < 16; i++) {
        fl_lock_acquire(&a[i].lock);
        a[i].n++;
        bump(&a[i]);
        settle(&a[i]);
        fl_lock_release(&a[i].lock);
    }
}
void pointer_in_loop(struct slot *s, const struct slot *end)
{
    for (; s < end; s++) {
        fl_lock_guard(g, &s->lock);
        s->n = 0;
    }
}
void lower_first(int i, int j)
{
    if (i == j)
        return;
    fl_lock_guard(g, &a[i < j ? i : j].lock);
    fl_lock_guard(h, &a[i < j ? j : i].lock);
    a[i].n--;
    a[j].n++;
}
void one_or_two(int i, int j)
{
    if (i > j)
        return;
    fl_lock_acquire(&a[i].lock);
    if (i != j)
        fl_lock_acquire(&a[j].lock);
    a[i].n--;
    a[j].n++;
    if (i != j)
        fl_lock_release(&a[j].lock);
    fl_lock_release(&a[i].lock);
}
void when_equal(int i, int j)
{
    fl_lock_guard(g, &a[i].lock);
    if (j == i)
        a[j].n++;
}
void all_of_them(int k)
{
    for (int i = 0; i < 16; i++)
        fl_lock_acquire(&a[i].lock);
    a[k].n++;
    a[0].n--;
    for (int i = 0; i < 16; i++)
        fl_lock_release(&a[i].lock);
}
void kept_pointer(int i)
{
    struct slot *p = &a[i];
    fl_lock_acquire(&p->lock);
    i++;
    p->n = i;
    fl_lock_release(&p->lock);
}
static int find(int key)
{
    return key & 15;
}
