/* Arc, Rc and box: who drops the value, and when; weak handles; getting the value back. */
#include "panics.h"
#include "tracked.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

typedef fl_mutex(int) counter;
typedef fl_mutex(tracked) shared;
typedef struct {
    _Alignas(128) char bytes[128];
} wide;
typedef int numbers[3];

struct node {
    int key;
    fl_weak(struct node) self;
    fl_box(struct node) next;
};
FL_DROP_FIELDS(struct node, node_drop, self, next)
#define FL_OWNED struct node, node_drop
#include <fearless/owned.h>

static void the_last_one_drops(void **state)
{
    (void)state;
    fl_arc(tracked) a = fl_arc_new(tracked, tracked_of("value"));
    fl_arc(tracked) b = fl_clone(a), c = fl_clone(b);
    assert_int_equal(fl_strong_count(a), 3);
    assert_true(fl_ptr_eq(a, c));
    assert_ptr_equal(fl_get(a), fl_get(b));
    fl_drop(a);
    fl_drop(a);
    fl_drop(c);
    assert_int_equal(tracked_drops, 0);
    assert_string_equal(fl_get(b)->name, "value");
    fl_drop(b);
    assert_int_equal(tracked_drops, 1);
    fl_arc(tracked) none = fl_clone(b);
    assert_null(none);
    assert_int_equal(fl_strong_count(none), 0);
}

static void values_of_all_kinds(void **state)
{
    (void)state;
    fl_arc(shared) s = fl_arc_new(shared, FL_MUTEX({strdup("in a mutex")}));
    tracked_alive++;
    fl_drop(s);
    assert_int_equal(tracked_drops, 1);
    fl_arc(wide) w = fl_arc_new(wide, {{1}});
    fl_auto(w);
    assert_int_equal((uintptr_t)fl_get(w) % 128, 0);
    fl_rc(wide) r = fl_rc_new(wide, {{1}});
    fl_auto(r);
    assert_int_equal((uintptr_t)fl_get(r) % 128, 0);
    fl_box(wide) b = fl_box_new(wide, {{1}});
    fl_auto(b);
    assert_int_equal((uintptr_t)fl_get(b) % 128, 0);
    fl_arc(numbers) n = fl_arc_new(numbers, {1, 2, 3});
    fl_auto(n);
    assert_int_equal((*fl_get(n))[2], 3);
    fl_arc(fl_arc(tracked)) nested = fl_arc_new(fl_arc(tracked), fl_arc_new(tracked, tracked_of("inner")));
    fl_drop(nested);
    assert_int_equal(tracked_drops, 2);
}

static void weak_handles(void **state)
{
    (void)state;
    fl_arc(tracked) a = fl_arc_new(tracked, tracked_of("value"));
    fl_weak(tracked) w = fl_downgrade(a), v = fl_clone(w);
    assert_int_equal(fl_weak_count(a), 2);
    fl_arc(tracked) b = fl_upgrade(w);
    assert_int_equal(fl_strong_count(a), 2);
    fl_drop(a);
    fl_drop(b);
    assert_int_equal(tracked_drops, 1);
    b = fl_upgrade(w);
    assert_null(b);
    fl_drop(w);
    fl_drop(v);
}

static void get_mut(void **state)
{
    (void)state;
    fl_arc(int) a = fl_arc_new(int, 1);
    fl_auto(a);
    *fl_get_mut(a) = 2;
    assert_int_equal(*fl_get(a), 2);
    fl_arc(int) b = fl_clone(a);
    assert_null(fl_get_mut(a));
    fl_drop(b);
    fl_weak(int) w = fl_downgrade(a);
    assert_null(fl_get_mut(a));
    fl_drop(w);
    assert_non_null(fl_get_mut(a));
}

static void make_mut(void **state)
{
    (void)state;
    fl_arc(tracked) a = fl_arc_new(tracked, tracked_of("one"));
    fl_auto(a);
    tracked *before = fl_get(a);
    assert_ptr_equal(fl_make_mut(&a, tracked_copy), before);
    fl_arc(tracked) b = fl_clone(a);
    fl_auto(b);
    fl_make_mut(&a, tracked_copy)->name[0] = 'O';
    assert_string_equal(fl_get(a)->name, "One");
    assert_string_equal(fl_get(b)->name, "one");
    fl_weak(tracked) w = fl_downgrade(a);
    fl_auto(w);
    fl_make_mut(&a, tracked_copy)->name[1] = 'N'; /* cuts the weak one off, does not copy */
    assert_int_equal(tracked_alive, 2);
    fl_arc(tracked) gone = fl_upgrade(w);
    assert_null(gone);
    assert_string_equal(fl_get(a)->name, "ONe");
}

static void the_value_back(void **state)
{
    (void)state;
    tracked out = {NULL};
    fl_arc(tracked) a = fl_arc_new(tracked, tracked_of("v")), b = fl_clone(a);
    assert_false(fl_try_unwrap(&a, &out));
    assert_non_null(a);
    assert_false(fl_into_inner(&a, &out));
    assert_null(a);
    assert_null(out.name);
    fl_weak(tracked) w = fl_downgrade(b);
    assert_true(fl_try_unwrap(&b, &out));
    assert_null(b);
    a = fl_upgrade(w);
    assert_null(a);
    fl_drop(w);
    assert_string_equal(out.name, "v");
    a = fl_arc_new(tracked, fl_move(out));
    assert_true(fl_into_inner(&a, &out));
    assert_int_equal(tracked_drops, 0);
    fl_drop(out);
}

static struct node make_node(fl_weak(struct node) self, void *env)
{
    fl_arc(struct node) early = fl_upgrade(self);
    assert_null(early);
    return (struct node){*(int *)env, fl_clone(self), NULL};
}
static void cyclic(void **state)
{
    int key = 5;
    (void)state;
    fl_arc(struct node) n = fl_arc_new_cyclic(struct node, make_node, &key);
    assert_int_equal(fl_strong_count(n), 1);
    assert_int_equal(fl_weak_count(n), 1);
    fl_arc(struct node) again = fl_upgrade(fl_get(n)->self);
    assert_int_equal(fl_get(again)->key, 5);
    fl_drop(n);
    fl_drop(again);
}

struct leaf {
    int key;
    fl_rc_weak(struct leaf) self;
};
FL_DROP_FIELDS(struct leaf, leaf_drop, self)
#define FL_OWNED struct leaf, leaf_drop
#include <fearless/owned.h>
static struct leaf make_leaf(fl_rc_weak(struct leaf) self, void *env)
{
    fl_rc(struct leaf) early = fl_upgrade(self);
    assert_null(early);
    assert_int_equal(fl_strong_count(self), 0);
    return (struct leaf){*(int *)env, fl_clone(self)};
}
static struct leaf panics_in_place_of_a_leaf(fl_rc_weak(struct leaf) self, void *env)
{
    (void)self, (void)env;
    fl_panic("no leaf");
}
static void make_no_leaf(void *env)
{
    fl_rc(struct leaf) n = fl_rc_new_cyclic(struct leaf, panics_in_place_of_a_leaf, env);
    fl_drop(n);
}
static void cyclic_rc(void **state)
{
    int key = 5;
    (void)state;
    fl_rc(struct leaf) n = fl_rc_new_cyclic(struct leaf, make_leaf, &key);
    assert_int_equal(fl_strong_count(n), 1);
    assert_int_equal(fl_weak_count(n), 1);
    fl_rc(struct leaf) again = fl_upgrade(fl_get(n)->self);
    assert_int_equal(fl_get(again)->key, 5);
    fl_drop(n);
    fl_drop(again);
    fl_set_panic_hook(quiet);
    assert_int_equal(fl_catch(make_no_leaf, NULL), FL_PANICKED); /* and nothing leaks */
    fl_set_panic_hook(NULL);
}

static void counts_of_weak_handles(void **state)
{
    (void)state;
    fl_arc(int) a = fl_arc_new(int, 1), b = fl_clone(a);
    fl_weak(int) w = fl_downgrade(a), v = fl_clone(w);
    assert_int_equal(fl_strong_count(w), 2);
    assert_int_equal(fl_weak_count(w), 2);
    fl_drop(a);
    fl_drop(b);
    assert_int_equal(fl_strong_count(w), 0);
    assert_int_equal(fl_weak_count(w), 0);
    assert_true(fl_ptr_eq(w, v));
    fl_drop(w);
    fl_drop(v);
    assert_int_equal(fl_strong_count(w), 0);
    fl_rc(int) r = fl_rc_new(int, 1);
    fl_rc_weak(int) x = fl_downgrade(r);
    assert_int_equal(fl_strong_count(x), 1);
    assert_int_equal(fl_weak_count(x), 1);
    fl_drop(r);
    assert_int_equal(fl_strong_count(x), 0);
    assert_int_equal(fl_weak_count(x), 0);
    fl_drop(x);
}

typedef struct {
    char bytes[1 << 20];
} mebibyte;
typedef struct {
    char none[0];
} nothing;
static void sizes(void **state)
{
    (void)state;
    fl_arc(mebibyte) a = fl_arc_new(mebibyte, {{1, 2}}), b = fl_clone(a);
    assert_int_equal(fl_get(b)->bytes[1], 2);
    assert_int_equal(fl_get(b)->bytes[(1 << 20) - 1], 0);
    fl_drop(a);
    fl_drop(b);
    fl_arc(nothing) n = fl_arc_new(nothing, {{}}), m = fl_clone(n);
    assert_true(fl_ptr_eq(n, m));
    fl_drop(m);
    nothing out;
    assert_true(fl_try_unwrap(&n, &out));
    fl_box(nothing) x = fl_box_new(nothing, {{}});
    assert_non_null(x);
    fl_drop(x);
}

/* A long list: its drop calls itself once for each node, so it is taken apart first. */
static void a_million_boxes(void **state)
{
    (void)state;
    fl_box(struct node) list = NULL;
    for (int i = 0; i < 1000000; i++)
        list = fl_box_new(struct node, {i, NULL, fl_move(list)});
    int n = 0;
    while (list) {
        fl_box(struct node) rest = fl_move(fl_get(list)->next);
        fl_drop(list);
        list = fl_move(rest);
        n++;
    }
    assert_int_equal(n, 1000000);
}

static void rc_does_the_same(void **state)
{
    (void)state;
    fl_rc(tracked) a = fl_rc_new(tracked, tracked_of("rc")), b = fl_clone(a);
    assert_int_equal(fl_strong_count(a), 2);
    fl_rc_weak(tracked) w = fl_downgrade(a), v = fl_clone(w);
    assert_int_equal(fl_weak_count(b), 2);
    tracked out = {NULL};
    assert_false(fl_try_unwrap(&a, &out));
    assert_null(fl_get_mut(a));
    fl_make_mut(&a, tracked_copy)->name[0] = 'R';
    assert_string_equal(fl_get(b)->name, "rc");
    fl_rc(tracked) up = fl_upgrade(w);
    assert_true(fl_ptr_eq(up, b));
    fl_drop(up);
    fl_make_mut(&b, tracked_copy)->name[1] = 'C'; /* moved away from the weak ones */
    up = fl_upgrade(w);
    assert_null(up);
    fl_drop(w);
    fl_drop(v);
    assert_true(fl_try_unwrap(&a, &out));
    fl_drop(out);
    assert_true(fl_into_inner(&b, &out));
    assert_string_equal(out.name, "rC");
    fl_drop(out);
}

static void boxes(void **state)
{
    (void)state;
    fl_box(struct node) list = NULL;
    fl_auto(list);
    for (int i = 0; i < 5; i++)
        list = fl_box_new(struct node, {i, NULL, fl_move(list)});
    int sum = 0;
    for (struct node *n = fl_get(list); n; n = fl_get(n->next))
        sum += n->key;
    assert_int_equal(sum, 10);
    fl_box(tracked) b = fl_box_new(tracked, tracked_of("b")), c = fl_move(b);
    assert_null(fl_get(b));
    fl_drop(b);
    fl_drop(c);
    assert_int_equal(tracked_drops, 1);
}

typedef struct {
    int *p;
} bomb;
static void bomb_drop(bomb *b)
{
    if (b->p)
        fl_panic("a drop that panics");
}
#define FL_OWNED bomb, bomb_drop
#include <fearless/owned.h>
static void drop_bombs(void *kind)
{
    static int n;
    if (*(int *)kind == 0) {
        fl_arc(bomb) a = fl_arc_new(bomb, {&n});
        fl_drop(a);
    } else if (*(int *)kind == 1) {
        fl_rc(bomb) a = fl_rc_new(bomb, {&n});
        fl_auto(a);
    } else {
        fl_box(bomb) a = fl_box_new(bomb, {&n});
        fl_auto(a);
    }
}
/* The memory is freed all the same: a matter for the leak checkers. */
static void a_drop_that_panics(void **state)
{
    (void)state;
    fl_set_panic_hook(quiet);
    for (int kind = 0; kind < 3; kind++)
        assert_int_equal(fl_catch(drop_bombs, &kind), FL_PANICKED);
    fl_set_panic_hook(NULL);
}

FL_THREAD_FN(void, count, fl_arc(counter), c, int, times)
{
    fl_auto(c);
    for (int i = 0; i < times; i++)
        fl_with (n, fl_get(c))
            *n += 1;
}
static void shared_by_threads(void **state)
{
    (void)state;
    fl_arc(counter) c = fl_arc_new(counter, FL_MUTEX(0));
    fl_auto(c);
    fl_join_handle(void) threads[10];
    for (int i = 0; i < 10; i++)
        threads[i] = fl_spawn(count, fl_clone(c), 100);
    for (int i = 0; i < 10; i++)
        fl_unwrap(fl_join(threads[i]));
    fl_with (n, fl_get(c))
        assert_int_equal(*n, 1000);
    assert_int_equal(fl_strong_count(c), 1);
}

/* The strong count is the first word of the four before the value. */
static void clone_too_often(int kind)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    signal(SIGABRT, SIG_DFL);
    close(2);
    if (kind == 0) {
        fl_arc(int) a = fl_arc_new(int, 1);
        ((size_t *)fl_get(a))[-4] = SIZE_MAX / 2 + 1;
        a = fl_clone(a);
    } else if (kind == 1) {
        fl_rc(int) a = fl_rc_new(int, 1);
        ((size_t *)fl_get(a))[-4] = SIZE_MAX;
        a = fl_clone(a);
    } else {
        /* the weak count is the second word */
        fl_arc(int) a = fl_arc_new(int, 1);
        fl_weak(int) w = fl_downgrade(a);
        ((size_t *)fl_get(a))[kind == 4 ? -4 : -3] = SIZE_MAX / 2 + 1;
        if (kind == 2)
            w = fl_clone(w);
        else if (kind == 3)
            w = fl_downgrade(a);
        else
            a = fl_upgrade(w);
    }
}
static void a_count_that_overflows_aborts(void **state)
{
    (void)state;
    for (int kind = 0; kind < 5; kind++) {
        pid_t pid = fork();
        if (pid == 0) {
            clone_too_often(kind);
            _exit(0);
        }
        int status = 0;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tracked_test(the_last_one_drops),
        tracked_test(values_of_all_kinds),
        tracked_test(weak_handles),
        tracked_test(get_mut),
        tracked_test(make_mut),
        tracked_test(the_value_back),
        tracked_test(cyclic),
        tracked_test(cyclic_rc),
        tracked_test(counts_of_weak_handles),
        tracked_test(sizes),
        tracked_test(a_million_boxes),
        tracked_test(rc_does_the_same),
        tracked_test(boxes),
        tracked_test(a_drop_that_panics),
        tracked_test(shared_by_threads),
        tracked_test(a_count_that_overflows_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
