#define _GNU_SOURCE
/* Spawning, joining, detaching; who owns arguments and results. */
#include "panics.h"
#include "tracked.h"

#include <pthread.h>

struct pair {
    int x, y;
};
typedef struct {
    _Alignas(64) char bytes[64];
} line;

FL_THREAD_FN_DECL(int, twice, int, x);
FL_THREAD_FN_DECL(void, nothing);

FL_THREAD_FN(void, nothing)
{
}
FL_THREAD_FN(int, twice, int, x)
{
    return x * 2;
}
static FL_THREAD_FN(void *, same_pointer, void *, p)
{
    return p;
}
FL_THREAD_FN(struct pair, add_pairs, struct pair, a, struct pair, b)
{
    return (struct pair){a.x + b.x, a.y + b.y};
}
FL_THREAD_FN(line, next_line, char, before, line, l)
{
    l.bytes[0] = (char)(l.bytes[0] + before + ((uintptr_t)&l % 64 != 0));
    return l;
}
FL_THREAD_FN(long, eight, char, a, short, b, int, c, long, d, unsigned char, e, unsigned short, f, unsigned long long, g, tracked, h)
{
    fl_auto(h);
    return a + b + c + d + e + f + (long)g + (long)strlen(h.name);
}
FL_THREAD_FN(tracked, give_back, tracked, t)
{
    return t;
}
FL_THREAD_FN(tracked, copy_of, const char *, name)
{
    return tracked_of(name);
}
FL_THREAD_FN(int, apply, int (*)(int), fn, int, x)
{
    return fn(x);
}
FL_THREAD_FN(int, give_up, tracked, t)
{
    fl_auto(t);
    fl_panic("cannot do %s", t.name);
}
FL_THREAD_FN(void, leave_by_exit, tracked, t)
{
    fl_auto(t);
    pthread_exit(NULL);
}
FL_THREAD_FN(int, join_for_me, fl_join_handle(int), h)
{
    fl_auto(h);
    return fl_joined(h) + 1;
}
typedef struct {
    char text[64];
} shown_name;
FL_THREAD_FN(shown_name, own_shown_name)
{
    shown_name name = {""};
    pthread_getname_np(pthread_self(), name.text, sizeof name.text);
    return name;
}
static _Thread_local char much_of_my_own[300000]; /* the system puts it on the stack */
FL_THREAD_FN(int, uses_much_of_its_own)
{
    memset(much_of_my_own, 1, sizeof much_of_my_own);
    return much_of_my_own[sizeof much_of_my_own - 1];
}
FL_THREAD_FN(size_t, own_stack)
{
    pthread_attr_t a;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &a) == 0) {
        pthread_attr_getstacksize(&a, &size);
        pthread_attr_destroy(&a);
    }
    return size;
}

static int gate; /* threads of a test wait here until it says so */
static void open_gate(void)
{
    __atomic_store_n(&gate, 1, __ATOMIC_SEQ_CST);
}
FL_THREAD_FN(tracked, after_gate, const char *, name)
{
    while (!__atomic_load_n(&gate, __ATOMIC_SEQ_CST))
        fl_yield();
    return tracked_of(name);
}

static int negate(int x)
{
    return -x;
}

static void results_of_all_kinds(void **state)
{
    (void)state;
    fl_join_handle(void) a = fl_spawn(nothing);
    assert_int_equal(fl_join(a), FL_OK);
    assert_null(a);
    fl_join_handle(int) b = fl_spawn(twice, 21);
    int n = 0;
    assert_int_equal(fl_join(b, &n), FL_OK);
    assert_int_equal(n, 42);
    fl_join_handle(void *) c = fl_spawn(same_pointer, &n);
    assert_ptr_equal(fl_joined(c), &n);
    fl_join_handle(struct pair) d = fl_spawn(add_pairs, (struct pair){1, 2}, (struct pair){.x = 3, .y = 4});
    assert_int_equal(fl_joined(d).y, 6);
    fl_join_handle(line) e = fl_spawn(next_line, 1, (line){{3}});
    assert_int_equal(fl_joined(e).bytes[0], 4);
    fl_join_handle(long) f = fl_spawn(eight, 1, 2, 3, 4, 5, 6, 7, tracked_of("12345678"));
    assert_int_equal(fl_joined(f), 36);
    fl_join_handle(int) g = fl_spawn(apply, negate, 5);
    assert_int_equal(fl_joined(g), -5);
    fl_join_handle(void) h = fl_spawn(nothing);
    fl_joined(h);
    assert_int_equal(twice(4), 8); /* still a function */
}

static void owned_arguments_and_results(void **state)
{
    (void)state;
    tracked t = tracked_of("there and back");
    fl_join_handle(tracked) h = fl_spawn(give_back, fl_move(t));
    assert_null(t.name);
    tracked back;
    assert_int_equal(fl_join(h, &back), FL_OK);
    assert_string_equal(back.name, "there and back");
    fl_drop(back);
    assert_int_equal(tracked_drops, 1);
}

static void a_result_that_nobody_takes_is_dropped(void **state)
{
    (void)state;
    fl_join_handle(tracked) h = fl_spawn(copy_of, "joined without");
    assert_int_equal(fl_join(h), FL_OK);
    assert_int_equal(tracked_drops, 1);
    h = fl_spawn(copy_of, "joined with NULL");
    assert_int_equal(fl_join(h, NULL), FL_OK);
    assert_int_equal(tracked_drops, 2);
    h = fl_spawn(copy_of, "ended, then dropped");
    while (!fl_is_finished(h))
        fl_yield();
    fl_drop(h);
    assert_null(h);
    assert_int_equal(tracked_drops, 3);
}

static void a_detached_thread_drops_its_result(void **state)
{
    (void)state;
    gate = 0;
    {
        fl_join_handle(tracked) h = fl_spawn(after_gate, "by fl_auto");
        fl_auto(h);
        fl_detach(fl_spawn(after_gate, "by fl_detach"));
        fl_join_handle(tracked) k = fl_spawn(after_gate, "by fl_move");
        fl_detach(fl_move(k));
        assert_null(k);
        assert_false(fl_is_finished(h));
    }
    assert_int_equal(tracked_drops, 0);
    open_gate();
    while (__atomic_load_n(&tracked_drops, __ATOMIC_SEQ_CST) < 3)
        fl_yield();
}

static void handles_are_values(void **state)
{
    (void)state;
    fl_join_handle(int) inner = fl_spawn(twice, 5);
    fl_join_handle(int) outer = fl_spawn(join_for_me, fl_move(inner));
    assert_int_equal(fl_joined(outer), 11);
    outer = fl_spawn(join_for_me, fl_spawn(twice, 6));
    assert_int_equal(fl_joined(outer), 13);
    fl_join_handle(int) many[10];
    fl_auto(many);
    for (int i = 0; i < 10; i++)
        many[i] = fl_spawn(twice, i);
    int sum = 0;
    for (int i = 0; i < 8; i++)
        sum += fl_joined(many[i]);
    assert_int_equal(sum, 56);
}

static void a_panic_is_reported_by_join(void **state)
{
    (void)state;
    fl_set_panic_hook(quiet);
    fl_join_handle(int) h = fl_spawn(give_up, tracked_of("this"));
    int n = 77;
    assert_int_equal(fl_join(h, &n), FL_PANICKED);
    assert_int_equal(n, 77); /* untouched */
    assert_null(h);
    assert_string_equal(fl_panic_message(), "cannot do this");
    assert_int_equal(tracked_drops, 1);
    h = fl_spawn(give_up, tracked_of("that"));
    assert_int_equal(fl_join(h), FL_PANICKED);
    assert_string_equal(fl_panic_message(), "cannot do that");
    fl_detach(fl_spawn(give_up, tracked_of("alone")));
    while (__atomic_load_n(&tracked_drops, __ATOMIC_SEQ_CST) < 3)
        fl_yield();
    fl_set_panic_hook(NULL);
}

static void a_thread_that_exits_has_no_result(void **state)
{
    (void)state;
    fl_join_handle(void) h = fl_spawn(leave_by_exit, tracked_of("dropped on the way"));
    assert_int_equal(fl_join(h), FL_PANICKED);
    assert_non_null(strstr(fl_panic_message(), "pthread_exit"));
    assert_int_equal(tracked_drops, 1);
}

FL_THREAD_FN(void, cancels_itself, tracked, t)
{
    fl_auto(t);
    pthread_cancel(pthread_self());
    pthread_testcancel();
}
static void a_cancelled_thread_has_no_result(void **state)
{
    (void)state;
    fl_join_handle(void) h = fl_spawn(cancels_itself, tracked_of("dropped on the way"));
    assert_int_equal(fl_join(h), FL_PANICKED);
    assert_non_null(strstr(fl_panic_message(), "cancelled"));
    assert_int_equal(tracked_drops, 1);
    fl_detach(fl_spawn(cancels_itself, tracked_of("detached")));
    while (__atomic_load_n(&tracked_drops, __ATOMIC_SEQ_CST) < 2)
        fl_yield();
}

/* ---- results whose drop does what it should not ---- */

typedef struct {
    int how; /* 0: empty */
} bad;
static int bad_drops, bad_drops_over;
static void bad_drop(bad *b)
{
    if (b->how == 0)
        return;
    __atomic_add_fetch(&bad_drops, 1, __ATOMIC_SEQ_CST);
    if (b->how == 'p')
        fl_panic("a drop panicked");
    if (b->how == 'c') {
        pthread_cancel(pthread_self());
        pthread_testcancel();
    }
    __atomic_add_fetch(&bad_drops_over, 1, __ATOMIC_SEQ_CST);
}
#define FL_OWNED bad, bad_drop
#include <fearless/owned.h>
FL_THREAD_FN(bad, gives_bad, int, how)
{
    return (bad){how};
}
FL_THREAD_FN(bad, gives_bad_later, int, how)
{
    fl_park(); /* until the handle is gone */
    return (bad){how};
}
static void join_a_bad_one(void *env)
{
    fl_join_handle(bad) *const h = env;
    fl_ignore(fl_join(*h));
}
static void drop_a_bad_one(void *env)
{
    fl_join_handle(bad) *const h = env;
    fl_drop(*h);
}
static void a_result_whose_drop_panics(void **state)
{
    (void)state;
    bad_drops = bad_drops_over = 0;
    fl_set_panic_hook(quiet);
    fl_join_handle(bad) h = fl_spawn(gives_bad, 'p');
    assert_int_equal(fl_catch(join_a_bad_one, &h), FL_PANICKED);
    assert_null(h);
    assert_string_equal(fl_panic_message(), "a drop panicked");
    h = fl_spawn(gives_bad, 'p');
    while (!fl_is_finished(h))
        fl_yield();
    assert_int_equal(fl_catch(drop_a_bad_one, &h), FL_PANICKED);
    assert_null(h);
    assert_int_equal(bad_drops, 2);
    /* nobody wants it: the thread drops it, and lives to the end */
    for (int i = 0; i < 2; i++) {
        h = fl_spawn(gives_bad_later, i ? 'c' : 'p');
        fl_thread t = fl_thread_of(h);
        fl_auto(t);
        fl_drop(h);
        fl_unpark(t);
        while (__atomic_load_n(&bad_drops, __ATOMIC_SEQ_CST) < 3 + i)
            fl_yield();
    }
    while (__atomic_load_n(&bad_drops_over, __ATOMIC_SEQ_CST) < 1)
        fl_yield(); /* it was not cancelled half-way */
    fl_set_panic_hook(NULL);
}

/* ---- itself ---- */

static fl_join_handle(void) of_itself;
static void join_itself(void *env)
{
    (void)env;
    fl_unwrap(fl_join(of_itself));
}
FL_THREAD_FN(bool, tries_to_join_itself)
{
    fl_park(); /* until of_itself is there */
    return fl_catch(join_itself, NULL) == FL_PANICKED && strstr(fl_panic_message(), "itself");
}
static void a_join_of_oneself_panics(void **state)
{
    (void)state;
    fl_set_panic_hook(quiet);
    fl_join_handle(bool) h = fl_spawn(tries_to_join_itself);
    fl_thread t = fl_thread_of(h);
    fl_auto(t);
    of_itself = (fl_join_handle(void))(void *)(uintptr_t)h; /* a copy: what the checker would not let pass */
    fl_unpark(t);
    assert_true(fl_joined(h));
    of_itself = NULL;
    fl_set_panic_hook(NULL);
}

static void join_empty(void *env)
{
    (void)env;
    fl_join_handle(int) h = NULL;
    fl_ignore(fl_join(h));
}
static void joined_of_a_panic(void *env)
{
    (void)env;
    fl_join_handle(int) h = fl_spawn(give_up, tracked_of("it"));
    fl_ignore(fl_joined(h) == 1 ? FL_OK : FL_EMPTY);
}

static void misuse_panics(void **state)
{
    (void)state;
    fl_set_panic_hook(quiet);
    assert_int_equal(fl_catch(join_empty, NULL), FL_PANICKED);
    assert_non_null(strstr(fl_panic_message(), "empty"));
    assert_int_equal(fl_catch(joined_of_a_panic, NULL), FL_PANICKED);
    assert_non_null(strstr(fl_panic_message(), "cannot do it"));
    fl_set_panic_hook(NULL);
    fl_join_handle(int) none = NULL;
    fl_drop(none);
    fl_detach(none);
}

static void names_and_stack_sizes(void **state)
{
    (void)state;
    char name[] = "worker";
    struct fl_thread_options options = {.name = name, .stack_size = 300001};
    fl_join_handle(shown_name) n = fl_spawn_with(&options, own_shown_name);
    memset(name, 'x', 6); /* it was copied */
    assert_string_equal(fl_joined(n).text, "worker");
    /* the kernel takes 15 bytes */
    static const char *const names[][2] = {
        {"123456789012345", "123456789012345"},
        {"1234567890123456", "123456789012345"},
        {"a name that is longer", "a name that is "},
        {"1234567890123\u00e9", "1234567890123\u00e9"},       /* ends with the 15th */
        {"12345678901234\u00e9", "12345678901234"},           /* would be cut in its middle */
        {"1234567890123\u20ac", "1234567890123"},             /* three bytes */
        {"123456789012\U0001F600", "123456789012"},           /* four */
        {"12345678901\U0001F600x", "12345678901\U0001F600"},
        {"12345678901\x80\x80\x80\x80\x80\x80", "12345678901\x80\x80\x80\x80"}, /* not UTF-8 */
        {"1234567890\x80\x80\x80\x80\x80\x80", "1234567890\x80\x80\x80\x80\x80"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        options.name = names[i][0];
        n = fl_spawn_with(&options, own_shown_name);
        assert_string_equal(fl_joined(n).text, names[i][1]);
    }
    fl_join_handle(size_t) a = fl_spawn_with(&options, own_stack);
    assert_in_range(fl_joined(a), 300001, 4 << 20);
    options.stack_size = 1; /* less than the system allows */
    fl_join_handle(void) b = fl_spawn_with(&options, nothing);
    assert_int_equal(fl_join(b), FL_OK);
    fl_join_handle(int) c = fl_spawn_with(&options, uses_much_of_its_own);
    assert_int_equal(fl_joined(c), 1);
}

static void spawn_too_large(void *env)
{
    struct fl_thread_options options = {.stack_size = (size_t)1 << 60};
    (void)env;
    fl_detach(fl_spawn_with(&options, give_back, tracked_of("argument")));
}

/* Whatever fails to start a thread drops the arguments. */
static void a_spawn_that_fails(void **state)
{
    (void)state;
    fl_set_panic_hook(quiet);
    assert_int_equal(fl_catch(spawn_too_large, NULL), FL_PANICKED);
    fl_set_panic_hook(NULL);
    assert_int_equal(tracked_drops, 1);

    fl_join_handle(tracked) h;
    assert_int_equal(fl_try_spawn(&h, give_back, tracked_of("works")), FL_OK);
    fl_drop(h);
    while (__atomic_load_n(&tracked_drops, __ATOMIC_SEQ_CST) < 2)
        fl_yield();
}

static void parallelism(void **state)
{
    (void)state;
    assert_true(fl_available_parallelism() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tracked_test(results_of_all_kinds),
        tracked_test(owned_arguments_and_results),
        tracked_test(a_result_that_nobody_takes_is_dropped),
        tracked_test(a_detached_thread_drops_its_result),
        tracked_test(handles_are_values),
        tracked_test(a_panic_is_reported_by_join),
        tracked_test(a_thread_that_exits_has_no_result),
        tracked_test(a_cancelled_thread_has_no_result),
        tracked_test(a_result_whose_drop_panics),
        tracked_test(a_join_of_oneself_panics),
        tracked_test(misuse_panics),
        tracked_test(names_and_stack_sizes),
        tracked_test(a_spawn_that_fails),
        tracked_test(parallelism),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
