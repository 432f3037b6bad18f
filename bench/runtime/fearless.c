/* The rows of README.md with libfearless. What a row needs and the headers do not have yet is left out. */
#include <fearless.h>

#include "program.h"

/* ---- threads ---- */

FL_THREAD_FN(void, nothing)
{
}

static void spawn(int64_t n, int k)
{
    (void)k;
    for (int64_t i = 0; i < n; i++) {
        fl_join_handle(void) h = fl_spawn(nothing);

        fl_unwrap(fl_join(h));
    }
}

/* ---- locks ---- */

static fl_mutex(int64_t) count = FL_MUTEX(0);

static void lock(int64_t n, int k)
{
    (void)k;
    for (int64_t i = 0; i < n; i++)
        fl_with (c, &count) *c += 1;
}

FL_THREAD_FN(void, lock_in_thread, int64_t, n)
{
    lock(n, 1);
}

static void counter(int64_t n, int k)
{
    fl_join_handle(void) h = fl_spawn(lock_in_thread, n / 2);

    (void)k;
    lock(n / 2, 1);
    fl_unwrap(fl_join(h));
}

#ifdef FL_RWLOCK
static fl_rwlock(int64_t) table = FL_RWLOCK(1);

static void read_lock(int64_t n, int k)
{
    int64_t sum = 0;

    (void)k;
    for (int64_t i = 0; i < n; i++)
        fl_with_read (v, &table) sum += *v;
    if (sum < n)
        abort();
}

static void write_lock(int64_t n, int k)
{
    (void)k;
    for (int64_t i = 0; i < n; i++)
        fl_with_write (v, &table) *v += 1;
}
#endif

/* ---- channels ---- */

FL_THREAD_FN(void, send_all, fl_sender(int64_t), tx, int64_t, n)
{
    fl_auto(tx);
    for (int64_t i = 0; i < n; i++)
        fl_ignore(fl_send(tx, i));
}

/* Receives until the senders are gone. */
static void receive_all(fl_receiver(int64_t) rx, int64_t expected)
{
    int64_t n = 0;

    fl_for_each (got, rx)
        n++;
    if (n != expected)
        abort();
}

static void unbounded(int64_t n, int k)
{
    fl_sender(int64_t) tx;
    fl_receiver(int64_t) rx;

    fl_channel(&tx, &rx);
    for (int i = 0; i < k; i++)
        fl_detach(fl_spawn(send_all, fl_clone(tx), n / k));
    fl_drop(tx);
    receive_all(rx, n / k * k);
    fl_drop(rx);
}

static void one_thread(int64_t n, int k)
{
    fl_sender(int64_t) tx;
    fl_receiver(int64_t) rx;
    int64_t got;

    (void)k;
    fl_channel(&tx, &rx);
    for (int64_t i = 0; i < n; i++) {
        fl_ignore(fl_send(tx, i));
        fl_ignore(fl_recv(rx, &got));
    }
    fl_drop(tx);
    fl_drop(rx);
}

typedef struct {
    char bytes[LARGE];
} large;

static void large_messages(int64_t n, int k)
{
    static large out, in;
    fl_sender(large) tx;
    fl_receiver(large) rx;

    (void)k;
    fl_channel(&tx, &rx);
    for (int64_t i = 0; i < n; i++) {
        out.bytes[i % LARGE] = (char)i;
        fl_ignore(fl_send_or(tx, &out));
        fl_ignore(fl_recv(rx, &in));
    }
    fl_drop(tx);
    fl_drop(rx);
}

FL_THREAD_FN(void, echo, fl_receiver(int64_t), in, fl_sender(int64_t), out)
{
    fl_auto(in);
    fl_auto(out);
    fl_for_each (v, in)
        fl_ignore(fl_send(out, v));
}

static void ping_pong(int64_t n, int k)
{
    fl_sender(int64_t) there, back;
    fl_receiver(int64_t) arrived, returned;
    int64_t got;

    (void)k;
    fl_channel(&there, &arrived);
    fl_channel(&back, &returned);
    fl_detach(fl_spawn(echo, fl_move(arrived), fl_move(back)));
    for (int64_t i = 0; i < n; i++) {
        fl_ignore(fl_send(there, i));
        fl_ignore(fl_recv(returned, &got));
    }
    fl_drop(there);
    fl_drop(returned);
}

#ifdef fl_sync_channel
static void bounded(int64_t n, int k)
{
    fl_sender(int64_t) tx;
    fl_receiver(int64_t) rx;

    fl_sync_channel(&tx, &rx, (size_t)k);
    fl_detach(fl_spawn(send_all, fl_move(tx), n));
    receive_all(rx, n);
    fl_drop(rx);
}

static void rendezvous(int64_t n, int k)
{
    (void)k;
    bounded(n, 0);
}
#endif

#ifdef fl_share
FL_THREAD_FN(int64_t, receive_shared, fl_shared_receiver(int64_t), rx)
{
    int64_t n = 0;

    fl_auto(rx);
    fl_for_each (got, rx)
        n++;
    return n;
}

static void shared(int64_t n, int k)
{
    fl_join_handle(int64_t) receivers[64];
    fl_sender(int64_t) tx;
    fl_receiver(int64_t) rx;
    fl_shared_receiver(int64_t) all;
    int64_t got = 0;

    fl_channel(&tx, &rx);
    all = fl_share(fl_move(rx));
    for (int i = 0; i < k; i++)
        receivers[i] = fl_spawn(receive_shared, fl_clone(all));
    fl_drop(all);
    for (int64_t i = 0; i < n; i++)
        fl_ignore(fl_send(tx, i));
    fl_drop(tx);
    for (int i = 0; i < k; i++)
        got += fl_joined(receivers[i]);
    if (got != n)
        abort();
}
#endif

#ifdef fl_select
FL_THREAD_FN(void, send_round, fl_sender(int64_t) *, tx, int64_t, n, int, k)
{
    for (int64_t i = 0; i < n; i++)
        fl_ignore(fl_send(tx[i % k], i));
}

static void select_of(int64_t n, int k)
{
    fl_sender(int64_t) tx[8] = { 0 };
    fl_receiver(int64_t) rx[8] = { 0 };
    fl_join_handle(void) h;
    int64_t v;

    for (int i = 0; i < k; i++)
        fl_channel(&tx[i], &rx[i]);
    h = fl_spawn(send_round, tx, n, k);
    for (int64_t i = 0; i < n; i++)
        switch (k) {
        case 2:
            (void)fl_select(fl_on_recv(rx[0], &v), fl_on_recv(rx[1], &v));
            break;
        case 4:
            (void)fl_select(fl_on_recv(rx[0], &v), fl_on_recv(rx[1], &v), fl_on_recv(rx[2], &v),
                            fl_on_recv(rx[3], &v));
            break;
        default:
            (void)fl_select(fl_on_recv(rx[0], &v), fl_on_recv(rx[1], &v), fl_on_recv(rx[2], &v),
                            fl_on_recv(rx[3], &v), fl_on_recv(rx[4], &v), fl_on_recv(rx[5], &v),
                            fl_on_recv(rx[6], &v), fl_on_recv(rx[7], &v));
        }
    fl_unwrap(fl_join(h));
    for (int i = 0; i < k; i++) {
        fl_drop(tx[i]);
        fl_drop(rx[i]);
    }
}
#endif

/* ---- shared ownership ---- */

static void arc(int64_t n, int k)
{
    fl_arc(int64_t) a = fl_arc_new(int64_t, 7);

    (void)k;
    for (int64_t i = 0; i < n; i++) {
        fl_arc(int64_t) b = fl_clone(a);

        fl_drop(b);
    }
    fl_drop(a);
}

/* ---- parking ---- */

#if HAVE_PARK
static int64_t turn;

FL_THREAD_FN(void, answer_parked, fl_thread, asker, int64_t, n)
{
    fl_auto(asker);
    for (int64_t i = 0; i < n; i++) {
        while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) != 2 * i + 1)
            fl_park();
        __atomic_store_n(&turn, 2 * i + 2, __ATOMIC_RELEASE);
        fl_unpark(asker);
    }
}

static void park(int64_t n, int k)
{
    fl_join_handle(void) h;
    fl_thread other;

    (void)k;
    turn = 0;
    h = fl_spawn(answer_parked, fl_current(), n);
    other = fl_thread_of(h);
    for (int64_t i = 0; i < n; i++) {
        __atomic_store_n(&turn, 2 * i + 1, __ATOMIC_RELEASE);
        fl_unpark(other);
        while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) != 2 * i + 2)
            fl_park();
    }
    fl_drop(other);
    fl_unwrap(fl_join(h));
}
#endif

static const struct row rows[] = {
    { "spawn", spawn },
    { "lock", lock },
    { "counter", counter },
#ifdef FL_RWLOCK
    { "read", read_lock },
    { "write", write_lock },
#endif
    { "unbounded", unbounded },
    { "one-thread", one_thread },
    { "large", large_messages },
    { "ping-pong", ping_pong },
#ifdef fl_sync_channel
    { "bounded", bounded },
    { "rendezvous", rendezvous },
#endif
#ifdef fl_share
    { "shared", shared },
#endif
#ifdef fl_select
    { "select", select_of },
#endif
    { "arc", arc },
#if HAVE_PARK
    { "park", park },
#endif
    { 0 },
};

#ifndef FEARLESS_REVISION
#define FEARLESS_REVISION "unknown"
#endif
BENCH_MAIN(FEARLESS_REVISION ", compiled by gcc " __VERSION__)
