#include <fearless.h>

#include <stdio.h>

struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
};

static void add(struct account *a, long n) FL_REQUIRES(a->lock)
{
    a->balance += n;
}

struct FL_SEND reply {
    void *where;                    /* nobody else has this pointer */
};

FL_THREAD_FN(void, earn, struct account *, a, long, n)
{
    fl_lock_guard(held, &a->lock);
    add(a, n);
}
FL_THREAD_FN(void, answer, struct reply, r)
{
    *(_Atomic int *)r.where = 42;
}

int main(void)
{
    static struct account savings = { .lock = FL_LOCK };
    static _Atomic int place;

    fl_scope (s) {
        fl_spawn_in(s, earn, &savings, 30);
        fl_spawn_in(s, earn, &savings, 12);
        fl_spawn_in(s, answer, (struct reply){ &place });
    }
    fl_lock_guard(held, &savings.lock);
    printf("%ld %d\n", savings.balance, place);
    return 0;
}
