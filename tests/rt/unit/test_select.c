/* fl_select: what is chosen, what becomes of the variables, who is woken. */
#include "behaviour.h"
#include "tracked.h"

#include <sys/resource.h>

DEFINE_ANY(ints, int)

static struct ints ring_of(size_t capacity)
{
    return ints_make((struct kind){ capacity, false });
}

/* ---- what is chosen ---- */

static void the_one_that_is_ready(void **state)
{
    struct ints a = ring_of(UNBOUNDED), b = ring_of(2);
    int got = -1, out = 7;

    (void)state;
    assert_int_equal(fl_select(fl_on_recv(a.rx, &got), fl_on_recv(b.rx, &got), fl_on_none()), 2);
    assert_int_equal(fl_selected(), FL_WOULD_BLOCK);
    assert_int_equal(got, -1);

    assert_int_equal(fl_send(a.tx, 1), FL_OK);
    assert_int_equal(fl_select(fl_on_recv(b.rx, NULL), fl_on_recv(a.rx, &got), fl_on_none()), 1);
    assert_int_equal(fl_selected(), FL_OK);
    assert_int_equal(got, 1);

    assert_int_equal(fl_select(fl_on_none(), fl_on_send(b.tx, &out), fl_on_recv(a.rx, &got)), 1);
    assert_int_equal(fl_selected(), FL_OK);
    assert_int_equal(out, 0); /* it is gone */
    assert_int_equal(fl_recv(b.rx, &out), FL_OK);
    assert_int_equal(out, 7);

    /* one case that is ready, no way out: it need not wait */
    assert_int_equal(fl_select(fl_on_send(b.tx, &out)), 0);
    assert_int_equal(fl_select(fl_on_recv(b.rx, &got)), 0);
    assert_int_equal(got, 7);
    ints_drop(&a);
    ints_drop(&b);
}

static void a_full_one_is_not_ready(void **state)
{
    struct ints a = ring_of(1), zero = ring_of(RENDEZVOUS);
    int out = 5;

    (void)state;
    assert_int_equal(fl_send(a.tx, 1), FL_OK);
    assert_int_equal(fl_select(fl_on_send(a.tx, &out), fl_on_send(zero.tx, &out), fl_on_none()), 2);
    assert_int_equal(fl_select(fl_on_send(a.tx, &out), fl_on_send(zero.tx, &out), fl_on_timeout(fl_millis(2))), 2);
    assert_int_equal(fl_selected(), FL_TIMEOUT);
    assert_int_equal(out, 5);
    assert_int_equal(fl_select(fl_on_recv(zero.rx, &out), fl_on_recv(a.rx, &out)), 1);
    assert_int_equal(out, 1);
    ints_drop(&a);
    ints_drop(&zero);
}

static void closed_is_ready(void **state)
{
    (void)state;
    for_each_kind (k) {
        struct ints a = ints_make(k), b = ring_of(UNBOUNDED);
        int got = -1, out = 3, rest = k.capacity == UNBOUNDED ? 5 : (int)k.capacity;

        for (int i = 0; i < rest; i++)
            assert_int_equal(fl_send(a.tx, i), FL_OK);
        fl_drop(a.tx);
        for (int i = 0; i <= rest + 1; i++) { /* what is left first; then closed, again and again */
            if (a.rx)
                assert_int_equal(fl_select(fl_on_recv(b.rx, &got), fl_on_recv(a.rx, &got)), 1);
            else
                assert_int_equal(fl_select(fl_on_recv(b.rx, &got), fl_on_recv(a.shared, &got)), 1);
            assert_int_equal(fl_selected(), i < rest ? FL_OK : FL_CLOSED);
            assert_int_equal(got, i < rest ? i : rest - 1);
        }
        ints_drop(&a);

        a = ints_make(k);
        ints_drop_rx(&a);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(fl_select(fl_on_recv(b.rx, &got), fl_on_send(a.tx, &out)), 1);
            assert_int_equal(fl_selected(), FL_CLOSED);
            assert_int_equal(out, 3); /* it is still here */
        }
        ints_drop(&a);
        ints_drop(&b);
    }
}

static void empty_handles_are_never_ready(void **state)
{
    fl_sender(int) no_tx = NULL;
    fl_receiver(int) no_rx = NULL;
    fl_shared_receiver(int) no_shared = NULL;
    struct ints a = ring_of(1);
    int v = 4;

    (void)state;
    assert_int_equal(fl_select(fl_on_recv(no_rx, &v), fl_on_send(no_tx, &v), fl_on_recv(no_shared, &v), fl_on_none()), 3);
    assert_int_equal(fl_select(fl_on_recv(no_rx, &v), fl_on_send(no_tx, &v), fl_on_timeout(fl_millis(1))), 2);
    assert_int_equal(fl_selected(), FL_TIMEOUT);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(fl_select(fl_on_recv(no_rx, &v), fl_on_send(a.tx, &v), fl_on_send(no_tx, &v)), 1);
        assert_int_equal(fl_recv(a.rx, &v), FL_OK);
    }
    assert_int_equal(v, 4);
    ints_drop(&a);
}

static void waits_for_ever(void *env)
{
    fl_sender(int) no_tx = NULL;
    fl_receiver(int) no_rx = NULL;
    int v = 4;

    (void)env;
    (void)fl_select(fl_on_recv(no_rx, &v), fl_on_send(no_tx, &v));
}
static void has_no_case(void *env)
{
    (void)env;
    (void)fl_select_list(NULL, 0);
}
static void has_a_case_of_zeros(void *env)
{
    struct fl_case cases[2] = { fl_on_none() };

    (void)env;
    (void)fl_select_list(cases, 2);
}
static void has_too_many(void *env)
{
    struct fl_case cases[1] = { fl_on_none() };

    (void)env;
    (void)fl_select_list(cases, (size_t)-1);
}

static void misuse_panics(void **state)
{
    (void)state;
    assert_int_equal(fl_catch(waits_for_ever, NULL), FL_PANICKED);
    assert_non_null(strstr(fl_panic_message(), "would wait for ever"));
    assert_int_equal(fl_catch(has_no_case, NULL), FL_PANICKED);
    assert_int_equal(fl_catch(has_a_case_of_zeros, NULL), FL_PANICKED);
    assert_non_null(strstr(fl_panic_message(), "case 1"));
    assert_int_equal(fl_catch(has_too_many, NULL), FL_PANICKED);
}

/* Of those that are ready, each as often as any other, wherever the others stand. */
static void the_choice_is_fair(void **state)
{
    struct ints a = ring_of(UNBOUNDED), b = ring_of(2), c = ring_of(7), never = ring_of(1);
    struct ints shared = ints_make((struct kind){ UNBOUNDED, true });
    int hits[8] = { 0 }, v;

    (void)state;
    for (int i = 0; i < 4000; i++) {
        int out = 1, which;

        for (; fl_len(a.tx) < 1;)
            assert_int_equal(fl_send(a.tx, 1), FL_OK);
        for (; fl_len(shared.tx) < 1;)
            assert_int_equal(fl_send(shared.tx, 1), FL_OK);
        while (fl_len(b.tx) > 0)
            assert_int_equal(fl_recv(b.rx, &v), FL_OK);
        for (; fl_len(c.tx) < 1;)
            assert_int_equal(fl_send(c.tx, 1), FL_OK);
        which = fl_select(fl_on_recv(never.rx, &v), fl_on_recv(a.rx, &v), fl_on_send(b.tx, &out), fl_on_recv(c.rx, &v),
                          fl_on_recv(never.rx, &v), fl_on_recv(never.rx, &v), fl_on_recv(shared.shared, &v),
                          fl_on_none());
        hits[which]++;
    }
    for (int i = 0; i < 8; i++) {
        bool ready = i == 1 || i == 2 || i == 3 || i == 6;

        /* 1000 each; the standard deviation is 27 */
        assert_in_range(hits[i], ready ? 780 : 0, ready ? 1220 : 0);
    }
    ints_drop(&a);
    ints_drop(&b);
    ints_drop(&c);
    ints_drop(&never);
    ints_drop(&shared);
}

static void closed_ones_do_not_starve_the_others(void **state)
{
    struct ints closed = ring_of(1), open = ring_of(UNBOUNDED);
    int hits[2] = { 0 }, v;

    (void)state;
    fl_drop(closed.tx);
    for (int i = 0; i < 2000; i++) {
        if (fl_is_empty(open.rx))
            assert_int_equal(fl_send(open.tx, i), FL_OK);
        hits[fl_select(fl_on_recv(closed.rx, &v), fl_on_recv(open.rx, &v))]++;
    }
    assert_in_range(hits[0], 800, 1200);
    ints_drop(&closed);
    ints_drop(&open);
}

static void the_same_channel_in_several_cases(void **state)
{
    struct ints a = ring_of(1);
    int hits[3] = { 0 }, v = 0, out;

    (void)state;
    for (int i = 0; i < 300; i++) {
        out = 9;
        assert_int_equal(fl_send(a.tx, 1), FL_OK);
        hits[fl_select(fl_on_recv(a.rx, &v), fl_on_recv(a.rx, &v), fl_on_recv(a.rx, NULL))]++;
        assert_int_equal(fl_select(fl_on_send(a.tx, &out), fl_on_recv(a.rx, &v)), 0); /* it is empty */
        assert_int_equal(out, 0);
        assert_int_equal(fl_select(fl_on_send(a.tx, &out), fl_on_recv(a.rx, &v)), 1); /* it is full */
        assert_int_equal(v, 9);
    }
    assert_true(hits[0] > 30 && hits[1] > 30 && hits[2] > 30);
    ints_drop(&a);
}

static void a_select_does_not_pair_with_itself(void **state)
{
    struct ints a = ring_of(RENDEZVOUS), shared = ints_make((struct kind){ RENDEZVOUS, true });
    int out = 8, in = -1;

    (void)state;
    assert_int_equal(fl_select(fl_on_send(a.tx, &out), fl_on_recv(a.rx, &in), fl_on_none()), 2);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(fl_select(fl_on_send(a.tx, &out), fl_on_recv(a.rx, &in), fl_on_send(a.tx, &out),
                                   fl_on_recv(a.rx, &in), fl_on_recv(shared.shared, &in), fl_on_send(shared.tx, &out),
                                   fl_on_timeout(fl_millis(1))), 6);
        assert_int_equal(out, 8);
        assert_int_equal(in, -1);
    }
    ints_drop(&a);
    ints_drop(&shared);
}

/* ---- owned values ---- */

static void variables_are_moved_only_if_chosen(void **state)
{
    fl_sender(tracked) tx, full;
    fl_receiver(tracked) rx, full_rx;
    tracked out = tracked_of("out"), other = tracked_of("other"), in = { 0 };

    (void)state;
    fl_sync_channel(&tx, &rx, 1);
    fl_sync_channel(&full, &full_rx, 0);
    assert_int_equal(fl_select(fl_on_send(full, &other), fl_on_send(tx, &out), fl_on_recv(full_rx, &in)), 1);
    assert_null(out.name);
    assert_string_equal(other.name, "other");
    assert_null(in.name);
    assert_int_equal(fl_select(fl_on_send(tx, &other), fl_on_recv(rx, &in)), 1);
    assert_string_equal(in.name, "out");
    assert_string_equal(other.name, "other");
    fl_drop(in);
    assert_int_equal(tracked_drops, 1);
    fl_drop(rx);
    assert_int_equal(fl_select(fl_on_send(tx, &other)), 0);
    assert_int_equal(fl_selected(), FL_CLOSED);
    assert_string_equal(other.name, "other");
    fl_drop(other);
    fl_drop(tx);
    fl_drop(full);
    fl_drop(full_rx);
    assert_int_equal(tracked_drops, 2);
}

static void into_nothing_drops(void **state)
{
    (void)state;
    for (size_t capacity = 0; capacity < 3; capacity++) {
        fl_sender(tracked) tx;
        fl_receiver(tracked) rx;

        tracked_drops = 0;
        if (capacity == 0)
            fl_channel(&tx, &rx);
        else
            fl_sync_channel(&tx, &rx, capacity);
        assert_int_equal(fl_send(tx, tracked_of("a")), FL_OK);
        assert_int_equal(fl_select(fl_on_recv(rx, NULL), fl_on_none()), 0);
        assert_int_equal(fl_selected(), FL_OK);
        assert_int_equal(tracked_drops, 1);
        assert_int_equal(tracked_alive, 0);
        fl_drop(tx);
        fl_drop(rx);
    }
}

typedef struct {
    int number;
} bomb;
static void bomb_drop(bomb *b)
{
    if (b->number == 1)
        fl_panic("the bomb");
}
#define FL_OWNED bomb, bomb_drop
#include <fearless/owned.h>

struct bombs {
    fl_sender(bomb) tx;
    fl_receiver(bomb) rx;
    fl_sender(bomb) full;
};
static void receive_the_bomb(void *env)
{
    struct bombs *b = env;
    bomb out = { 0 };
    struct fl_case cases[40];

    for (int i = 0; i < 40; i++) /* so many that the select is on the heap */
        cases[i] = i % 2 ? fl_on_recv(b->rx, NULL) : fl_on_send(b->full, &out);
    (void)fl_select_list(cases, 40);
}

static void a_drop_that_panics_leaves_all_usable(void **state)
{
    struct bombs b;
    fl_receiver(bomb) full_rx;
    bomb got = { 0 };

    (void)state;
    fl_sync_channel(&b.tx, &b.rx, 2);
    fl_sync_channel(&b.full, &full_rx, 0);
    assert_int_equal(fl_send(b.tx, { 1 }), FL_OK);
    assert_int_equal(fl_send(b.tx, { 2 }), FL_OK);
    assert_int_equal(fl_catch(receive_the_bomb, &b), FL_PANICKED);
    assert_int_equal(fl_select(fl_on_recv(b.rx, &got), fl_on_recv(full_rx, NULL)), 0);
    assert_int_equal(got.number, 2);
    assert_int_equal(fl_select(fl_on_send(b.full, &got), fl_on_recv(full_rx, NULL), fl_on_none()), 2);
    fl_forget(got);
    fl_drop(b.tx);
    fl_drop(b.rx);
    fl_drop(b.full);
    fl_drop(full_rx);
}

struct megabyte {
    char bytes[1024 * 1024];
};
struct wide {
    _Alignas(256) char c[256];
};

static void values_of_all_sizes(void **state)
{
    fl_sender(void) signal;
    fl_receiver(void) signal_rx;
    fl_sender(struct megabyte) big;
    fl_receiver(struct megabyte) big_rx;
    fl_sender(struct wide) aligned;
    fl_receiver(struct wide) aligned_rx;
    struct megabyte *m = calloc(1, sizeof *m);
    struct wide w = { { 0 } };

    (void)state;
    fl_sync_channel(&signal, &signal_rx, 1);
    fl_sync_channel(&big, &big_rx, 1);
    fl_channel(&aligned, &aligned_rx);
    assert_int_equal(fl_select(fl_on_send(signal, NULL), fl_on_recv(big_rx, m)), 0);
    assert_int_equal(fl_select(fl_on_recv(signal_rx, NULL), fl_on_recv(big_rx, m)), 0);
    memset(m, 7, sizeof *m);
    assert_int_equal(fl_select(fl_on_recv(signal_rx, NULL), fl_on_send(big, m)), 1);
    assert_int_equal(m->bytes[1000], 0);
    assert_int_equal(fl_select(fl_on_recv(signal_rx, NULL), fl_on_recv(big_rx, m)), 1);
    assert_int_equal(m->bytes[0] + m->bytes[1024 * 1024 - 1], 14);
    w.c[255] = 3;
    assert_int_equal(fl_select(fl_on_send(aligned, &w)), 0);
    assert_int_equal(w.c[255], 0);
    assert_int_equal(fl_select(fl_on_recv(aligned_rx, &w)), 0);
    assert_int_equal(w.c[255], 3);
    free(m);
    fl_drop(signal);
    fl_drop(signal_rx);
    fl_drop(big);
    fl_drop(big_rx);
    fl_drop(aligned);
    fl_drop(aligned_rx);
}

/* ---- lists ---- */

static void lists_of_any_length(void **state)
{
    enum { MOST = 100 };
    fl_sender(int) tx[MOST];
    fl_receiver(int) rx[MOST];
    struct fl_case cases[MOST + 1];
    int got = -1, seen[MOST] = { 0 };

    (void)state;
    for (int i = 0; i < MOST; i++) {
        fl_channel(&tx[i], &rx[i]);
        cases[i] = fl_on_recv(rx[i], &got);
    }
    cases[MOST] = fl_on_timeout(fl_millis(1));
    for (int n = 1; n <= MOST; n++) {
        assert_int_equal(fl_send(tx[n - 1], n), FL_OK);
        assert_int_equal(fl_select_list(cases, (size_t)n), n - 1);
        assert_int_equal(got, n);
    }
    assert_int_equal(fl_select_list(cases, MOST + 1), MOST); /* and again: its time begins when the select does */
    for (int i = 0; i < MOST; i++)
        assert_int_equal(fl_send(tx[i], i), FL_OK);
    for (int i = 0; i < MOST; i++) {
        int which = fl_select_list(cases, MOST + 1);

        assert_int_equal(which, got);
        seen[which]++;
    }
    for (int i = 0; i < MOST; i++)
        assert_int_equal(seen[i], 1);
    assert_int_equal(fl_select_list(cases, MOST + 1), MOST);
    fl_drop(tx);
    fl_drop(rx);
}

static int count_of_evaluations;
static fl_receiver(int) counted(fl_receiver(int) rx)
{
    count_of_evaluations++;
    return rx;
}

static void arguments_are_evaluated_once(void **state)
{
    struct ints a = ring_of(3);
    int v[2], at = 0, out[2] = { 5, 6 }, from = 0;
    fl_sender(int) senders[2] = { a.tx, NULL };
    int next = 0;

    (void)state;
    assert_int_equal(fl_select(fl_on_send(senders[next++], &out[from++]), fl_on_timeout((next++, fl_secs(9)))), 0);
    assert_int_equal(next, 2);
    assert_int_equal(from, 1);
    assert_int_equal(fl_select(fl_on_recv(counted(a.rx), &v[at++]), fl_on_none()), 0);
    assert_int_equal(at, 1);
    assert_int_equal(v[0], 5);
    assert_int_equal(count_of_evaluations, 1);
    ints_drop(&a);
}

/* ---- time ---- */

static void timeouts(void **state)
{
    struct ints a = ring_of(1);
    struct fl_instant start = fl_now(), past = { 0 };
    int v = 0;

    (void)state;
    assert_int_equal(fl_select(fl_on_timeout(fl_millis(20))), 0);
    assert_true(fl_as_millis(fl_elapsed(start)) >= 20);
    assert_int_equal(fl_selected(), FL_TIMEOUT);
    start = fl_now();
    assert_int_equal(fl_select(fl_on_timeout(fl_secs(1000)), fl_on_recv(a.rx, &v), fl_on_deadline(fl_deadline_in(fl_millis(5))),
                               fl_on_timeout(fl_secs(500))), 2); /* the earliest */
    assert_true(fl_as_millis(fl_elapsed(start)) >= 5);
    assert_int_equal(fl_select(fl_on_recv(a.rx, &v), fl_on_timeout(fl_secs(100)), fl_on_deadline(past)), 2);
    assert_int_equal(fl_select(fl_on_recv(a.rx, &v), fl_on_timeout(fl_secs(-5))), 1);
    assert_int_equal(fl_select(fl_on_recv(a.rx, &v), fl_on_timeout(fl_nanos(INT64_MIN))), 1);
    assert_int_equal(fl_select(fl_on_recv(a.rx, &v), fl_on_timeout(fl_secs(1000)), fl_on_none()), 2);

    /* what is ready goes before what is late */
    assert_int_equal(fl_send(a.tx, 3), FL_OK);
    assert_int_equal(fl_select(fl_on_deadline(past), fl_on_recv(a.rx, &v)), 1);
    assert_int_equal(v, 3);
    ints_drop(&a);
}

/* A thread that waits does not compute. (Its own clock stands still while it sleeps, whatever else the machine does.) */
static void waiting_costs_no_time(void **state)
{
    struct ints a = ring_of(UNBOUNDED), b = ring_of(1), zero = ring_of(RENDEZVOUS);
    fl_receiver(struct fl_instant) tick = fl_tick(fl_millis(20)), late = fl_after(fl_secs(1000));
    struct timespec before, after;
    struct rusage used_before, used;
    int v = 1;

    (void)state;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    getrusage(RUSAGE_THREAD, &used_before);
    for (int ticks = 0; ticks < 5; ticks++)
        assert_int_equal(fl_select(fl_on_recv(a.rx, &v), fl_on_recv(b.rx, &v), fl_on_recv(zero.rx, &v),
                                   fl_on_send(zero.tx, &v), fl_on_recv(late, NULL), fl_on_recv(tick, NULL)), 5);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    getrusage(RUSAGE_THREAD, &used);
    assert_true(used.ru_nvcsw - used_before.ru_nvcsw < 50); /* it slept five times, and did not wake up to look */
    assert_true((after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec < 30 * 1000000);
    fl_drop(tick);
    fl_drop(late);
    ints_drop(&a);
    ints_drop(&b);
    ints_drop(&zero);
}

/* ---- with other threads ---- */

/* A select in another thread. */
struct other {
    sleeper_id id;
    fl_receiver(int) a, b;
    fl_shared_receiver(int) shared;
    fl_sender(int) out;
    int in, from, which;
    fl_status status;
};

static void *select_in_thread(void *arg)
{
    struct other *o = arg;

    sleeper_is_me(&o->id);
    o->which = fl_select(fl_on_recv(o->a, &o->in), fl_on_recv(o->b, &o->in), fl_on_recv(o->shared, &o->in),
                         fl_on_send(o->out, &o->from));
    o->status = fl_selected();
    return NULL;
}

static void woken_by_what_happens(void **state)
{
    (void)state;
    for_each_kind (k)
        for (int how = 0; how < 4; how++) {
            struct ints c = ints_make(k), d = ring_of(UNBOUNDED), full = ints_make(k);
            struct other o = { .in = -1, .from = 99 };
            pthread_t t;
            int v = -1;

            if ((how == 1 || how == 3) && k.capacity == UNBOUNDED) { /* never full */
                ints_drop(&c);
                ints_drop(&d);
                ints_drop(&full);
                continue;
            }
            for (size_t i = 0; k.capacity != UNBOUNDED && i < k.capacity; i++)
                assert_int_equal(fl_send(full.tx, (int)i), FL_OK);
            if (k.shared)
                o.shared = c.shared;
            else
                o.a = c.rx;
            o.b = d.rx;
            o.out = k.capacity == UNBOUNDED ? NULL : full.tx;
            t = start(select_in_thread, &o);
            wait_until_asleep(&o.id);
            switch (how) {
            case 0: /* a value */
                assert_int_equal(fl_send(c.tx, 5), FL_OK);
                pthread_join(t, NULL);
                assert_int_equal(o.which, k.shared ? 2 : 0);
                assert_int_equal(o.status, FL_OK);
                assert_int_equal(o.in, 5);
                break;
            case 1: /* room */
                assert_int_equal(ints_recv(&full, &v), FL_OK);
                pthread_join(t, NULL);
                assert_int_equal(o.which, 3);
                assert_int_equal(o.status, FL_OK);
                assert_int_equal(o.from, 0);
                for (size_t i = 0; i < k.capacity; i++)
                    assert_int_equal(ints_recv(&full, &v), FL_OK);
                assert_int_equal(v, 99);
                break;
            case 2: /* no sender any more */
                fl_drop(c.tx);
                pthread_join(t, NULL);
                assert_int_equal(o.which, k.shared ? 2 : 0);
                assert_int_equal(o.status, FL_CLOSED);
                assert_int_equal(o.in, -1);
                break;
            case 3: /* no receiver any more */
                ints_drop_rx(&full);
                pthread_join(t, NULL);
                assert_int_equal(o.which, 3);
                assert_int_equal(o.status, FL_CLOSED);
                assert_int_equal(o.from, 99);
                break;
            }
            if (how != 1)
                assert_int_equal(o.from, 99);
            ints_drop(&c);
            ints_drop(&d);
            ints_drop(&full);
        }
}

/* Both sides of a rendezvous in selects: the one who comes later finds the one who sleeps, and exactly one pair is made. */
static void selects_meet(void **state)
{
    (void)state;
    for (int shared = 0; shared < 2; shared++)
        for (int sends = 0; sends < 2; sends++) {
            struct ints one = ints_make((struct kind){ RENDEZVOUS, shared }), two = ring_of(RENDEZVOUS);
            struct other o = { .in = -1, .from = 99 };
            int v = -1, out = 7;
            pthread_t t;

            if (sends)
                o.out = one.tx;
            else if (shared)
                o.shared = one.shared;
            else
                o.a = one.rx;
            o.b = two.rx;
            t = start(select_in_thread, &o);
            wait_until_asleep(&o.id);
            if (sends) {
                if (shared)
                    assert_int_equal(fl_select(fl_on_recv(one.shared, &v), fl_on_none()), 0);
                else
                    assert_int_equal(fl_select(fl_on_recv(one.rx, &v), fl_on_timeout(fl_secs(100))), 0);
                pthread_join(t, NULL);
                assert_int_equal(v, 99);
                assert_int_equal(o.which, 3);
                assert_int_equal(o.from, 0);
            } else {
                assert_int_equal(fl_select(fl_on_timeout(fl_secs(100)), fl_on_send(one.tx, &out)), 1);
                pthread_join(t, NULL);
                assert_int_equal(out, 0);
                assert_int_equal(o.in, 7);
                assert_int_equal(o.which, shared ? 2 : 0);
            }
            assert_int_equal(o.status, FL_OK);
            ints_drop(&one);
            ints_drop(&two);
        }
}

/* ---- the wake-up that its taker did not need ---- */

struct waiter {
    sleeper_id id;
    fl_shared_receiver(int) c;
    fl_receiver(int) d;
    fl_sender(int) out;
    int which, got;
};

/* Both the value and the signal are there when this one runs; it takes one of them. */
static void *take_one_of_two(void *arg)
{
    struct waiter *w = arg;

    sleeper_is_me(&w->id);
    w->which = w->out ? fl_select(fl_on_send(w->out, &w->got), fl_on_recv(w->d, NULL))
                      : fl_select(fl_on_recv(w->c, &w->got), fl_on_recv(w->d, NULL));
    must(fl_selected() == FL_OK);
    return NULL;
}

static void *take_from_c(void *arg)
{
    struct waiter *w = arg;

    sleeper_is_me(&w->id);
    if (w->out)
        must(fl_send_timeout(w->out, fl_secs(60), w->got) == FL_OK);
    else
        must(fl_recv_timeout(w->c, &w->got, fl_secs(60)) == FL_OK);
    return NULL;
}

static void wake_ups_are_passed_on(void **state)
{
    int passed_on = 0;

    (void)state;
    for (int round = 0; round < 100; round++) {
        bool sending = round % 2;
        struct ints c = ints_make((struct kind){ sending ? 1 : round % 4 ? UNBOUNDED : 7, true });
        struct ints d = ring_of(UNBOUNDED);
        struct waiter first = { .d = d.rx, .got = 1 }, second = { .got = 2 };
        pthread_t one, two;
        int v;

        if (sending) {
            assert_int_equal(fl_send(c.tx, 0), FL_OK);
            first.out = second.out = c.tx;
        } else {
            first.c = second.c = c.shared;
        }
        one = start(take_one_of_two, &first); /* stands first in the queue of c, */
        wait_until_asleep(&first.id);
        two = start(take_from_c, &second); /* and this one second */
        wait_until_asleep(&second.id);
        assert_int_equal(fl_send(d.tx, 1), FL_OK);
        if (sending)
            assert_int_equal(fl_recv(c.shared, &v), FL_OK); /* room for one */
        else
            assert_int_equal(fl_send(c.tx, 5), FL_OK); /* a value for one */
        pthread_join(one, NULL);
        if (first.which == 0) { /* it took what the second waits for: there is another */
            if (sending)
                assert_int_equal(fl_recv(c.shared, &v), FL_OK);
            else
                assert_int_equal(fl_send(c.tx, 5), FL_OK);
        } else {
            passed_on++;
        }
        pthread_join(two, NULL);
        ints_drop(&c);
        ints_drop(&d);
    }
    assert_true(passed_on > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_one_that_is_ready),
        cmocka_unit_test(a_full_one_is_not_ready),
        cmocka_unit_test(closed_is_ready),
        cmocka_unit_test(empty_handles_are_never_ready),
        cmocka_unit_test(misuse_panics),
        cmocka_unit_test(the_choice_is_fair),
        cmocka_unit_test(closed_ones_do_not_starve_the_others),
        cmocka_unit_test(the_same_channel_in_several_cases),
        cmocka_unit_test(a_select_does_not_pair_with_itself),
        tracked_test(variables_are_moved_only_if_chosen),
        tracked_test(into_nothing_drops),
        cmocka_unit_test(a_drop_that_panics_leaves_all_usable),
        cmocka_unit_test(values_of_all_sizes),
        cmocka_unit_test(lists_of_any_length),
        cmocka_unit_test(arguments_are_evaluated_once),
        cmocka_unit_test(timeouts),
        cmocka_unit_test(waiting_costs_no_time),
        cmocka_unit_test(woken_by_what_happens),
        cmocka_unit_test(selects_meet),
        cmocka_unit_test(wake_ups_are_passed_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
