/* An object that nobody else can see yet needs no lock. */
#include <fearless.h>

#include <stdlib.h>

struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
};

static struct account *account_new(long balance)
{
    struct account *a = malloc(sizeof *a);
    if (!a)
        return NULL;
    a->lock = (struct fl_lock)FL_LOCK;
    a->balance = balance;
    return a;
}
static void account_init(struct account *a, long balance)
{
    *a = (struct account){ .lock = FL_LOCK };
    a->balance = balance;
}
static long local_only(void)
{
    struct account a = { .lock = FL_LOCK, .balance = 3 };
    a.balance++;
    return a.balance;
}
static void bad(struct account *a)
{
    a->balance = 0; //~ ERROR F0101 `a->balance` is written without its lock
}

int main(void)
{
    static struct account a;
    account_init(&a, 1);
    bad(&a);
    struct account *b = account_new(1);
    free(b);
    return (int)local_only();
}
