/* fl_refcell: many readers or one writer, what a conflict says, and what ends a borrow. */
#undef NDEBUG /* the places are kept in debug builds only */
#include "panics.h"
#include "tracked.h"

#include <stdio.h>

typedef fl_refcell(int) cell;
typedef fl_refcell(tracked) holder;
typedef int three[3];
/* A cell is a volatile struct: a void * to it is made by way of an integer. */
#define env_of(c) ((void *)(uintptr_t)(c))

static cell at_file_scope = FL_REFCELL(7);
static cell all_zero;

/* The message of a panic that fn ends with. */
static const char *message_of(void (*fn)(void *env), void *env)
{
    assert_int_equal(fl_catch(fn, env), FL_PANICKED);
    return fl_panic_message();
}
static int hush(void **state)
{
    fl_set_panic_hook(quiet);
    return tracked_begin(state);
}
static int speak(void **state)
{
    fl_set_panic_hook(NULL);
    return tracked_end(state);
}

static void readers_and_then_a_writer(void **state)
{
    (void)state;
    {
        fl_borrow(a, &at_file_scope);
        fl_borrow(b, &at_file_scope);
        assert_int_equal(*a + *b, 14);
        assert_ptr_equal(a, b);
        assert_true(_Generic(a, const int *: 1, default: 0));
    }
    {
        fl_borrow_mut(w, &at_file_scope);
        assert_true(_Generic(w, const int *: 0, int *: 1));
        *w = 8;
    }
    fl_borrow_mut(w, &all_zero);
    assert_int_equal(*w, 0);
    fl_borrow(a, &at_file_scope);
    assert_int_equal(*a, 8);
}

/* Every state (free, 1 reader, 2 readers, writer) with every operation. */
static bool can_read(cell *c)
{
    fl_try_borrow(r, c);
    return r != NULL;
}
static bool can_write(cell *c)
{
    fl_try_borrow_mut(w, c);
    return w != NULL;
}
static void read_it(void *c)
{
    fl_borrow(r, (cell *)c);
}
static void write_it(void *c)
{
    fl_borrow_mut(w, (cell *)c);
}
static void end_it(void *c)
{
    int out;
    fl_ignore(fl_into_data((cell *)c, &out));
}
static void each_state(void **state)
{
    cell c = FL_REFCELL(1);
    (void)state;
    assert_true(can_read(&c) && can_write(&c));
    {
        fl_borrow(one, &c);
        assert_true(can_read(&c));
        assert_false(can_write(&c));
        assert_non_null(strstr(message_of(write_it, env_of(&c)), "it must not change"));
        assert_non_null(strstr(message_of(end_it, env_of(&c)), "borrowed"));
        {
            fl_try_borrow(two, &c);
            assert_ptr_equal(one, two);
            assert_true(can_read(&c));
            assert_false(can_write(&c));
        }
        assert_false(can_write(&c)); /* one reader is left */
    }
    assert_true(can_write(&c));
    {
        fl_try_borrow_mut(w, &c);
        *w = 2;
        assert_false(can_read(&c) || can_write(&c));
        assert_non_null(strstr(message_of(read_it, env_of(&c)), "so nobody else may read it"));
        assert_non_null(strstr(message_of(write_it, env_of(&c)), "so nobody else may change it"));
        assert_non_null(strstr(message_of(end_it, env_of(&c)), "borrowed"));
        assert_int_equal(*w, 2);
    }
    assert_true(can_read(&c) && can_write(&c));
    assert_int_equal(*fl_data_mut(&c), 2);
}

static void ended_early(void **state)
{
    cell c = FL_REFCELL(1);
    (void)state;
    fl_borrow(r, &c);
    fl_borrow(s, &c);
    fl_unlock(r);
    assert_false(can_write(&c));
    fl_unlock(s);
    assert_true(can_write(&c));
    fl_borrow_mut(w, &c);
    fl_unlock(w);
    assert_true(can_write(&c));
    fl_try_borrow(t, &c);
    assert_non_null(t);
    fl_unlock(t);
    assert_true(can_write(&c));
}
static void end_twice(void *c)
{
    fl_borrow(r, (cell *)c);
    fl_unlock(r);
    fl_unlock(r);
}
static void end_nothing(void *c)
{
    fl_borrow(r, (cell *)c);
    fl_try_borrow_mut(w, (cell *)c);
    assert_null(w);
    fl_unlock(w);
}
static void ended_wrongly(void **state)
{
    cell c = FL_REFCELL(1);
    (void)state;
    assert_non_null(strstr(message_of(end_twice, env_of(&c)), "borrows nothing"));
    assert_non_null(strstr(message_of(end_nothing, env_of(&c)), "borrows nothing"));
    assert_true(can_write(&c));
}

/* Both places: the panic's own, and the one in the message. */
static char told_file[256];
static int told_line;
static void keep_place(const struct fl_panic_info *info)
{
    snprintf(told_file, sizeof told_file, "%s", info->file);
    told_line = info->line;
}
static int first_line;
static void conflict(void *c)
{
    /* clang-format off */
    first_line = __LINE__; fl_borrow(r, (cell *)c);
    /* clang-format on */
    fl_borrow(s, (cell *)c);
    fl_unlock(s);
    fl_borrow_mut(w, (cell *)c);
}
static void both_places(void **state)
{
    cell c = FL_REFCELL(1);
    char expected[512];
    (void)state;
    fl_set_panic_hook(keep_place);
    const char *message = message_of(conflict, env_of(&c));
    snprintf(expected, sizeof expected, "borrowed at %s:%d, so", __FILE__, first_line);
    assert_non_null(strstr(message, expected));
    assert_string_equal(told_file, __FILE__);
    assert_int_equal(told_line, first_line + 4);
    /* not the place of a borrow that is over, when a file that does not keep places has borrowed since */
    c.fl_raw.fl_count = 1;
    assert_non_null(strstr(message_of(write_it, env_of(&c)), "is borrowed, so"));
    c.fl_raw.fl_count = 0;
}

static void panic_with_borrows(void *c)
{
    fl_borrow(r, (cell *)c);
    fl_try_borrow(s, (cell *)c);
    assert_ptr_equal(r, s);
    fl_panic("in the middle");
}
static void panic_while_writing(void *c)
{
    fl_borrow_mut(w, (cell *)c);
    *w = 5;
    fl_panic("in the middle");
}
static void a_panic_ends_borrows(void **state)
{
    cell c = FL_REFCELL(1);
    (void)state;
    assert_int_equal(fl_catch(panic_with_borrows, env_of(&c)), FL_PANICKED);
    assert_true(can_write(&c));
    assert_int_equal(fl_catch(panic_while_writing, env_of(&c)), FL_PANICKED);
    assert_true(can_write(&c)); /* and nothing is poisoned */
    assert_int_equal(*fl_data_mut(&c), 5);
}

static int left_by(cell *c, int how)
{
    for (int i = 0; i < 3; i++) {
        fl_borrow_mut(w, c);
        *w += 1;
        if (how == 0)
            break;
        if (how == 1)
            continue;
        if (how == 2)
            return *w;
        goto out;
    }
out:
    return 0;
}
static void every_way_out(void **state)
{
    cell c = FL_REFCELL(0);
    (void)state;
    for (int how = 0; how < 4; how++) {
        (void)left_by(&c, how);
        assert_true(can_write(&c));
    }
    assert_int_equal(*fl_data_mut(&c), 6);
}

/* As many readers as there can be. */
static void too_many_readers(void **state)
{
    cell c = FL_REFCELL(1);
    (void)state;
    c.fl_raw.fl_count = INT32_MAX - 1;
    {
        fl_borrow(last, &c);
        assert_int_equal(c.fl_raw.fl_count, INT32_MAX);
        assert_false(can_read(&c));
        assert_non_null(strstr(message_of(read_it, env_of(&c)), "as many readers"));
        assert_int_equal(c.fl_raw.fl_count, INT32_MAX);
    }
    assert_int_equal(c.fl_raw.fl_count, INT32_MAX - 1);
    c.fl_raw.fl_count = 0;
}

static void owned_values(void **state)
{
    (void)state;
    {
        holder c = FL_REFCELL(tracked_of("one"));
        fl_auto(c);
        fl_borrow_mut(w, &c);
        tracked old = fl_replace(w, tracked_of("two"));
        fl_drop(old);
        assert_string_equal(tracked_last, "one");
    }
    assert_string_equal(tracked_last, "two");
    fl_rc(holder) r = fl_rc_new(holder, FL_REFCELL(tracked_of("rc")));
    fl_rc(holder) s = fl_clone(r);
    {
        fl_borrow(a, fl_get(r));
        fl_borrow(b, fl_get(s));
        assert_ptr_equal(a, b);
        fl_try_borrow_mut(w, fl_get(s));
        assert_null(w);
    }
    fl_drop(r);
    fl_drop(s);
    assert_string_equal(tracked_last, "rc");
    holder c = FL_REFCELL(tracked_of("out"));
    tracked out;
    fl_unwrap(fl_into_data(&c, &out));
    assert_null(fl_data_mut(&c)->name);
    fl_drop(c);
    assert_int_equal(tracked_drops, 3);
    fl_drop(out);
}

static void values_of_all_kinds(void **state)
{
    (void)state;
    fl_refcell(three) t = FL_REFCELL({1, 2, 3});
    {
        fl_borrow_mut(w, &t);
        (*w)[2] = 9;
    }
    fl_borrow(r, &t);
    assert_int_equal((*r)[2], 9);
    fl_refcell(const char *) s = FL_REFCELL("text");
    fl_borrow_mut(w, &s);
    *w = "other";
    assert_string_equal(*w, "other");
    struct {
        char before;
        fl_refcell(struct { _Alignas(64) char c; }) wide;
    } o = {0};
    fl_borrow_mut(x, &o.wide);
    assert_int_equal((uintptr_t)x % 64, 0);
}

/* Each argument once, and through a pointer to something const. */
struct table {
    cell cells[2];
};
static int sum(const struct table *t)
{
    const cell *at = t->cells;
    fl_borrow(a, at++);
    fl_borrow(b, at++);
    assert_ptr_equal(at, t->cells + 2);
    return *a + *b;
}
static void arguments(void **state)
{
    struct table t = {{FL_REFCELL(1), FL_REFCELL(2)}};
    (void)state;
    assert_int_equal(sum(&t), 3);
    cell *at = t.cells;
    fl_borrow_mut(a, at++);
    fl_borrow_mut(b, at++);
    *a += *b;
    fl_unlock(a);
    fl_unlock(b);
    assert_int_equal(sum(&t), 5);
}

FL_THREAD_FN(int, change, cell, c)
{
    {
        fl_borrow_mut(w, &c);
        *w *= 2;
    }
    fl_borrow(r, &c);
    return *r;
}
static void moved_to_a_thread(void **state)
{
    (void)state;
    cell c = FL_REFCELL(21);
    fl_join_handle(int) h = fl_spawn(change, fl_move(c));
    assert_int_equal(fl_joined(h), 42);
}

#define refcell_test(f) cmocka_unit_test_setup_teardown(f, hush, speak)
int main(void)
{
    const struct CMUnitTest tests[] = {
        refcell_test(readers_and_then_a_writer),
        refcell_test(each_state),
        refcell_test(ended_early),
        refcell_test(ended_wrongly),
        refcell_test(both_places),
        refcell_test(a_panic_ends_borrows),
        refcell_test(every_way_out),
        refcell_test(too_many_readers),
        refcell_test(owned_values),
        refcell_test(values_of_all_kinds),
        refcell_test(arguments),
        refcell_test(moved_to_a_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
