/* Every kind of channel between threads: who is blocked is let go when the other side goes, a deadline passes or
 * somebody comes; what many send and many receive is the same; the order of each sender is kept. */
#include "behaviour.h"

DEFINE_ANY(ints, int)
DEFINE_ANY(longs, uint64_t)

/* ---- blocked, and then ... ---- */

struct call {
    sleeper_id id;
    struct ints *c;
    fl_shared_receiver(int) shared; /* instead of c's */
    int how, got;
    fl_status status;
};

static void *receive(void *arg)
{
    struct call *me = arg;
    struct ints c = { .rx = me->c->rx, .shared = me->shared };

    sleeper_is_me(&me->id);
    me->got = -1;
    switch (me->how) {
    case 0:
        me->status = ints_recv(&c, &me->got);
        break;
    case 1:
        me->status = ints_recv_timeout(&c, &me->got, fl_secs(1000));
        break;
    case 2:
        me->status = ints_recv_deadline(&c, &me->got, fl_deadline_in(fl_secs(1000)));
        break;
    default:
        me->status = FL_CLOSED;
        if (c.rx)
            fl_for_each (v, c.rx) {
                me->got = v;
                me->status = FL_OK;
                break;
            }
        else
            fl_for_each (v, c.shared) {
                me->got = v;
                me->status = FL_OK;
                break;
            }
    }
    return NULL;
}

static void *send(void *arg)
{
    struct call *me = arg;
    int v = 50 + me->how;

    sleeper_is_me(&me->id);
    switch (me->how) {
    case 0:
        me->status = fl_send(me->c->tx, v);
        break;
    case 1:
        me->status = fl_send_timeout(me->c->tx, fl_secs(1000), v);
        break;
    case 2:
        me->status = fl_send_deadline(me->c->tx, fl_deadline_in(fl_secs(1000)), v);
        break;
    default:
        me->status = fl_send_or(me->c->tx, &v);
        must(v == (me->status == FL_OK ? 0 : 53));
    }
    return NULL;
}

static void blocked_receivers_are_let_go(void **state)
{
    (void)state;
    for_each_kind (k)
        for (int how = 0; how < 4; how++)
            for (int value = 0; value < 2; value++) {
                enum { MOST = 3 };
                struct ints c = ints_make(k);
                struct call calls[MOST] = { 0 };
                pthread_t t[MOST];
                int receivers = k.shared ? MOST : 1, ok = 0;

                for (int i = 0; i < receivers; i++) {
                    calls[i].c = &c;
                    calls[i].how = how;
                    if (k.shared)
                        calls[i].shared = fl_clone(c.shared);
                    t[i] = start(receive, &calls[i]);
                }
                for (int i = 0; i < receivers; i++)
                    wait_until_asleep(&calls[i].id);
                if (value)
                    assert_int_equal(fl_send(c.tx, 5), FL_OK); /* one gets it, the others are let go by the next */
                fl_drop(c.tx);
                for (int i = 0; i < receivers; i++) {
                    pthread_join(t[i], NULL);
                    fl_drop(calls[i].shared);
                    if (calls[i].status == FL_OK) {
                        ok++;
                        assert_int_equal(calls[i].got, 5);
                    } else {
                        assert_int_equal(calls[i].status, FL_CLOSED);
                        assert_int_equal(calls[i].got, -1);
                    }
                }
                assert_int_equal(ok, value);
                ints_drop(&c);
            }
}

static void blocked_senders_are_let_go(void **state)
{
    (void)state;
    for_each_kind (k)
        for (int how = 0; how < 4 && k.capacity != UNBOUNDED; how++)
            for (int room = 0; room < 2; room++) {
                enum { SENDERS = 3 };
                struct ints c = ints_make(k);
                struct call calls[SENDERS] = { 0 };
                pthread_t t[SENDERS];
                int ok = 0, v = -1;

                for (size_t i = 0; i < k.capacity; i++)
                    assert_int_equal(fl_send(c.tx, (int)i), FL_OK);
                for (int i = 0; i < SENDERS; i++) {
                    calls[i].c = &c;
                    calls[i].how = how;
                    t[i] = start(send, &calls[i]);
                }
                for (int i = 0; i < SENDERS; i++)
                    wait_until_asleep(&calls[i].id);
                if (room) {
                    assert_int_equal(ints_recv(&c, &v), FL_OK);
                    assert_int_equal(v, k.capacity == RENDEZVOUS ? 50 + how : 0);
                    while (!fl_is_full(c.tx)) /* one of them takes the place */
                        sched_yield();
                }
                ints_drop_rx(&c);
                for (int i = 0; i < SENDERS; i++) {
                    pthread_join(t[i], NULL);
                    ok += calls[i].status == FL_OK;
                    assert_true(calls[i].status == FL_OK || calls[i].status == FL_CLOSED);
                }
                assert_int_equal(ok, room);
                ints_drop(&c);
            }
}

/* Each value that comes, and each place that becomes free, lets one go. */
static void one_after_the_other(void **state)
{
    (void)state;
    for_each_kind (k) {
        enum { MANY = 5 };
        struct ints c = ints_make(k);
        struct call calls[MANY] = { 0 };
        pthread_t t[MANY];
        int sum = 0, v;

        if (k.shared) {
            for (int i = 0; i < MANY; i++) {
                calls[i].c = &c;
                calls[i].shared = c.shared;
                t[i] = start(receive, &calls[i]);
                wait_until_asleep(&calls[i].id);
            }
            for (int i = 0; i < MANY; i++)
                assert_int_equal(fl_send_timeout(c.tx, fl_secs(60), 1 << i), FL_OK);
            for (int i = 0; i < MANY; i++) {
                pthread_join(t[i], NULL);
                sum += calls[i].got;
            }
            assert_int_equal(sum, (1 << MANY) - 1);
        }
        if (k.capacity != UNBOUNDED) {
            for (size_t i = 0; i < k.capacity; i++)
                assert_int_equal(fl_send(c.tx, 0), FL_OK);
            for (int i = 0; i < MANY; i++) {
                calls[i] = (struct call){ .c = &c };
                t[i] = start(send, &calls[i]);
                wait_until_asleep(&calls[i].id);
            }
            sum = 0;
            for (size_t i = 0; i < k.capacity + MANY; i++) {
                assert_int_equal(ints_recv_timeout(&c, &v, fl_secs(60)), FL_OK);
                sum += v;
            }
            assert_int_equal(sum, 50 * MANY);
            for (int i = 0; i < MANY; i++)
                pthread_join(t[i], NULL);
        }
        ints_drop(&c);
    }
}

/* A sender that gave up is not a sender: what it wanted to send does not come. */
static void who_gives_up_is_gone(void **state)
{
    (void)state;
    for_each_kind (k) {
        struct ints c = ints_make(k);
        int v = -1;

        if (k.capacity == UNBOUNDED) {
            ints_drop(&c);
            continue;
        }
        for (size_t i = 0; i < k.capacity; i++)
            assert_int_equal(fl_send(c.tx, (int)i), FL_OK);
        for (int i = 0; i < 3; i++)
            assert_int_equal(fl_send_timeout(c.tx, fl_millis(1), 99), FL_TIMEOUT);
        for (size_t i = 0; i < k.capacity; i++) {
            assert_int_equal(ints_recv(&c, &v), FL_OK);
            assert_int_equal(v, i);
        }
        for (int i = 0; i < 3; i++)
            assert_int_equal(ints_recv_timeout(&c, &v, fl_millis(1)), FL_TIMEOUT);
        assert_int_equal(fl_try_send(c.tx, 7), k.capacity == RENDEZVOUS ? FL_FULL : FL_OK);
        ints_drop(&c);
    }
}

/* ---- a rendezvous: the sender goes on when it has been received, not before ---- */

static void *send_and_say(void *arg)
{
    struct call *me = arg;

    sleeper_is_me(&me->id);
    must(fl_send(me->c->tx, 6) == FL_OK);
    must(__atomic_load_n(&me->how, __ATOMIC_ACQUIRE) == 1);
    return NULL;
}

static void a_rendezvous_waits_for_both(void **state)
{
    (void)state;
    for (int shared = 0; shared < 2; shared++) {
        struct ints c = ints_make((struct kind){ RENDEZVOUS, shared });
        struct call me = { .c = &c };
        pthread_t t = start(send_and_say, &me);
        int v = 0;

        wait_until_asleep(&me.id);
        assert_int_equal(fl_len(c.tx), 0);
        assert_true(fl_is_empty(c.tx) && fl_is_full(c.tx));
        __atomic_store_n(&me.how, 1, __ATOMIC_RELEASE);
        assert_int_equal(ints_try_recv(&c, &v), FL_OK); /* one that sleeps is there for a try, too */
        assert_int_equal(v, 6);
        pthread_join(t, NULL);

        me = (struct call){ .c = &c, .shared = c.shared };
        t = start(receive, &me);
        wait_until_asleep(&me.id);
        assert_int_equal(fl_try_send(c.tx, 8), FL_OK);
        pthread_join(t, NULL);
        assert_int_equal(me.got, 8);
        assert_int_equal(fl_try_send(c.tx, 9), FL_FULL);
        ints_drop(&c);
    }
}

/* ---- many to many ---- */

enum { SENDERS_MOST = 4, RECEIVERS_MOST = 4 };
struct crowd {
    struct longs *c;
    fl_sender(uint64_t) tx;
    fl_shared_receiver(uint64_t) shared;
    uint64_t number, each, sum, count;
    bool select;
};

static void *send_numbers(void *arg)
{
    struct crowd *me = arg;

    for (uint64_t i = 1; i <= me->each; i++) {
        uint64_t v = me->number << 32 | i;

        if (me->select && i % 2) {
            must(fl_select(fl_on_send(me->tx, &v)) == 0);
            must(fl_selected() == FL_OK && v == 0);
        } else {
            must(fl_send(me->tx, v) == FL_OK);
        }
    }
    fl_drop(me->tx);
    return NULL;
}

static void *receive_numbers(void *arg)
{
    struct crowd *me = arg;
    struct longs c = { .rx = me->c->rx, .shared = me->shared };
    uint64_t last[SENDERS_MOST] = { 0 }, v;

    for (;;) {
        fl_status status;

        if (me->select && me->count % 2) {
            int which = c.rx ? fl_select(fl_on_recv(c.rx, &v), fl_on_timeout(fl_secs(100)))
                             : fl_select(fl_on_timeout(fl_secs(100)), fl_on_recv(c.shared, &v));
            must(which == (c.rx ? 0 : 1));
            status = fl_selected();
        } else {
            status = longs_recv(&c, &v);
        }
        if (status == FL_CLOSED)
            break;
        must(status == FL_OK);
        must((uint32_t)v > last[v >> 32]); /* of each sender in its order */
        last[v >> 32] = (uint32_t)v;
        me->sum += (uint32_t)v;
        me->count++;
    }
    fl_drop(me->shared);
    return NULL;
}

static void many_to_many(void **state)
{
    (void)state;
    for_each_kind (k)
        for (int senders = 1; senders <= SENDERS_MOST; senders *= 2)
            for (int select = 0; select < 2; select++) {
                int receivers = k.shared ? senders == 2 ? RECEIVERS_MOST : 2 : 1;
                struct longs c = longs_make(k);
                struct crowd s[SENDERS_MOST], r[RECEIVERS_MOST];
                pthread_t st[SENDERS_MOST], rt[RECEIVERS_MOST];
                uint64_t sum = 0, count = 0, each = k.capacity < 2 ? 500 : 3000; /* each a switch of threads */

                for (int i = 0; i < senders; i++) {
                    s[i] = (struct crowd){ &c, fl_clone(c.tx), NULL, (uint64_t)i, each, 0, 0, select };
                    st[i] = start(send_numbers, &s[i]);
                }
                fl_drop(c.tx);
                for (int i = 0; i < receivers; i++) {
                    r[i] = (struct crowd){ .c = &c, .shared = fl_clone(c.shared), .select = select };
                    rt[i] = start(receive_numbers, &r[i]);
                }
                for (int i = 0; i < senders; i++)
                    pthread_join(st[i], NULL);
                for (int i = 0; i < receivers; i++) {
                    pthread_join(rt[i], NULL);
                    sum += r[i].sum;
                    count += r[i].count;
                }
                assert_int_equal(count, (uint64_t)senders * each);
                assert_int_equal(sum, (uint64_t)senders * each * (each + 1) / 2);
                longs_drop(&c);
            }
}

/* ---- ends that move from thread to thread ---- */

static void *pass_along(void *arg)
{
    struct ints *c = arg, next;
    int v = -1;
    pthread_t t;

    must(ints_recv(c, &v) == FL_OK);
    next = (struct ints){ fl_move(c->tx), fl_move(c->rx), fl_move(c->shared) };
    if (v > 0) {
        must(fl_send(next.tx, v - 1) == FL_OK);
        t = start(pass_along, &next);
        pthread_join(t, NULL);
    }
    ints_drop(&next);
    return NULL;
}

static void ends_move_between_threads(void **state)
{
    (void)state;
    for_each_kind (k) {
        struct ints c = ints_make(k);

        if (k.capacity != RENDEZVOUS) {
            assert_int_equal(fl_send(c.tx, 10), FL_OK);
            pthread_join(start(pass_along, &c), NULL);
            assert_null(c.tx);
        }
        ints_drop(&c);
    }
}

/* ---- many channels at once ---- */

static void thousands_of_channels(void **state)
{
    enum { MANY = 5000 };
    struct ints *c = calloc(MANY, sizeof *c);
    int v;

    (void)state;
    for (int i = 0; i < MANY; i++) {
        c[i] = ints_make((struct kind){ capacities[i % CAPACITIES], i / CAPACITIES % 2 });
        if (capacities[i % CAPACITIES] != RENDEZVOUS)
            assert_int_equal(fl_send(c[i].tx, i), FL_OK);
    }
    for (int i = 0; i < MANY; i++) {
        if (capacities[i % CAPACITIES] != RENDEZVOUS) {
            assert_int_equal(ints_recv(&c[i], &v), FL_OK);
            assert_int_equal(v, i);
        }
        if (i % 3)
            ints_drop(&c[i]);
    }
    for (int i = 0; i < MANY; i++)
        ints_drop(&c[i]);
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocked_receivers_are_let_go),
        cmocka_unit_test(blocked_senders_are_let_go),
        cmocka_unit_test(one_after_the_other),
        cmocka_unit_test(who_gives_up_is_gone),
        cmocka_unit_test(a_rendezvous_waits_for_both),
        cmocka_unit_test(many_to_many),
        cmocka_unit_test(ends_move_between_threads),
        cmocka_unit_test(thousands_of_channels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
