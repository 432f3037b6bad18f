/* fl_thread and its token with 2 to 64 threads: no token is lost, none is made of nothing, none is taken by a channel or a
 * lock; handles are cloned, used and dropped while their threads end, are joined and detached. */
#include <fearless.h>

#include "stress.h"

/* ---- a ring: one token goes round, and plain data with it ---- */

enum { MOST = 64 };
static struct {
    fl_thread threads[MOST];
    int n, rounds;
    long laps; /* plain: the token orders it */
} ring;

FL_THREAD_FN(void, in_ring, int, me, uint64_t, random)
{
    for (int i = 0; i < ring.rounds; i++) {
        /* a deadline that passes at the worst time must not cost the token */
        while (fl_park_timeout(fl_nanos((int64_t)(stress_next(&random) % 20000))) == FL_TIMEOUT)
            ;
        ring.laps++;
        fl_unpark(ring.threads[(me + 1) % ring.n]);
    }
}

static void go_round(int n)
{
    fl_join_handle(void) handles[MOST];
    ring.n = n;
    ring.rounds = (int)(2000 * stress_size()) / n + 1;
    ring.laps = 0;
    /* each waits for its first token before it looks at the table, and the table is complete before the first token */
    for (int i = 0; i < n; i++) {
        handles[i] = fl_spawn(in_ring, i, stress_random_for((uint64_t)(n * 1000 + i)));
        ring.threads[i] = fl_thread_of(handles[i]);
    }
    fl_unpark(ring.threads[0]);
    for (int i = 0; i < n; i++)
        fl_joined(handles[i]);
    stress_check(ring.laps == (long)ring.n * ring.rounds);
    for (int i = 0; i < n; i++)
        fl_drop(ring.threads[i]);
}

/* ---- many wake one: what is counted before an unpark is seen after the park ---- */

static struct {
    FL_ATOMIC(long) done;
    fl_thread sleeper;
    int each;
} crowd;

FL_THREAD_FN(void, wakes_often)
{
    fl_thread t = fl_clone(crowd.sleeper);
    fl_auto(t);
    for (int i = 0; i < crowd.each; i++) {
        fl_add_relaxed(&crowd.done, 1); /* relaxed: the token orders it */
        fl_unpark(t);
    }
}

static void many_wake_one(int n)
{
    fl_join_handle(void) handles[MOST];
    crowd.each = (int)(20000 * stress_size()) / n;
    fl_atomic_init(&crowd.done, 0);
    crowd.sleeper = fl_current();
    (void)fl_park_timeout(fl_nanos(0)); /* of an earlier test */
    for (int i = 0; i < n; i++)
        handles[i] = fl_spawn(wakes_often);
    long seen = 0;
    while (seen < (long)crowd.each * n) {
        fl_park(); /* the last one leaves a token after its count: this ends */
        seen = fl_load_relaxed(&crowd.done); /* relaxed: the token orders it */
    }
    for (int i = 0; i < n; i++)
        fl_joined(handles[i]);
    fl_drop(crowd.sleeper);
}

/* ---- handles outlive threads, and the other way round ---- */

typedef fl_mutex(fl_thread) slot;
static slot slots[MOST]; /* all zero: an empty handle each */
static FL_ATOMIC(int) over;

FL_THREAD_FN(void, wakes_whoever, uint64_t, random)
{
    while (!fl_load_acquire(&over)) {
        fl_thread t = NULL;
        fl_with (held, &slots[stress_next(&random) % MOST]) {
            if (stress_next(&random) % 2)
                t = fl_clone(*held);
            else
                t = fl_move(*held);
        }
        if (t) {
            stress_check(fl_thread_id(t) > 0);
            stress_check(!fl_thread_name(t) || fl_thread_name(t)[0] == 'n');
            fl_unpark(t);
            fl_drop(t);
        } else {
            fl_yield();
        }
    }
}

FL_THREAD_FN(void, comes_and_goes, uint64_t, random)
{
    fl_thread me = fl_current();
    fl_auto(me);
    const uint64_t id = fl_thread_id(me);
    fl_with (held, &slots[stress_next(&random) % MOST]) {
        fl_drop(*held);
        *held = fl_clone(me);
    }
    if (stress_next(&random) % 4 == 0)
        (void)fl_park_timeout(fl_micros((int64_t)(stress_next(&random) % 50)));
    fl_thread again = fl_current();
    stress_check(fl_thread_id(again) == id);
    fl_drop(again);
}

FL_THREAD_FN(void, spawns, uint64_t, random, int, rounds)
{
    uint64_t last = 0;
    for (int i = 0; i < rounds; i++) {
        const struct fl_thread_options options = {.name = "n"};
        fl_join_handle(void) h = fl_spawn_with(&options, comes_and_goes, stress_next(&random) | 1);
        fl_thread t = fl_thread_of(h);
        fl_auto(t);
        stress_check(fl_thread_id(t) > last); /* spawned later */
        last = fl_thread_id(t);
        if (stress_next(&random) % 2)
            fl_unpark(t);
        if (stress_next(&random) % 3)
            fl_joined(h);
        else
            fl_detach(fl_move(h));
        fl_unpark(t); /* maybe of one that has ended */
    }
}

static void handles_and_ends(int n)
{
    fl_join_handle(void) wakers[2], spawners[MOST];
    fl_store_release(&over, 0);
    for (int i = 0; i < 2; i++)
        wakers[i] = fl_spawn(wakes_whoever, stress_random_for((uint64_t)(n * 10 + i)));
    for (int i = 0; i < n; i++)
        spawners[i] = fl_spawn(spawns, stress_random_for((uint64_t)(n * 100 + i)), (int)(200 * stress_size()) / n + 1);
    for (int i = 0; i < n; i++)
        fl_joined(spawners[i]);
    fl_store_release(&over, 1);
    for (int i = 0; i < 2; i++)
        fl_joined(wakers[i]);
}

/* ---- a token among channels and locks: exactly one for each message, before or after it ---- */

typedef fl_mutex(long) counter;
static counter locked = FL_MUTEX(0);
static long tokens[MOST]; /* how many were given: plain, each token orders its own */

FL_THREAD_FN(void, mixes, int, me, fl_receiver(int), rx, fl_sender(int), back, int, rounds)
{
    fl_auto(rx);
    fl_auto(back);
    for (int i = 0; i < rounds; i++) {
        int n = -1;
        fl_unwrap(fl_recv(rx, &n));
        stress_check(n == i);
        fl_with (l, &locked) *l += 1;
        fl_park();
        stress_check(tokens[me] == i + 1); /* none was there that nobody gave */
        fl_unwrap(fl_send(back, me));
    }
    stress_check(fl_park_timeout(fl_nanos(0)) == FL_TIMEOUT);
}

static void among_others(int n)
{
    fl_join_handle(void) handles[MOST];
    fl_sender(int) tx[MOST], back;
    fl_receiver(int) acks;
    fl_thread threads[MOST];
    const int rounds = (int)(1000 * stress_size()) / n + 1;
    uint64_t random = stress_random_for((uint64_t)n);
    fl_channel(&back, &acks);
    for (int i = 0; i < n; i++) {
        fl_receiver(int) rx;
        fl_channel(&tx[i], &rx);
        tokens[i] = 0;
        handles[i] = fl_spawn(mixes, i, fl_move(rx), fl_clone(back), rounds);
        threads[i] = fl_thread_of(handles[i]);
    }
    fl_drop(back);
    for (int r = 0; r < rounds; r++) {
        for (int i = 0; i < n; i++) {
            const bool token_first = stress_next(&random) % 2;
            for (int step = 0; step < 2; step++) {
                if (token_first == (step == 0)) {
                    tokens[i]++;
                    fl_unpark(threads[i]);
                } else {
                    fl_unwrap(fl_send(tx[i], r));
                }
            }
        }
        for (int i = 0; i < n; i++) {
            int who;
            fl_unwrap(fl_recv(acks, &who));
        }
    }
    for (int i = 0; i < n; i++) {
        fl_joined(handles[i]);
        fl_drop(tx[i]);
        fl_drop(threads[i]);
    }
    fl_drop(acks);
}

int main(void)
{
    stress_begin("stress_thread_handle");
    for (int n = 2; n <= MOST; n *= 2) {
        go_round(n);
        many_wake_one(n);
        handles_and_ends(n);
        among_others(n);
    }
    for (int i = 0; i < MOST; i++)
        fl_with (held, &slots[i]) fl_drop(*held);
    return 0;
}
