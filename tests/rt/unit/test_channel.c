/* The unbounded channel as programs use it: order, closing, drops, loops, deadlines; one or two threads. */
#include <fearless/channel.h>
#include <fearless/move.h>
#include <fearless/panic.h>

#include "atomic.h"
#include "cpu_time.h"
#include "panics.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

/* A value that counts its drops. All zero is empty. */
typedef struct {
    int *counter;
    int number;
} token;
static void token_drop(token *t)
{
    if (t->counter)
        *t->counter += 1;
}
#define FL_OWNED token, token_drop
#include <fearless/owned.h>

/* One whose empty value is not zero. */
typedef struct {
    int fd;
} file;
static int closed_files;
static void file_drop(file *f)
{
    if (f->fd != -1)
        closed_files++;
}
#define FL_OWNED file, file_drop, ((file){ -1 })
#include <fearless/owned.h>

static void in_order(void **state)
{
    fl_sender(int) tx;
    fl_receiver(int) rx;
    int got = -1;

    (void)state;
    fl_channel(&tx, &rx);
    for (int i = 0; i < 1000; i++) /* many blocks */
        assert_int_equal(fl_send(tx, i), FL_OK);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(fl_recv(rx, &got), FL_OK);
        assert_int_equal(got, i);
    }
    assert_int_equal(fl_try_recv(rx, &got), FL_EMPTY);
    assert_int_equal(got, 999); /* untouched */
    fl_drop(tx);
    assert_null(tx);
    assert_int_equal(fl_recv(rx, &got), FL_CLOSED);
    assert_int_equal(fl_try_recv(rx, &got), FL_CLOSED);
    assert_int_equal(fl_recv_timeout(rx, &got, fl_secs(60)), FL_CLOSED);
    fl_drop(rx);
    fl_drop(rx); /* empty: does nothing */
}

/* Blocks are of two sizes, so that a count of blocks would not do. */
static void its_length_is_exact(void **state)
{
    static const size_t bursts[] = { 1, 30, 31, 32, 100, 5000, 62, 1023, 1024, 3 };
    fl_sender(int) tx;
    fl_receiver(int) rx;
    size_t n = 0;
    int got, next_in = 0, next_out = 0;

    (void)state;
    fl_channel(&tx, &rx);
    for (size_t b = 0; b < sizeof bursts / sizeof *bursts; b++) {
        for (size_t i = 0; i < bursts[b]; i++) {
            assert_int_equal(fl_send(tx, next_in++), FL_OK);
            assert_int_equal(fl_len(tx), ++n);
        }
        for (size_t i = 0; i < bursts[b] - b % 2; i++) { /* leaves one now and then */
            assert_int_equal(fl_recv(rx, &got), FL_OK);
            assert_int_equal(got, next_out++);
            assert_int_equal(fl_len(rx), --n);
            assert_int_equal(fl_is_empty(rx), n == 0);
        }
    }
    fl_drop(tx);
    fl_drop(rx);
}

/* However much has been through it: two blocks, and a block has at most 32 KiB. Nor is a value that waits in it much
 * larger than itself and its flag. */
static void an_empty_channel_keeps_little(void **state)
{
#ifdef __GLIBC__
    const size_t before = mallinfo2().uordblks;
    fl_sender(int64_t) tx;
    fl_receiver(int64_t) rx;
    int64_t got;

    fl_channel(&tx, &rx);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 100 * 1000; i++)
            assert_int_equal(fl_send(tx, i), FL_OK);
        assert_in_range(mallinfo2().uordblks - before, 0, 100 * 1000 * 24);
        while (fl_try_recv(rx, &got) == FL_OK)
            ;
        assert_in_range(mallinfo2().uordblks - before, 0, 2 * 32 * 1024 + 4096);
    }
    fl_drop(tx);
    fl_drop(rx);
#endif
    (void)state;
}

static void what_was_sent_before_closing_arrives(void **state)
{
    fl_sender(int) tx, tx1;
    fl_receiver(int) rx;
    int got;

    (void)state;
    fl_channel(&tx, &rx);
    tx1 = fl_clone(tx);
    assert_int_equal(fl_send(tx, 1), FL_OK);
    fl_drop(tx);
    assert_int_equal(fl_try_recv(rx, &got), FL_OK);
    assert_int_equal(fl_try_recv(rx, &got), FL_EMPTY); /* tx1 is there */
    assert_int_equal(fl_send(tx1, 2), FL_OK);
    fl_drop(tx1);
    assert_int_equal(fl_recv(rx, &got), FL_OK);
    assert_int_equal(got, 2);
    assert_int_equal(fl_recv(rx, &got), FL_CLOSED);
    fl_drop(rx);
}

static void undelivered_values_are_dropped_once(void **state)
{
    (void)state;
    for (int n = 0; n < 100; n++) {
        for (int receiver_first = 0; receiver_first < 2; receiver_first++) {
            fl_sender(token) tx;
            fl_receiver(token) rx;
            token got = { NULL, 0 };
            int drops = 0;

            fl_channel(&tx, &rx);
            for (int i = 0; i < n; i++)
                assert_int_equal(fl_send(tx, { &drops, i }), FL_OK);
            if (n > 0)
                assert_int_equal(fl_recv(rx, &got), FL_OK);
            assert_int_equal(drops, 0);
            if (receiver_first) {
                fl_drop(rx);
                assert_int_equal(drops, n > 0 ? n - 1 : 0); /* not only when the sender goes */
                fl_drop(tx);
            } else {
                fl_drop(tx);
                fl_drop(rx);
            }
            fl_drop(got);
            assert_int_equal(drops, n);
        }
    }
}

static void sending_to_nobody(void **state)
{
    fl_sender(token) tx;
    fl_receiver(token) rx;
    int drops = 0;
    token t = { &drops, 1 };

    (void)state;
    fl_channel(&tx, &rx);
    fl_drop(rx);
    assert_int_equal(fl_send(tx, fl_move(t)), FL_CLOSED);
    assert_int_equal(drops, 1);
    assert_null(t.counter);
    t = (token){ &drops, 2 };
    assert_int_equal(fl_send_or(tx, &t), FL_CLOSED); /* it is handed back */
    assert_int_equal(drops, 1);
    assert_int_equal(t.number, 2);
    assert_int_equal(fl_try_send_or(tx, &t), FL_CLOSED);
    assert_int_equal(fl_try_send(tx, fl_move(t)), FL_CLOSED);
    assert_int_equal(drops, 2);
    fl_drop(t);
    fl_drop(tx);
    assert_int_equal(drops, 2);
}

static void send_or_leaves_it_empty(void **state)
{
    fl_sender(file) tx;
    fl_receiver(file) rx;
    file f = { 7 };

    (void)state;
    closed_files = 0;
    fl_channel(&tx, &rx);
    assert_int_equal(fl_send_or(tx, &f), FL_OK);
    assert_int_equal(f.fd, -1); /* its own empty value, not zero */
    fl_drop(f);
    assert_int_equal(closed_files, 0);
    assert_int_equal(fl_recv(rx, &f), FL_OK);
    assert_int_equal(f.fd, 7);
    assert_int_equal(fl_send(tx, fl_move(f)), FL_OK);
    assert_int_equal(fl_recv(rx, NULL), FL_OK); /* NULL: dropped at once */
    assert_int_equal(closed_files, 1);
    fl_drop(tx);
    fl_drop(rx);
    assert_int_equal(closed_files, 1);
}

static int walk(fl_receiver(token) rx, int how)
{
    fl_for_each (got, rx) {
        if (got.number == 3 && how == 0)
            return 3;
        if (got.number == 4 && how == 1)
            break;
        if (got.number == 5 && how == 2)
            goto out;
        if (got.number % 2)
            continue;
    }
    return -1;
out:
    return -2;
}

static void loops_drop_what_they_got(void **state)
{
    const int received[] = { 4, 5, 6, 10 }, result[] = { 3, -1, -2, -1 };

    (void)state;
    for (int how = 0; how < 4; how++) {
        fl_sender(token) tx;
        fl_receiver(token) rx;
        int drops = 0;

        fl_channel(&tx, &rx);
        for (int i = 0; i < 10; i++)
            assert_int_equal(fl_send(tx, { &drops, i }), FL_OK);
        fl_drop(tx);
        assert_int_equal(walk(rx, how), result[how]);
        assert_int_equal(drops, received[how]);
        assert_int_equal(fl_len(rx), 10 - received[how]);
        fl_drop(rx);
        assert_int_equal(drops, 10);
    }
}

static void what_a_loop_moves_it_does_not_drop(void **state)
{
    fl_sender(token) tx;
    fl_receiver(token) rx;
    token kept[3];
    int drops = 0, n = 0;

    (void)state;
    fl_channel(&tx, &rx);
    for (int i = 0; i < 6; i++)
        assert_int_equal(fl_send(tx, { &drops, i }), FL_OK);
    fl_try_for_each (got, rx) /* the sender lives: ends when it is empty */
        if (got.number % 2)
            kept[n++] = fl_move(got);
    assert_int_equal(n, 3);
    assert_int_equal(drops, 3);
    assert_int_equal(kept[2].number, 5);
    fl_drop(kept);
    assert_int_equal(drops, 6);
    fl_try_for_each (got, rx)
        fail_msg("nothing was sent, but %d came", got.number);
    fl_drop(tx);
    fl_drop(rx);
}

static void loops_nest_and_follow_if(void **state)
{
    fl_sender(int) tx, inner_tx;
    fl_receiver(int) rx, inner;
    int sum = 0;

    (void)state;
    fl_channel(&tx, &rx);
    fl_channel(&inner_tx, &inner);
    for (int i = 1; i <= 4; i++) {
        assert_int_equal(fl_send(tx, i), FL_OK);
        assert_int_equal(fl_send(inner_tx, i * 10), FL_OK);
    }
    if (sum == 0)
        fl_try_for_each (a, rx) {
            fl_try_for_each (b, inner) {
                if (b == 30)
                    break; /* of the inner one */
                sum += b;
            }
            sum += a;
        }
    else
        fail();
    assert_int_equal(sum, 1 + 2 + 3 + 4 + 10 + 20 + 40);
    fl_drop(tx);
    fl_drop(rx);
    fl_drop(inner_tx);
    fl_drop(inner);
}

static void signals_carry_nothing(void **state)
{
    fl_sender(void) tx;
    fl_receiver(void) rx;
    int rounds = 0;

    (void)state;
    fl_channel(&tx, &rx);
    for (int i = 0; i < 100; i++)
        assert_int_equal(fl_send(tx), FL_OK);
    assert_int_equal(fl_len(tx), 100);
    assert_int_equal(fl_recv(rx, NULL), FL_OK);
    assert_int_equal(fl_try_recv(rx, NULL), FL_OK);
    assert_int_equal(fl_recv_timeout(rx, NULL, fl_secs(1)), FL_OK);
    fl_drop(tx);
    fl_for_each (nothing, rx) {
        (void)nothing;
        rounds++;
    }
    assert_int_equal(rounds, 97);
    assert_int_equal(fl_recv(rx, NULL), FL_CLOSED);
    fl_drop(rx);
}

static void deadlines(void **state)
{
    fl_sender(int) tx;
    fl_receiver(int) rx;
    struct fl_instant start = fl_now();
    int got = 5;

    (void)state;
    fl_channel(&tx, &rx);
    assert_int_equal(fl_recv_timeout(rx, &got, fl_millis(10)), FL_TIMEOUT);
    assert_true(fl_as_millis(fl_elapsed(start)) >= 10);
    assert_int_equal(fl_recv_timeout(rx, &got, fl_secs(-1)), FL_TIMEOUT);
    assert_int_equal(fl_recv_deadline(rx, &got, (struct fl_instant){ 0 }), FL_TIMEOUT);
    assert_int_equal(got, 5);
    assert_int_equal(fl_send(tx, 6), FL_OK);
    assert_int_equal(fl_recv_deadline(rx, &got, (struct fl_instant){ 0 }), FL_OK); /* it is there */
    assert_int_equal(got, 6);
    fl_drop(tx);
    fl_drop(rx);
}

static void looking(void **state)
{
    fl_sender(int) tx;
    fl_receiver(int) rx;
    int got;

    (void)state;
    fl_channel(&tx, &rx);
    assert_true(fl_is_empty(tx));
    assert_true(fl_is_empty(rx));
    assert_false(fl_is_full(tx));
    assert_true(fl_capacity(tx) == SIZE_MAX);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(fl_len(tx), i);
        assert_int_equal(fl_len(rx), i);
        assert_int_equal(fl_send(tx, i), FL_OK);
        assert_false(fl_is_empty(rx));
    }
    for (int i = 200; i-- > 0;) {
        assert_int_equal(fl_recv(rx, &got), FL_OK);
        assert_int_equal(fl_len(rx), i);
        assert_int_equal(fl_is_empty(tx), i == 0);
    }
    fl_drop(tx);
    fl_drop(rx);
}

struct wide {
    _Alignas(128) char c[128];
};
struct huge {
    char bytes[1024 * 1024];
};
struct thing_24 {
    long a, b;
    char c;
};

#define test_element(T, n)                                                                         \
    do {                                                                                           \
        fl_sender(T) tx;                                                                           \
        fl_receiver(T) rx;                                                                         \
        T *v = aligned_alloc(_Alignof(T) > 16 ? _Alignof(T) : 16, (sizeof(T) + 15) / 16 * 16);     \
        fl_channel(&tx, &rx);                                                                      \
        for (int i = 0; i < (n); i++) {                                                            \
            memset(v, i + 1, sizeof *v);                                                           \
            assert_int_equal(fl_send_or(tx, v), FL_OK);                                            \
            for (size_t b = 0; b < sizeof *v; b++)                                                 \
                assert_int_equal(((char *)v)[b], 0);                                               \
        }                                                                                          \
        for (int i = 0; i < (n); i++) {                                                            \
            assert_int_equal(fl_recv(rx, v), FL_OK);                                               \
            for (size_t b = 0; b < sizeof *v; b++)                                                 \
                assert_int_equal(((char *)v)[b], i + 1);                                           \
        }                                                                                          \
        free(v);                                                                                   \
        fl_drop(tx);                                                                               \
        fl_drop(rx);                                                                               \
    } while (0)

static void elements_of_all_sizes(void **state)
{
    (void)state;
    test_element(char, 100);
    test_element(short, 100);
    test_element(long double, 100);
    test_element(struct thing_24, 100);
    test_element(struct wide, 100);
    test_element(struct huge, 3);
}

static void arrays_pointers_and_functions(void **state)
{
    fl_sender(char[16]) words;
    fl_receiver(char[16]) words_rx;
    fl_sender(const char *) texts;
    fl_receiver(const char *) texts_rx;
    fl_sender(int (*)(const char *, const char *)) functions;
    fl_receiver(int (*)(const char *, const char *)) functions_rx;
    char word[16];
    const char *text;
    int (*function)(const char *, const char *);

    (void)state;
    fl_channel(&words, &words_rx);
    fl_channel(&texts, &texts_rx);
    fl_channel(&functions, &functions_rx);
    assert_int_equal(fl_send(words, "array"), FL_OK);
    assert_int_equal(fl_send(texts, "pointer"), FL_OK);
    assert_int_equal(fl_send(functions, strcmp), FL_OK);
    assert_int_equal(fl_recv(words_rx, &word), FL_OK);
    assert_int_equal(fl_recv(texts_rx, &text), FL_OK);
    assert_int_equal(fl_recv(functions_rx, &function), FL_OK);
    assert_string_equal(word, "array");
    assert_string_equal(text, "pointer");
    assert_int_equal(function("a", "a"), 0);
    fl_drop(words);
    fl_drop(words_rx);
    fl_drop(texts);
    fl_drop(texts_rx);
    fl_drop(functions);
    fl_drop(functions_rx);
}

/* Handles travel, and what is in a channel that is in a channel is dropped with it. */
static void channels_in_channels(void **state)
{
    fl_sender(fl_receiver(token)) outer_tx;
    fl_receiver(fl_receiver(token)) outer_rx;
    fl_sender(token) tx;
    fl_receiver(token) rx;
    int drops = 0;

    (void)state;
    fl_channel(&outer_tx, &outer_rx);
    fl_channel(&tx, &rx);
    assert_int_equal(fl_send(tx, { &drops, 1 }), FL_OK);
    assert_int_equal(fl_send(outer_tx, fl_move(rx)), FL_OK);
    assert_null(rx);
    assert_int_equal(drops, 0);
    fl_drop(outer_rx);
    assert_int_equal(drops, 1);
    assert_int_equal(fl_send(tx, { &drops, 2 }), FL_CLOSED);
    assert_int_equal(drops, 2);
    fl_drop(tx);
    fl_drop(outer_tx);
}

/* ---- two threads ---- */

struct shared {
    fl_sender(int) tx;
    fl_receiver(int) rx;
    FL_ATOMIC(uint32_t) receiving;
    int64_t cpu_ns;
};

static void *receive_one(void *arg)
{
    struct shared *s = arg;
    int64_t start = cpu_time();
    int got = -1;

    fl_store_release(&s->receiving, 1);
    fl_status status = fl_recv(s->rx, &got);
    s->cpu_ns = cpu_time() - start;
    return (void *)(intptr_t)(status == FL_OK ? got : -(int)status);
}

static void an_idle_receiver_uses_no_cpu(void **state)
{
    struct shared s = { 0 };
    pthread_t t;
    void *result;

    (void)state;
    fl_channel(&s.tx, &s.rx);
    pthread_create(&t, NULL, receive_one, &s);
    while (!fl_load_acquire(&s.receiving))
        fl_sleep(fl_millis(1));
    fl_sleep(fl_millis(200));
    assert_int_equal(fl_send(s.tx, 42), FL_OK);
    pthread_join(t, &result);
    assert_int_equal((intptr_t)result, 42);
    assert_true(s.cpu_ns < 50 * 1000000);
    fl_drop(s.tx);
    fl_drop(s.rx);
}

static void closing_wakes_the_receiver(void **state)
{
    struct shared s = { 0 };
    pthread_t t;
    void *result;

    (void)state;
    fl_channel(&s.tx, &s.rx);
    pthread_create(&t, NULL, receive_one, &s);
    while (!fl_load_acquire(&s.receiving))
        fl_sleep(fl_millis(1));
    fl_sleep(fl_millis(5)); /* asleep by now, most likely; right in either case */
    fl_drop(s.tx);
    pthread_join(t, &result);
    assert_int_equal((intptr_t)result, -FL_CLOSED);
    fl_drop(s.rx);
}

/* ---- misuse ---- */

static void send_on_empty(void *env)
{
    fl_sender(int) tx = NULL;

    (void)env;
    fl_ignore(fl_send(tx, 1));
}

static void recv_on_empty(void *env)
{
    fl_receiver(int) rx = NULL;
    int got;

    (void)env;
    fl_ignore(fl_recv(rx, &got));
}

static void len_of_empty(void *env)
{
    fl_receiver(int) rx = NULL;

    (void)env;
    if (fl_len(rx) == 0)
        fl_panic("not reached");
}

/* Both loops are on one line, with one name. */
#define COUNT_TWO(rx, n)                                                                           \
    do {                                                                                           \
        fl_for_each (got, rx) {                                                                    \
            *(n) += got;                                                                           \
            break;                                                                                 \
        }                                                                                          \
        fl_try_for_each (got, rx)                                                                  \
            *(n) += 10 * got;                                                                      \
    } while (0)

static void two_loops_on_one_line(void **state)
{
    fl_sender(int) tx;
    fl_receiver(int) rx;
    int n = 0;
    (void)state;
    fl_channel(&tx, &rx);
    for (int i = 1; i <= 3; i++)
        assert_int_equal(fl_send(tx, i), FL_OK);
    COUNT_TWO(rx, &n);
    assert_int_equal(n, 51);
    fl_drop(tx);
    fl_drop(rx);
}

static void loop_over_empty(void *env)
{
    fl_receiver(int) rx = NULL;

    (void)env;
    fl_for_each (got, rx)
        (void)got;
}

static void empty_handles_panic(void **state)
{
    void (*const all[])(void *) = { send_on_empty, recv_on_empty, len_of_empty, loop_over_empty };
    fl_sender(int) none = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        assert_panics(all[i], NULL, "moved or dropped");
    assert_null(fl_clone(none));
}

static void panic_in_the_loop(void *env)
{
    struct {
        fl_receiver(token) rx;
    } *s = env;

    fl_for_each (got, s->rx)
        if (got.number == 1)
            fl_panic("on purpose");
}

static void a_panic_in_a_loop_drops_what_it_got(void **state)
{
    struct {
        fl_receiver(token) rx;
    } s;
    fl_sender(token) tx;
    fl_panic_hook *old = fl_set_panic_hook(note_panic);
    int drops = 0;

    (void)state;
    fl_channel(&tx, &s.rx);
    for (int i = 0; i < 3; i++)
        assert_int_equal(fl_send(tx, { &drops, i }), FL_OK);
    assert_int_equal(fl_catch(panic_in_the_loop, &s), FL_PANICKED);
    assert_int_equal(drops, 2);
    fl_set_panic_hook(old);
    fl_drop(tx);
    fl_drop(s.rx);
    assert_int_equal(drops, 3);
}

static int evaluations;
static fl_sender(int) counted(fl_sender(int) tx)
{
    evaluations++;
    return tx;
}
static fl_receiver(int) counted_rx(fl_receiver(int) rx)
{
    evaluations++;
    return rx;
}

static void arguments_are_evaluated_once(void **state)
{
    fl_sender(int) tx;
    fl_receiver(int) rx;
    int value = 0, got = 0, *out = &got;

    (void)state;
    fl_channel(&tx, &rx);
    evaluations = 0;
    assert_int_equal(fl_send(counted(tx), value++), FL_OK);
    assert_int_equal(fl_send(counted(tx), value++), FL_OK);
    assert_int_equal(fl_len(counted(tx)), 2);
    assert_int_equal(fl_recv(counted_rx(rx), out++), FL_OK);
    assert_int_equal(evaluations, 4);
    assert_int_equal(value, 2);
    assert_ptr_equal(out, &got + 1);
    fl_try_for_each (v, counted_rx(rx))
        assert_int_equal(v, 1);
    assert_int_equal(evaluations, 5);
    fl_drop(tx);
    fl_drop(rx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_order),
        cmocka_unit_test(its_length_is_exact),
        cmocka_unit_test(an_empty_channel_keeps_little),
        cmocka_unit_test(what_was_sent_before_closing_arrives),
        cmocka_unit_test(undelivered_values_are_dropped_once),
        cmocka_unit_test(sending_to_nobody),
        cmocka_unit_test(send_or_leaves_it_empty),
        cmocka_unit_test(loops_drop_what_they_got),
        cmocka_unit_test(what_a_loop_moves_it_does_not_drop),
        cmocka_unit_test(loops_nest_and_follow_if),
        cmocka_unit_test(signals_carry_nothing),
        cmocka_unit_test(deadlines),
        cmocka_unit_test(looking),
        cmocka_unit_test(elements_of_all_sizes),
        cmocka_unit_test(arrays_pointers_and_functions),
        cmocka_unit_test(channels_in_channels),
        cmocka_unit_test(an_idle_receiver_uses_no_cpu),
        cmocka_unit_test(closing_wakes_the_receiver),
        cmocka_unit_test(empty_handles_panic),
        cmocka_unit_test(two_loops_on_one_line),
        cmocka_unit_test(a_panic_in_a_loop_drops_what_it_got),
        cmocka_unit_test(arguments_are_evaluated_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
