/* Moving, dropping, the end of a scope: on owned values, handles, cells, arrays of them. */
#include "panics.h"
#include "tracked.h"

typedef struct {
    int fd;
} file;
static int closed[4], closes;
static void file_drop(file *f)
{
    if (f->fd >= 0)
        closed[closes++ % 4] = f->fd;
}
#define FL_OWNED file, file_drop, ((file){-1})
#include <fearless/owned.h>

struct event {
    tracked what;
    int count;
    fl_box(tracked) more;
    file log;
    tracked pair[2];
};
FL_DROP_FIELDS(struct event, event_drop, what, more, log, pair)
#define FL_OWNED struct event, event_drop, ((struct event){.log = {-1}})
#include <fearless/owned.h>

/* more than ten: the second digit of the count */
#define OWNED_INT(n)                                                                               \
    typedef struct {                                                                               \
        int *counter;                                                                              \
    } many_##n;                                                                                    \
    static void many_##n##_drop(many_##n *m)                                                       \
    {                                                                                              \
        if (m->counter)                                                                            \
            *m->counter += n;                                                                      \
    }
OWNED_INT(1) OWNED_INT(2) OWNED_INT(3) OWNED_INT(4) OWNED_INT(5)
OWNED_INT(6) OWNED_INT(7) OWNED_INT(8) OWNED_INT(9) OWNED_INT(10)
#define FL_OWNED many_1, many_1_drop
#include <fearless/owned.h>
#define FL_OWNED many_2, many_2_drop
#include <fearless/owned.h>
#define FL_OWNED many_3, many_3_drop
#include <fearless/owned.h>
#define FL_OWNED many_4, many_4_drop
#include <fearless/owned.h>
#define FL_OWNED many_5, many_5_drop
#include <fearless/owned.h>
#define FL_OWNED many_6, many_6_drop
#include <fearless/owned.h>
#define FL_OWNED many_7, many_7_drop
#include <fearless/owned.h>
#define FL_OWNED many_8, many_8_drop
#include <fearless/owned.h>
#define FL_OWNED many_9, many_9_drop
#include <fearless/owned.h>
#define FL_OWNED many_10, many_10_drop
#include <fearless/owned.h>

typedef fl_mutex(tracked) tracked_cell;
typedef fl_mutex(int) int_cell;

static void each_of_many_types_has_its_own_drop(void **state)
{
    int sum = 0;
    (void)state;
    many_1 a = {&sum};
    many_7 b = {&sum};
    many_8 c = {&sum};
    many_10 d = {&sum};
    fl_drop(a);
    assert_int_equal(sum, 1);
    fl_drop(b);
    assert_int_equal(sum, 8);
    fl_drop(c);
    assert_int_equal(sum, 16);
    fl_drop(d);
    assert_int_equal(sum, 26);
    fl_drop(d); /* empty: adds nothing */
    assert_int_equal(sum, 26);
}

static void a_move_leaves_an_empty_value(void **state)
{
    (void)state;
    tracked t = tracked_of("t");
    fl_auto(t);
    tracked u = fl_move(t);
    fl_auto(u);
    assert_null(t.name);
    assert_string_equal(u.name, "t");
    fl_drop(t);
    assert_int_equal(tracked_drops, 0);
    int n = 7;
    assert_int_equal(fl_move(n), 7);
    assert_int_equal(n, 0);
}

static void a_drop_happens_once(void **state)
{
    (void)state;
    tracked t = tracked_of("t");
    fl_drop(t);
    fl_drop(t);
    assert_int_equal(tracked_drops, 1);
    assert_null(t.name);
}

static void the_empty_value_may_be_another(void **state)
{
    (void)state;
    closes = 0;
    {
        file f = {3};
        fl_auto(f);
        file g = fl_move(f);
        assert_int_equal(f.fd, -1);
        fl_drop(g);
        assert_int_equal(g.fd, -1);
        file h = {5};
        fl_forget(h);
        assert_int_equal(h.fd, -1);
        file a[2] = {{6}, {7}};
        fl_drop(a);
        assert_int_equal(a[0].fd, -1);
        assert_int_equal(a[1].fd, -1);
    }
    assert_int_equal(closes, 3);
    assert_int_equal(closed[0], 3);
    assert_int_equal(closed[1], 6);
    assert_int_equal(closed[2], 7);
}

static int leave(int how)
{
    for (int i = 0; i < 3; i++) {
        tracked t = tracked_of("loop");
        fl_auto(t);
        if (i == 1 && how == 0)
            return 1;
        if (i == 1 && how == 1)
            break;
        if (i == 1 && how == 2)
            goto out;
        if (how == 3)
            continue;
    }
    return 2;
out:
    return 3;
}

static void auto_runs_on_every_way_out(void **state)
{
    static const int drops[] = {2, 2, 2, 3}, results[] = {1, 2, 3, 2};
    (void)state;
    for (int how = 0; how < 4; how++) {
        tracked_drops = 0;
        assert_int_equal(leave(how), results[how]);
        assert_int_equal(tracked_drops, drops[how]);
        assert_int_equal(tracked_alive, 0);
    }
}

static size_t lent_or_kept(tracked t)
{
    fl_auto(t);
    return strlen(t.name);
}

static void a_parameter_is_dropped_by_its_function(void **state)
{
    (void)state;
    tracked t = tracked_of("four");
    assert_int_equal(lent_or_kept(fl_move(t)), 4);
    assert_int_equal(tracked_drops, 1);
}

static void autos_run_in_reverse_order(void **state)
{
    (void)state;
    {
        tracked a = tracked_of("a"), b = tracked_of("b");
        fl_auto(a);
        fl_auto(b);
    }
    assert_string_equal(tracked_last, "a");
}

static void every_element_of_an_array(void **state)
{
    (void)state;
    {
        tracked a[3] = {tracked_of("0"), {NULL}, tracked_of("2")};
        fl_auto(a);
        fl_box(tracked) boxes[2] = {fl_box_new(tracked, tracked_of("3")), NULL};
        fl_auto(boxes);
        size_t n = 2;
        tracked variable[n];
        memset(variable, 0, sizeof variable);
        fl_auto(variable);
        variable[1] = tracked_of("v");
        fl_drop(a);
        assert_int_equal(tracked_drops, 2);
        a[1] = tracked_of("again");
    }
    assert_int_equal(tracked_drops, 5);
}

static void a_struct_drops_its_fields_in_order(void **state)
{
    (void)state;
    closes = 0;
    {
        struct event e = {tracked_of("w"), 1, fl_box_new(tracked, tracked_of("m")), {9}, {tracked_of("p"), tracked_of("q")}};
        fl_auto(e);
        struct event f = fl_move(e);
        assert_null(e.more);
        fl_auto(f);
    }
    assert_int_equal(tracked_drops, 4);
    assert_string_equal(tracked_last, "q");
    assert_int_equal(closes, 1);
}

static void the_value_in_a_cell(void **state)
{
    (void)state;
    {
        tracked_cell c = FL_MUTEX({strdup("celled")});
        tracked_alive++;
        fl_auto(c);
        int_cell plain = FL_MUTEX(3);
        fl_auto(plain);
        fl_box(tracked_cell) b = fl_box_new(tracked_cell, fl_move(c));
        fl_auto(b);
        { fl_guard(t, fl_get(b)); assert_string_equal(t->name, "celled"); }
        fl_drop(plain);
    }
    assert_int_equal(tracked_drops, 1);
}

static void replace_and_swap(void **state)
{
    (void)state;
    tracked a = tracked_of("a"), b = tracked_of("b");
    fl_auto(a);
    fl_auto(b);
    tracked old = fl_replace(&a, tracked_of("new"));
    assert_string_equal(old.name, "a");
    assert_string_equal(a.name, "new");
    fl_drop(old);
    fl_swap(&a, &b);
    assert_string_equal(a.name, "b");
    assert_string_equal(b.name, "new");
    int n = 1;
    assert_int_equal(fl_replace(&n, 5), 1);
    struct { int x, y; } p = {1, 2};
    assert_int_equal(fl_replace(&p, {3, 4}).y, 2);
    assert_int_equal(p.x, 3);
    assert_int_equal(tracked_drops, 1);
}

static void forget_drops_nothing(void **state)
{
    (void)state;
    tracked t = tracked_of("t");
    char *name = t.name;
    fl_forget(t);
    assert_null(t.name);
    fl_drop(t);
    assert_int_equal(tracked_drops, 0);
    tracked again = {name};
    fl_drop(again);
}

typedef struct {
    int *drops;
} bomb;
static void bomb_drop(bomb *b)
{
    if (b->drops && ++*b->drops)
        fl_panic("boom");
}
#define FL_OWNED bomb, bomb_drop
#include <fearless/owned.h>

static void drop_while_auto_waits(void *drops)
{
    bomb b = {drops};
    fl_auto(b);
    fl_drop(b);
}

/* The panic ends the fl_auto, too, and finds nothing left to drop. */
static void a_drop_that_panics_is_not_repeated(void **state)
{
    int drops = 0;
    (void)state;
    assert_panics(drop_while_auto_waits, &drops, "boom");
    assert_int_equal(drops, 1);
}

static void arguments_are_evaluated_once(void **state)
{
    (void)state;
    tracked a[3] = {tracked_of("0"), tracked_of("1"), tracked_of("2")};
    fl_auto(a);
    int i = 0;
    tracked first = fl_move(a[i++]);
    fl_drop(first);
    fl_drop(a[i++]);
    fl_drop(*(a + i++));
    assert_int_equal(i, 3);
    assert_int_equal(tracked_drops, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tracked_test(each_of_many_types_has_its_own_drop),
        tracked_test(a_move_leaves_an_empty_value),
        tracked_test(a_drop_happens_once),
        tracked_test(the_empty_value_may_be_another),
        tracked_test(auto_runs_on_every_way_out),
        tracked_test(a_parameter_is_dropped_by_its_function),
        tracked_test(autos_run_in_reverse_order),
        tracked_test(every_element_of_an_array),
        tracked_test(a_struct_drops_its_fields_in_order),
        tracked_test(the_value_in_a_cell),
        tracked_test(replace_and_swap),
        tracked_test(forget_drops_nothing),
        cmocka_unit_test(a_drop_that_panics_is_not_repeated),
        tracked_test(arguments_are_evaluated_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
