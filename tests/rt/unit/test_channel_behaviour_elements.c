/* Values of every size and alignment through every kind of channel: nothing of them is lost, and the neighbours in
 * memory are left alone. */
#include "behaviour.h"

struct three {
    char c[3];
};
struct page {
    char c[4096];
};
struct megabyte {
    char c[1024 * 1024];
};
struct aligned_32 {
    _Alignas(32) char c[32];
};
struct aligned_128 {
    _Alignas(128) char c[256];
};
struct aligned_4096 {
    _Alignas(4096) char c[4096];
};
typedef char word[13];

static char pattern(size_t at, int round)
{
    return (char)(at * 7 + at / 256 * 3 + (size_t)round * 31 + 1);
}

static void fill(void *p, size_t size, int round)
{
    for (size_t i = 0; i < size; i++)
        ((char *)p)[i] = pattern(i, round);
}

static bool is_filled(const void *p, size_t size, int round)
{
    for (size_t i = 0; i < size; i++)
        if (((const char *)p)[i] != pattern(i, round))
            return false;
    return true;
}

/* The variable with a margin before and behind, that nobody may touch. */
struct framed {
    char *memory;
    size_t size, margin;
    void *value;
};
static struct framed framed_new(size_t size, size_t align)
{
    struct framed f = { .size = size, .margin = align > 64 ? align : 64 };

    f.memory = aligned_alloc(f.margin, (size + 3 * f.margin - 1) / f.margin * f.margin);
    f.value = f.memory + f.margin;
    memset(f.memory, 0x5a, size + 2 * f.margin);
    return f;
}
static void framed_end(struct framed *f)
{
    for (size_t i = 0; i < f->margin; i++) {
        assert_int_equal(f->memory[i], 0x5a);
        assert_int_equal(f->memory[f->margin + f->size + i], 0x5a);
    }
    free(f->memory);
}

/* A thread that sends n values, or receives them: for rendezvous. */
#define DEFINE_ELEMENT(name, T)                                                                    \
    DEFINE_ANY(name, T)                                                                            \
    struct name##_sending {                                                                        \
        struct name *c;                                                                            \
        int n;                                                                                     \
    };                                                                                             \
    static void *name##_send(void *arg)                                                            \
    {                                                                                              \
        struct name##_sending *s = arg;                                                            \
        struct framed f = framed_new(sizeof(T), _Alignof(T));                                      \
        for (int i = 0; i < s->n; i++) {                                                           \
            fill(f.value, sizeof(T), i);                                                           \
            must(fl_send_or(s->c->tx, (T *)f.value) == FL_OK);                                     \
        }                                                                                          \
        framed_end(&f);                                                                            \
        return NULL;                                                                               \
    }                                                                                              \
    static void test_##name(void **state)                                                          \
    {                                                                                              \
        (void)state;                                                                               \
        for_each_kind (k) {                                                                        \
            struct name c = name##_make(k);                                                        \
            struct name##_sending s = { &c, sizeof(T) > 100000 ? 5 : 100 };                        \
            struct framed f = framed_new(sizeof(T), _Alignof(T));                                  \
            pthread_t t = start(name##_send, &s);                                                  \
            for (int i = 0; i < s.n; i++) {                                                        \
                memset(f.value, 0, sizeof(T));                                                     \
                if (i % 2)                                                                         \
                    assert_int_equal(name##_recv(&c, (T *)f.value), FL_OK);                        \
                else if (k.shared)                                                                 \
                    assert_int_equal(fl_select(fl_on_recv(c.shared, (T *)f.value)), 0);            \
                else                                                                               \
                    assert_int_equal(fl_select(fl_on_recv(c.rx, (T *)f.value)), 0);                \
                assert_true(is_filled(f.value, sizeof(T), i));                                     \
            }                                                                                      \
            pthread_join(t, NULL);                                                                 \
            fill(f.value, sizeof(T), 77);                                                          \
            fl_drop(c.tx);                                                                         \
            assert_int_equal(name##_recv(&c, (T *)f.value), FL_CLOSED);                            \
            assert_true(is_filled(f.value, sizeof(T), 77));                                        \
            framed_end(&f);                                                                        \
            name##_drop(&c);                                                                       \
        }                                                                                          \
    }

DEFINE_ELEMENT(chars, char)
DEFINE_ELEMENT(threes, struct three)
DEFINE_ELEMENT(words, word)
DEFINE_ELEMENT(long_doubles, long double)
DEFINE_ELEMENT(pages, struct page)
DEFINE_ELEMENT(megabytes, struct megabyte)
DEFINE_ELEMENT(aligned_32s, struct aligned_32)
DEFINE_ELEMENT(aligned_128s, struct aligned_128)
DEFINE_ELEMENT(aligned_4096s, struct aligned_4096)

/* ---- nothing at all ---- */

struct signals {
    fl_sender(void) tx;
    fl_receiver(void) rx;
    fl_shared_receiver(void) shared;
    int n;
};

static void *send_signals(void *arg)
{
    struct signals *s = arg;

    for (int i = 0; i < s->n; i++)
        if (i % 3 == 0)
            must(fl_send(s->tx) == FL_OK);
        else if (i % 3 == 1)
            must(fl_select(fl_on_send(s->tx, NULL)) == 0);
        else
            must(fl_send_timeout(s->tx, fl_secs(100)) == FL_OK);
    return NULL;
}

static void nothing(void **state)
{
    (void)state;
    for_each_kind (k) {
        struct signals s = { .n = 300 };
        pthread_t t;

        if (k.capacity == UNBOUNDED)
            fl_channel(&s.tx, &s.rx);
        else
            fl_sync_channel(&s.tx, &s.rx, k.capacity);
        if (k.shared)
            s.shared = fl_share(fl_move(s.rx));
        t = start(send_signals, &s);
        for (int i = 0; i < s.n; i++)
            if (k.shared)
                assert_int_equal(i % 2 ? fl_recv(s.shared, NULL) : fl_recv_timeout(s.shared, NULL, fl_secs(100)), FL_OK);
            else
                assert_int_equal(i % 2 ? fl_recv(s.rx, NULL) : fl_recv_timeout(s.rx, NULL, fl_secs(100)), FL_OK);
        pthread_join(t, NULL);
        fl_drop(s.tx);
        assert_int_equal(k.shared ? fl_recv(s.shared, NULL) : fl_recv(s.rx, NULL), FL_CLOSED);
        fl_drop(s.rx);
        fl_drop(s.shared);
    }
}

/* ---- values that are written as lists, strings, pointers to functions ---- */

struct point {
    int x, y;
};

static void values_as_they_are_written(void **state)
{
    fl_sender(struct point) points;
    fl_receiver(struct point) points_rx;
    fl_sender(word) words;
    fl_receiver(word) words_rx;
    fl_sender(int (*)(const char *)) functions;
    fl_receiver(int (*)(const char *)) functions_rx;
    struct point p = { 0, 0 };
    word w = "";
    int (*fn)(const char *) = NULL;

    (void)state;
    fl_sync_channel(&points, &points_rx, 4);
    fl_sync_channel(&words, &words_rx, 4);
    fl_sync_channel(&functions, &functions_rx, 4);
    assert_int_equal(fl_send(points, { 1, 2 }), FL_OK);
    assert_int_equal(fl_try_send(points, { .y = 4, .x = 3 }), FL_OK);
    assert_int_equal(fl_send_timeout(points, fl_secs(1), { 5, 6 }), FL_OK);
    assert_int_equal(fl_send_deadline(points, fl_deadline_in(fl_secs(1)), (struct point){ 7, 8 }), FL_OK);
    for (int i = 1; i < 8; i += 2) {
        assert_int_equal(fl_recv(points_rx, &p), FL_OK);
        assert_int_equal(p.x, i);
        assert_int_equal(p.y, i + 1);
    }
    assert_int_equal(fl_send(words, "hello"), FL_OK);
    assert_int_equal(fl_recv(words_rx, &w), FL_OK);
    assert_string_equal(w, "hello");
    assert_int_equal(fl_send(functions, puts), FL_OK);
    assert_int_equal(fl_recv(functions_rx, &fn), FL_OK);
    assert_true(fn == puts);
    fl_drop(points);
    fl_drop(points_rx);
    fl_drop(words);
    fl_drop(words_rx);
    fl_drop(functions);
    fl_drop(functions_rx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chars),
        cmocka_unit_test(test_threes),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_long_doubles),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_megabytes),
        cmocka_unit_test(test_aligned_32s),
        cmocka_unit_test(test_aligned_128s),
        cmocka_unit_test(test_aligned_4096s),
        cmocka_unit_test(nothing),
        cmocka_unit_test(values_as_they_are_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
