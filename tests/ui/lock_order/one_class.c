/* F0106: two locks of one struct, in an order that nothing fixes; and what fixes one. */
#include <fearless.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

struct account {
    struct fl_lock lock;
    long id;
    long balance FL_GUARDED_BY(lock);
};
void transfer(struct account *from, struct account *to, long sum)
{
    fl_lock_guard(one, &from->lock);
    fl_lock_guard(two, &to->lock); //~ ERROR F0106 `from->lock` and `to->lock` are locked in no fixed order
    from->balance -= sum;
    to->balance += sum;
}

/* ---- by address, by a field, by what a function says, by choosing ---- */
struct purse {
    struct fl_lock lock;
    long id;
    const char *name;
};
void by_address(struct purse *from, struct purse *to)
{
    if (from < to) {
        fl_lock_guard(one, &from->lock);
        fl_lock_guard(two, &to->lock);
    } else {
        fl_lock_guard(two, &to->lock);
        fl_lock_guard(one, &from->lock);
    }
}
void by_number(struct purse *from, struct purse *to)
{
    struct purse *first = from, *second = to;
    if ((uintptr_t)to < (uintptr_t)from) {
        first = to;
        second = from;
    }
    fl_lock_guard(one, &first->lock);
    fl_lock_guard(two, &second->lock);
}
void by_choice(struct purse *from, struct purse *to)
{
    struct purse *first = from->id < to->id ? from : to;
    struct purse *second = from->id < to->id ? to : from;
    fl_lock_guard(one, &first->lock);
    fl_lock_guard(two, &second->lock);
}
void by_name(struct purse *from, struct purse *to)
{
    if (strcmp(from->name, to->name) < 0) {
        fl_lock_acquire(&from->lock);
        fl_lock_acquire(&to->lock);
    } else {
        fl_lock_acquire(&to->lock);
        fl_lock_acquire(&from->lock);
    }
    fl_lock_release(&to->lock);
    fl_lock_release(&from->lock);
}
void same_side(struct purse *from, struct purse *to)
{
    if (from > to) {
        struct purse *t = from;
        from = to;
        to = t;
    }
    fl_lock_guard(one, &from->lock);
    fl_lock_guard(two, &to->lock);
}

/* ---- compared, and locked in the wrong order on one side ---- */
struct wallet {
    struct fl_lock lock;
    long id;
};
void wrong_side(struct wallet *from, struct wallet *to)
{
    if (from->id < to->id) {
        fl_lock_guard(one, &from->lock);
        fl_lock_guard(two, &to->lock);
    } else {
        fl_lock_guard(one, &from->lock);
        fl_lock_guard(two, &to->lock); //~ ERROR F0106
    }
}

/* ---- elements of an array ---- */
static pthread_mutex_t forks[5];
static pthread_mutex_t shards[8];

static void eat(size_t i)
{
    pthread_mutex_lock(&forks[i]);
    pthread_mutex_lock(&forks[(i + 1) % 5]); //~ ERROR F0106 `forks[i]` and
    pthread_mutex_unlock(&forks[(i + 1) % 5]);
    pthread_mutex_unlock(&forks[i]);
}
static void all_in_order(void)
{
    for (int i = 0; i < 8; i++)
        pthread_mutex_lock(&shards[i]);
    for (int i = 8; i > 0; i--)
        pthread_mutex_unlock(&shards[i - 1]);
}
static void low_then_high(void)
{
    pthread_mutex_lock(&shards[2]);
    pthread_mutex_lock(&shards[5]);
    pthread_mutex_unlock(&shards[5]);
    pthread_mutex_unlock(&shards[2]);
}
static void by_index(size_t i, size_t k)
{
    if (i > k) {
        pthread_mutex_lock(&shards[k]);
        pthread_mutex_lock(&shards[i]);
    } else {
        pthread_mutex_lock(&shards[i]);
        pthread_mutex_lock(&shards[k]);
    }
    pthread_mutex_unlock(&shards[k]);
    pthread_mutex_unlock(&shards[i]);
}
static pthread_mutex_t spoons[5];
static void odd_and_even(size_t i)
{
    if (i % 2 == 0) {
        pthread_mutex_lock(&spoons[i]);
        pthread_mutex_lock(&spoons[(i + 1) % 5]);
    } else {
        pthread_mutex_lock(&spoons[(i + 1) % 5]);
        pthread_mutex_lock(&spoons[i]);
    }
    pthread_mutex_unlock(&spoons[i]);
    pthread_mutex_unlock(&spoons[(i + 1) % 5]);
}
static pthread_mutex_t knives[5];
static void last_one_differs(size_t i)
{
    size_t first = i, second = i + 1;
    if (i == 4) {
        first = 0;
        second = 4;
    }
    pthread_mutex_lock(&knives[first]);
    pthread_mutex_lock(&knives[second]);
    pthread_mutex_unlock(&knives[second]);
    pthread_mutex_unlock(&knives[first]);
}
void *diner(void *number)
{
    odd_and_even((size_t)number);
    last_one_differs((size_t)number);
    eat((size_t)number);
    all_in_order();
    low_then_high();
    by_index((size_t)number, 3);
    return NULL;
}

/* ---- along a link ---- */
struct node {
    pthread_mutex_t lock;
    struct node *next;
    int value;
};
int sum(struct node *n)
{
    int total = 0;
    pthread_mutex_lock(&n->lock);
    while (n->next) {
        struct node *next = n->next;
        pthread_mutex_lock(&next->lock);
        total += next->value;
        pthread_mutex_unlock(&n->lock);
        n = next;
    }
    pthread_mutex_unlock(&n->lock);
    return total;
}
void swap_with_next(struct node *n)
{
    pthread_mutex_lock(&n->lock);
    pthread_mutex_lock(&n->next->lock);
    int v = n->value;
    n->value = n->next->value;
    n->next->value = v;
    pthread_mutex_unlock(&n->next->lock);
    pthread_mutex_unlock(&n->lock);
}

/* ---- a number of locks ---- */
void all_accounts(struct purse **all, size_t n)
{
    fl_guard_set(held, 16);
    for (size_t i = 0; i < n; i++)
        fl_guard_add(held, &all[i]->lock);
}

/* ---- one at a time, by a lock around it all ---- */
static struct fl_lock bank = FL_LOCK;
struct safe {
    struct fl_lock lock;
};
void under_one_roof(struct safe *from, struct safe *to)
{
    fl_lock_guard(all, &bank);
    fl_lock_guard(one, &from->lock);
    fl_lock_guard(two, &to->lock);
}
