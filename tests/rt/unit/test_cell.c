/* fl_cell: what goes in, what comes out, who drops. */
#include "panics.h"
#include "tracked.h"

typedef struct {
    int x, y;
} point;
typedef fl_cell(int) tally;
typedef fl_cell(tracked) holder;
typedef int three[3];

static tally at_file_scope = FL_CELL(7);
static tally all_zero;

struct parser {
    const char *text;
    tally errors;
};
static void complain(const struct parser *p)
{
    fl_cell_set(&p->errors, fl_cell_get(&p->errors) + 1);
}

static void plain_values(void **state)
{
    (void)state;
    assert_int_equal(sizeof(tally), sizeof(int));
    assert_int_equal(fl_cell_get(&at_file_scope), 7);
    assert_int_equal(fl_cell_get(&all_zero), 0);
    struct parser p = {"text", FL_CELL(0)};
    complain(&p);
    complain(&p);
    assert_int_equal(fl_cell_get(&p.errors), 2);
    assert_int_equal(fl_cell_replace(&p.errors, 9), 2);
    assert_int_equal(fl_cell_take(&p.errors), 9);
    assert_int_equal(fl_cell_get(&p.errors), 0);
}

static void values_in_braces(void **state)
{
    (void)state;
    fl_cell(point) c = FL_CELL({1, 2});
    fl_cell_set(&c, {3, 4});
    /* computed from the cell itself */
    fl_cell_set(&c, {fl_cell_get(&c).y, fl_cell_get(&c).x});
    assert_int_equal(fl_cell_get(&c).x, 4);
    assert_int_equal(fl_cell_get(&c).y, 3);
    const point old = fl_cell_replace(&c, {fl_cell_get(&c).x + 1, 0});
    assert_int_equal(old.x, 4);
    assert_int_equal(fl_cell_get(&c).x, 5);
    fl_cell(three) t = FL_CELL({1, 2, 3});
    fl_cell_set(&t, {4, 5, 6});
    assert_int_equal((*fl_data_mut(&t))[2], 6);
}

static void each_argument_once(void **state)
{
    (void)state;
    tally cells[4] = {FL_CELL(1), FL_CELL(2), FL_CELL(3), FL_CELL(4)};
    tally *at = cells;
    int n = 10;
    fl_cell_set(at++, n++);
    assert_int_equal(fl_cell_replace(at++, n++), 2);
    assert_int_equal(fl_cell_take(at++), 3);
    assert_int_equal(fl_cell_get(at++), 4);
    assert_ptr_equal(at, cells + 4);
    assert_int_equal(n, 12);
    int out = 0;
    at = cells;
    fl_unwrap(fl_into_data(at++, &out));
    assert_ptr_equal(at, cells + 1);
    assert_int_equal(out, 10);
    assert_int_equal(fl_cell_get(&cells[0]), 0);
}

static void owned_values(void **state)
{
    (void)state;
    holder c = FL_CELL({NULL});
    fl_cell_set(&c, tracked_of("one"));
    assert_int_equal(tracked_alive, 1);
    fl_cell_set(&c, tracked_of("two"));
    assert_string_equal(tracked_last, "one");
    tracked old = fl_cell_replace(&c, tracked_of("three"));
    assert_string_equal(old.name, "two");
    assert_int_equal(tracked_drops, 1);
    fl_drop(old);
    tracked taken = fl_cell_take(&c);
    assert_string_equal(taken.name, "three");
    fl_cell_set(&c, fl_move(taken)); /* of an empty cell: nothing to drop */
    assert_int_equal(tracked_drops, 2);
    fl_drop(c);
    assert_string_equal(tracked_last, "three");
    tracked none = fl_cell_take(&c);
    assert_null(none.name);
}

static void dropped_with_what_holds_it(void **state)
{
    (void)state;
    {
        holder c = FL_CELL(tracked_of("auto"));
        fl_auto(c);
    }
    assert_string_equal(tracked_last, "auto");
    fl_rc(holder) r = fl_rc_new(holder, FL_CELL(tracked_of("rc")));
    fl_rc(holder) s = fl_clone(r);
    fl_cell_set(fl_get(r), tracked_of("changed"));
    assert_string_equal(fl_data_mut(fl_get(s))->name, "changed");
    fl_drop(r);
    fl_drop(s);
    assert_string_equal(tracked_last, "changed");
    assert_int_equal(tracked_drops, 3);
    holder c = FL_CELL(tracked_of("out")), d;
    d = fl_move(c);
    tracked out;
    fl_unwrap(fl_into_data(&d, &out));
    assert_string_equal(out.name, "out");
    fl_drop(d);
    fl_drop(c);
    assert_int_equal(tracked_drops, 3);
    fl_drop(out);
}

/* The empty value is not all zero. */
typedef struct {
    int fd;
} file;
static int closed;
static void file_drop(file *f)
{
    if (f->fd != -1)
        closed = f->fd;
}
#define FL_OWNED file, file_drop, ((file){-1})
#include <fearless/owned.h>

static void another_empty_value(void **state)
{
    (void)state;
    fl_cell(file) c = FL_CELL({3});
    file f = fl_cell_take(&c);
    assert_int_equal(f.fd, 3);
    assert_int_equal(fl_data_mut(&c)->fd, -1);
    fl_cell_set(&c, {4});
    fl_unwrap(fl_into_data(&c, &f));
    assert_int_equal(f.fd, 4);
    assert_int_equal(fl_data_mut(&c)->fd, -1);
    fl_cell_set(&c, {5});
    fl_drop(c);
    assert_int_equal(closed, 5);
    assert_int_equal(fl_data_mut(&c)->fd, -1);
}

/* A drop that looks at the cell that it was in, and puts something there. */
typedef struct {
    int left;
} again;
static void again_drop(again *a);
#define FL_OWNED again, again_drop
#include <fearless/owned.h>
static fl_cell(again) again_cell;
static int again_seen;
static void again_drop(again *a)
{
    if (a->left == 0)
        return;
    again_seen = again_seen * 10 + fl_data_mut(&again_cell)->left;
    fl_cell_set(&again_cell, {a->left - 1});
}
static void a_drop_that_uses_the_cell(void **state)
{
    (void)state;
    fl_cell_set(&again_cell, {3});
    fl_cell_set(&again_cell, {9}); /* drops 3, which sees 9 and sets 2; that drops 9, which sees 2 and sets 8 ... */
    assert_int_equal(again_seen, 928170);
    assert_int_equal(fl_data_mut(&again_cell)->left, 6);
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
static fl_cell(bomb) bomb_cell;
static void set_over_a_bomb(void *env)
{
    fl_cell_set(&bomb_cell, {env});
    fl_cell_set(&bomb_cell, {NULL});
}
static int panics_as_a_value(void)
{
    fl_panic("no value");
}
static void set_to_a_panic(void *env)
{
    (void)env;
    fl_cell_set(&at_file_scope, panics_as_a_value());
}
static void panics_leave_a_sound_cell(void **state)
{
    int n;
    (void)state;
    fl_set_panic_hook(quiet);
    assert_int_equal(fl_catch(set_over_a_bomb, &n), FL_PANICKED);
    assert_null(fl_data_mut(&bomb_cell)->p); /* the new value is in */
    assert_int_equal(fl_catch(set_to_a_panic, NULL), FL_PANICKED);
    assert_int_equal(fl_cell_get(&at_file_scope), 7);
    fl_set_panic_hook(NULL);
}

FL_THREAD_FN(int, count_in, tally, c)
{
    for (int i = 0; i < 10; i++)
        fl_cell_set(&c, fl_cell_get(&c) + 1);
    return fl_cell_get(&c);
}
static void moved_to_a_thread(void **state)
{
    (void)state;
    tally c = FL_CELL(5);
    fl_join_handle(int) h = fl_spawn(count_in, fl_move(c));
    assert_int_equal(fl_joined(h), 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tracked_test(plain_values),
        tracked_test(values_in_braces),
        tracked_test(each_argument_once),
        tracked_test(owned_values),
        tracked_test(dropped_with_what_holds_it),
        tracked_test(another_empty_value),
        tracked_test(a_drop_that_uses_the_cell),
        tracked_test(panics_leave_a_sound_cell),
        tracked_test(moved_to_a_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
