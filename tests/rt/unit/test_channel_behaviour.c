/* What every kind of channel does in every state, one thread: each operation in each of
 *
 *     empty, some, full, and these with the senders or the receivers gone
 *
 * for unbounded, rendezvous, bounded (1, 2, 7), with the plain and the shared receiver. */
#include "behaviour.h"

DEFINE_ANY(ints, int)

enum fill { NOTHING, SOME, ALL };
static const char *const fill_names[] = { "empty", "some", "full" };

/* How many values the state has, or -1: there is no such state of this kind. */
static int count_for(struct kind k, enum fill fill)
{
    switch (fill) {
    case NOTHING:
        return 0;
    case SOME:
        return k.capacity == UNBOUNDED ? 100 : k.capacity < 2 ? -1 : (int)k.capacity - 1;
    default:
        return k.capacity == UNBOUNDED || k.capacity == RENDEZVOUS ? -1 : (int)k.capacity;
    }
}

static struct ints filled(struct kind k, int n)
{
    struct ints c = ints_make(k);

    for (int i = 0; i < n; i++)
        assert_int_equal(fl_send(c.tx, i), FL_OK);
    return c;
}

static void sending_in_each_state(void **state)
{
    (void)state;
    for_each_kind (k)
        for (enum fill fill = NOTHING; fill <= ALL; fill++) {
            int n = count_for(k, fill);
            bool has_room = k.capacity == UNBOUNDED || (n >= 0 && (size_t)n < k.capacity);
            fl_status expected = has_room ? FL_OK : FL_FULL, in_time = has_room ? FL_OK : FL_TIMEOUT;
            struct fl_instant past = { 0 }, start;
            int v;

            if (n < 0)
                continue;
            kind_say(k);
            print_message("    %s\n", fill_names[fill]);

#define one_send(call, status, moved)                                                              \
    do {                                                                                           \
        struct ints c = filled(k, n);                                                              \
        v = 1000;                                                                                  \
        assert_int_equal(call, status);                                                            \
        assert_int_equal(v, (moved) && (status) == FL_OK ? 0 : 1000);                              \
        assert_int_equal(fl_len(c.tx), n + ((status) == FL_OK));                                   \
        ints_drop(&c);                                                                             \
    } while (0)
            one_send(fl_try_send(c.tx, 1000), expected, false);
            one_send(fl_try_send_or(c.tx, &v), expected, true);
            one_send(fl_send_timeout(c.tx, fl_nanos(0), 1000), in_time, false);
            one_send(fl_send_timeout(c.tx, fl_secs(-1), 1000), in_time, false);
            one_send(fl_send_deadline(c.tx, past, 1000), in_time, false);
            if (has_room) {
                one_send(fl_send(c.tx, 1000), FL_OK, false);
                one_send(fl_send_or(c.tx, &v), FL_OK, true);
                one_send(fl_send_timeout(c.tx, fl_secs(100), 1000), FL_OK, false);
            } else {
                start = fl_now();
                one_send(fl_send_timeout(c.tx, fl_millis(3), 1000), FL_TIMEOUT, false);
                assert_true(fl_as_millis(fl_elapsed(start)) >= 3);
                start = fl_now();
                one_send(fl_send_deadline(c.tx, fl_deadline_in(fl_millis(3)), 1000), FL_TIMEOUT, false);
                assert_true(fl_as_millis(fl_elapsed(start)) >= 3);
            }
        }
}

static void sending_with_no_receiver(void **state)
{
    (void)state;
    for_each_kind (k)
        for (enum fill fill = NOTHING; fill <= ALL; fill++) {
            int n = count_for(k, fill), v = 1000;
            struct ints c;

            if (n < 0)
                continue;
            c = filled(k, n);
            ints_drop_rx(&c);
            for (int round = 0; round < 2; round++) {
                assert_int_equal(fl_send(c.tx, 1), FL_CLOSED); /* also where it was full: it does not wait */
                assert_int_equal(fl_try_send(c.tx, 1), FL_CLOSED);
                assert_int_equal(fl_send_or(c.tx, &v), FL_CLOSED);
                assert_int_equal(fl_try_send_or(c.tx, &v), FL_CLOSED);
                assert_int_equal(fl_send_timeout(c.tx, fl_secs(100), 1), FL_CLOSED);
                assert_int_equal(fl_send_timeout(c.tx, fl_secs(-100), 1), FL_CLOSED);
                assert_int_equal(fl_send_deadline(c.tx, (struct fl_instant){ 0 }, 1), FL_CLOSED);
                assert_int_equal(v, 1000);
            }
            ints_drop(&c);
        }
}

static void receiving_in_each_state(void **state)
{
    (void)state;
    for_each_kind (k)
        for (enum fill fill = NOTHING; fill <= ALL; fill++)
            for (int closed = 0; closed < 2; closed++) {
                int n = count_for(k, fill), v;
                fl_status none = closed ? FL_CLOSED : FL_EMPTY, late = closed ? FL_CLOSED : FL_TIMEOUT;
                struct fl_instant start;

                if (n < 0)
                    continue;
#define one_recv(call, empty_status)                                                               \
    do {                                                                                           \
        struct ints c = filled(k, n);                                                              \
        if (closed)                                                                                \
            fl_drop(c.tx);                                                                         \
        v = -1;                                                                                    \
        assert_int_equal(call, n > 0 ? FL_OK : empty_status);                                      \
        assert_int_equal(v, n > 0 ? 0 : -1);                                                       \
        assert_int_equal(ints_len(&c), n > 0 ? n - 1 : 0);                                         \
        ints_drop(&c);                                                                             \
    } while (0)
                one_recv(ints_try_recv(&c, &v), none);
                one_recv(ints_recv_timeout(&c, &v, fl_nanos(0)), late);
                one_recv(ints_recv_timeout(&c, &v, fl_secs(-100)), late);
                one_recv(ints_recv_deadline(&c, &v, ((struct fl_instant){ 0 })), late);
                start = fl_now();
                one_recv(ints_recv_timeout(&c, &v, fl_millis(3)), late);
                if (n == 0 && !closed)
                    assert_true(fl_as_millis(fl_elapsed(start)) >= 3);
                if (n > 0 || closed) {
                    one_recv(ints_recv(&c, &v), FL_CLOSED);
                    one_recv(ints_recv_timeout(&c, &v, fl_secs(100)), FL_CLOSED);
                }
            }
}

/* What was sent before the senders went is there to the last, in order; then it is closed, and stays so. */
static void the_rest_arrives_in_order(void **state)
{
    (void)state;
    for_each_kind (k) {
        int n = k.capacity == UNBOUNDED ? 200 : (int)k.capacity, v = -1;
        struct ints c = filled(k, n);

        fl_drop(c.tx);
        for (int i = 0; i < n; i++) {
            assert_int_equal(i % 2 ? ints_recv(&c, &v) : ints_try_recv(&c, &v), FL_OK);
            assert_int_equal(v, i);
        }
        for (int i = 0; i < 3; i++) {
            assert_int_equal(ints_recv(&c, &v), FL_CLOSED);
            assert_int_equal(ints_try_recv(&c, &v), FL_CLOSED);
        }
        assert_int_equal(v, n - 1);
        ints_drop(&c);
    }
}

/* Through a ring many times: it wraps around at every place. */
static void rings_wrap(void **state)
{
    (void)state;
    for_each_kind (k) {
        struct ints c = ints_make(k);
        int most = k.capacity == UNBOUNDED ? 50 : (int)k.capacity, sent = 0, received = 0, v;

        for (int round = 0; round < 300 && most > 0; round++) {
            int in = round % most + 1, out;

            while (in-- > 0 && sent - received < most)
                assert_int_equal(fl_send(c.tx, sent++), FL_OK);
            assert_int_equal(ints_len(&c), sent - received);
            for (out = (round * 7) % most + 1; out > 0 && received < sent; out--) {
                assert_int_equal(ints_recv(&c, &v), FL_OK);
                assert_int_equal(v, received++);
            }
        }
        ints_drop(&c);
    }
}

static void looking(void **state)
{
    (void)state;
    for_each_kind (k) {
        struct ints c = ints_make(k);
        int most = k.capacity == UNBOUNDED ? 100 : (int)k.capacity, v;

        assert_true(fl_capacity(c.tx) == k.capacity);
        assert_true((c.rx ? fl_capacity(c.rx) : fl_capacity(c.shared)) == k.capacity);
        for (int i = 0; i <= most; i++) {
            bool full = (size_t)i == k.capacity;

            assert_int_equal(fl_len(c.tx), i);
            assert_int_equal(ints_len(&c), i);
            assert_int_equal(fl_is_empty(c.tx), i == 0);
            assert_int_equal(c.rx ? fl_is_empty(c.rx) : fl_is_empty(c.shared), i == 0);
            assert_int_equal(fl_is_full(c.tx), full); /* a rendezvous is empty and full at once */
            assert_int_equal(c.rx ? fl_is_full(c.rx) : fl_is_full(c.shared), full);
            if (i < most)
                assert_int_equal(fl_send(c.tx, i), FL_OK);
        }
        for (int i = most; i-- > 0;) {
            assert_int_equal(ints_recv(&c, &v), FL_OK);
            assert_int_equal(fl_len(c.tx), i);
            assert_int_equal(fl_is_full(c.tx), false);
        }
        ints_drop(&c);
    }
}

/* Closed is when the last of a side is gone, not before. */
static void the_last_clone_closes(void **state)
{
    (void)state;
    for_each_kind (k) {
        struct ints c = ints_make(k);
        fl_sender(int) more[10];
        fl_shared_receiver(int) readers[10] = { 0 };
        int v;

        for (int i = 0; i < 10; i++) {
            more[i] = fl_clone(c.tx);
            if (c.shared)
                readers[i] = fl_clone(c.shared);
        }
        fl_drop(c.tx);
        for (int i = 0; i < 10; i++) {
            assert_int_equal(ints_try_recv(&c, &v), FL_EMPTY);
            fl_drop(more[i]);
        }
        assert_int_equal(ints_try_recv(&c, &v), FL_CLOSED);
        ints_drop(&c);
        fl_drop(readers);

        c = ints_make(k);
        if (c.shared) {
            for (int i = 0; i < 10; i++)
                readers[i] = fl_clone(c.shared);
            fl_drop(c.shared);
            for (int i = 0; i < 10; i++) {
                assert_int_equal(fl_try_send(c.tx, 1), k.capacity == RENDEZVOUS ? FL_FULL : FL_OK);
                if (k.capacity != RENDEZVOUS)
                    assert_int_equal(fl_recv(readers[i], &v), FL_OK);
                fl_drop(readers[i]);
            }
            assert_int_equal(fl_try_send(c.tx, 1), FL_CLOSED);
        }
        ints_drop(&c);
    }
}

/* Dropping an empty handle, or twice, does nothing; a moved one is empty. */
static void handles_are_left_empty(void **state)
{
    (void)state;
    for_each_kind (k) {
        struct ints c = ints_make(k);
        fl_sender(int) moved = fl_move(c.tx), none = NULL, of_none = fl_clone(none);

        assert_null(c.tx);
        assert_null(of_none);
        fl_drop(c.tx);
        assert_int_equal(fl_try_send(moved, 1), k.capacity == RENDEZVOUS ? FL_FULL : FL_OK); /* nothing was closed */
        fl_drop(moved);
        fl_drop(moved);
        assert_null(moved);
        fl_drop(none);
        ints_drop(&c);
        ints_drop(&c);
    }
}

/* ---- loops ---- */

static int how_far(struct ints *c, int how)
{
    int sum = 0;

#define body                                                                                       \
    {                                                                                              \
        if (v == 3 && how == 1)                                                                    \
            break;                                                                                 \
        if (v == 2 && how == 2)                                                                    \
            return -sum;                                                                           \
        if (v % 2 && how == 3)                                                                     \
            continue;                                                                              \
        if (v == 4 && how == 4)                                                                    \
            goto out;                                                                              \
        sum += v;                                                                                  \
    }
    if (c->rx)
        fl_try_for_each (v, c->rx)
            body
    else
        fl_try_for_each (v, c->shared)
            body
    return sum;
out:
    return sum + 1000;
}

static void loops_are_left_in_every_way(void **state)
{
    const int result[] = { 21, 3, -1, 12, 1006 }, left[] = { 0, 3, 4, 0, 2 };

    (void)state;
    for_each_kind (k)
        for (int how = 0; how < 5 && k.capacity >= 7; how++) {
            struct ints c = filled(k, 7);

            assert_int_equal(how_far(&c, how), result[how]);
            assert_int_equal(ints_len(&c), left[how]);
            assert_int_equal(fl_try_send(c.tx, 5), how == 0 || how == 3 || left[how] < 7 ? FL_OK : FL_FULL);
            ints_drop(&c);
        }
}

static void loops_end_when_it_is_closed(void **state)
{
    (void)state;
    for_each_kind (k) {
        int n = k.capacity == UNBOUNDED ? 100 : (int)k.capacity, sum = 0;
        struct ints c = filled(k, n);

        fl_drop(c.tx);
        if (c.rx)
            fl_for_each (v, c.rx)
                sum += v + 1;
        else
            fl_for_each (v, c.shared)
                sum += v + 1;
        assert_int_equal(sum, n * (n + 1) / 2);
        if (c.rx)
            fl_for_each (v, c.rx)
                sum += v + 1;
        assert_int_equal(sum, n * (n + 1) / 2);
        ints_drop(&c);
    }
}

/* ---- signals ---- */

static void signals(void **state)
{
    fl_sender(void) tx;
    fl_receiver(void) rx;

    (void)state;
    fl_sync_channel(&tx, &rx, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(fl_send(tx), FL_OK);
    assert_int_equal(fl_try_send(tx), FL_FULL);
    assert_int_equal(fl_len(rx), 3);
    assert_int_equal(fl_recv(rx, NULL), FL_OK);
    assert_int_equal(fl_try_send(tx), FL_OK);
    fl_drop(tx);
    for (int i = 0; i < 3; i++)
        assert_int_equal(fl_try_recv(rx, NULL), FL_OK);
    assert_int_equal(fl_recv(rx, NULL), FL_CLOSED);
    fl_drop(rx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sending_in_each_state),
        cmocka_unit_test(sending_with_no_receiver),
        cmocka_unit_test(receiving_in_each_state),
        cmocka_unit_test(the_rest_arrives_in_order),
        cmocka_unit_test(rings_wrap),
        cmocka_unit_test(looking),
        cmocka_unit_test(the_last_clone_closes),
        cmocka_unit_test(handles_are_left_empty),
        cmocka_unit_test(loops_are_left_in_every_way),
        cmocka_unit_test(loops_end_when_it_is_closed),
        cmocka_unit_test(signals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
