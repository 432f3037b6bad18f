/* Accounts with a lock each, moved between under both locks; helpers rely on their callers. */
#include <fearless.h>

#include <stdbool.h>
#include <stdio.h>

struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
    int moves FL_GUARDED_BY(lock);
    const char *owner;
};

static void add(struct account *a, long amount)
{
    a->balance += amount;
    a->moves++;
}

static bool can_pay(const struct account *a, long amount) FL_REQUIRES(a->lock);
static bool can_pay(const struct account *a, long amount)
{
    return a->balance >= amount;
}

static bool transfer(struct account *from, struct account *to, long amount)
{
    struct account *first = from < to ? from : to, *second = from < to ? to : from;
    fl_lock_guard(one, &first->lock);
    fl_lock_guard(two, &second->lock);
    if (from == first) {
        if (!can_pay(first, amount))
            return false;
        add(first, -amount);
        add(second, amount);
        return true;
    }
    if (!can_pay(second, amount))
        return false;
    add(second, -amount);
    add(first, amount);
    return true;
}

static long balance_of(struct account *a)
{
    fl_lock_guard(held, &a->lock);
    return a->balance;
}

static struct account accounts[2] = {
    { .lock = FL_LOCK, .balance = 100, .owner = "alice" },
    { .lock = FL_LOCK, .balance = 50, .owner = "bob" },
};

FL_THREAD_FN(void, shuffle, int, rounds, int, direction)
{
    for (int i = 0; i < rounds; i++)
        transfer(&accounts[direction], &accounts[!direction], 1);
}

int main(void)
{
    fl_join_handle(void) there = fl_spawn(shuffle, 40, 0);
    fl_join_handle(void) back = fl_spawn(shuffle, 40, 1);
    fl_unwrap(fl_join(there));
    fl_unwrap(fl_join(back));
    printf("%s and %s: %ld\n", accounts[0].owner, accounts[1].owner,
           balance_of(&accounts[0]) + balance_of(&accounts[1]));
    return 0;
}
