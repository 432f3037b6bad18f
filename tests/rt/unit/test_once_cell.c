/* fl_once_cell and FL_LAZY: set, made, refused, taken out, dropped; poison and re-entry. */
#include "tracked.h"

#include "atomic.h"
#include "panics.h"

#include <pthread.h>

struct point {
    int x, y;
};
typedef fl_once_cell(int) int_cell;
typedef fl_once_cell(tracked) tracked_cell;
typedef fl_mutex(int) counter;

/* An owned type whose empty value is not all zero: 0 is a descriptor like any other. */
typedef struct {
    int fd;
} descriptor;
static int closed, last_closed;
static void descriptor_drop(descriptor *d)
{
    if (d->fd < 0)
        return;
    closed++;
    last_closed = d->fd;
}
#define FL_OWNED descriptor, descriptor_drop, ((descriptor){-1})
#include <fearless/owned.h>

static int made;
static int make_int(void *env)
{
    made++;
    return *(int *)env;
}

static void getting_and_setting(void **state)
{
    static fl_once_cell(int) cell = FL_ONCE_CELL;
    fl_once_cell(struct point) place = FL_ONCE_CELL;
    fl_once_cell(int[3]) numbers = FL_ONCE_CELL;
    fl_once_cell(const char *) name = FL_ONCE_CELL;
    const int *v;

    (void)state;
    assert_null(fl_once_get(&cell));
    assert_int_equal(fl_once_set(&cell, 5), FL_OK);
    v = fl_once_get(&cell);
    assert_non_null(v);
    assert_int_equal(*v, 5);
    assert_int_equal(fl_once_set(&cell, 6), FL_ALREADY);
    assert_int_equal(*fl_once_get(&cell), 5);
    assert_ptr_equal(fl_once_get(&cell), v);

    assert_null(fl_once_get(&place));
    assert_int_equal(fl_once_set(&place, {1, 2}), FL_OK);
    assert_int_equal(fl_once_get(&place)->x + fl_once_get(&place)->y, 3);

    assert_int_equal(fl_once_set(&numbers, {1, 2, 3}), FL_OK);
    assert_int_equal((*fl_once_get(&numbers))[2], 3);

    assert_int_equal(fl_once_set(&name, "hi"), FL_OK);
    assert_string_equal(*fl_once_get(&name), "hi");
}

static void values_of_any_size_and_alignment(void **state)
{
    struct big {
        char bytes[5000];
    };
    struct wide {
        _Alignas(128) char c;
    };
    fl_once_cell(char) one = FL_ONCE_CELL;
    fl_once_cell(char[7]) seven = FL_ONCE_CELL;
    fl_once_cell(struct big) big = FL_ONCE_CELL;
    fl_once_cell(struct wide) wide = FL_ONCE_CELL;
    fl_once_cell(long double) real = FL_ONCE_CELL;

    (void)state;
    assert_null(fl_once_get(&one));
    assert_int_equal(fl_once_set(&one, 'x'), FL_OK);
    assert_int_equal(*fl_once_get(&one), 'x');
    assert_int_equal(fl_once_set(&seven, "seven."), FL_OK);
    assert_string_equal(*fl_once_get(&seven), "seven.");
    assert_int_equal(fl_once_set(&big, {"big"}), FL_OK);
    assert_string_equal(fl_once_get(&big)->bytes, "big");
    assert_int_equal(fl_once_set(&wide, {'w'}), FL_OK);
    assert_int_equal(fl_once_get(&wide)->c, 'w');
    assert_int_equal((uintptr_t)fl_once_get(&wide) % 128, 0);
    assert_int_equal(fl_once_set(&real, 1.5L), FL_OK);
    assert_true(*fl_once_get(&real) == 1.5L); /* NOLINT: exactly what was stored */
}

static void making_it_once(void **state)
{
    int_cell cell = FL_ONCE_CELL;
    int five = 5, six = 6, evaluated = 0;

    (void)state;
    made = 0;
    assert_int_equal(*fl_once_get_or_init((evaluated++, &cell), make_int, (evaluated++, &five)), 5);
    assert_int_equal(evaluated, 2);
    assert_int_equal(*fl_once_get_or_init((evaluated++, &cell), make_int, (evaluated++, &six)), 5);
    assert_int_equal(evaluated, 4); /* each argument once, also when nothing is made */
    assert_int_equal(made, 1);
    assert_int_equal(*fl_once_get(&cell), 5);
    assert_int_equal(fl_once_set(&cell, 7), FL_ALREADY);
}

static int panic_instead(void *env)
{
    (void)env;
    made++;
    fl_panic("no value");
}
static void init_and_panic(void *cell)
{
    (void)fl_once_get_or_init((int_cell *)cell, panic_instead, NULL);
}

static void a_panic_leaves_the_cell_empty(void **state)
{
    static int_cell cell = FL_ONCE_CELL;
    int nine = 9;

    (void)state;
    made = 0;
    assert_panics(init_and_panic, &cell, "no value");
    assert_null(fl_once_get(&cell));
    assert_panics(init_and_panic, &cell, "no value");
    assert_int_equal(made, 2); /* tried again */
    assert_int_equal(*fl_once_get_or_init(&cell, make_int, &nine), 9);
}

static int make_by_itself(void *cell)
{
    return *fl_once_get_or_init((int_cell *)cell, make_by_itself, cell);
}
static void reenter(void *cell)
{
    (void)fl_once_get_or_init((int_cell *)cell, make_by_itself, cell);
}
static int set_inside(void *cell)
{
    fl_ignore(fl_once_set((int_cell *)cell, 1));
    return 2;
}
static void reenter_by_set(void *cell)
{
    (void)fl_once_get_or_init((int_cell *)cell, set_inside, cell);
}
static int get_inside(void *cell)
{
    assert_null(fl_once_get((int_cell *)cell));
    return 3;
}

static void reentry_panics(void **state)
{
    static int_cell cell = FL_ONCE_CELL;

    (void)state;
    assert_panics(reenter, &cell, "uses the cell itself");
    assert_null(fl_once_get(&cell));
    assert_panics(reenter_by_set, &cell, "uses the cell itself");
    assert_null(fl_once_get(&cell));
    assert_int_equal(*fl_once_get_or_init(&cell, get_inside, &cell), 3); /* looking is fine */
}

static tracked make_tracked(void *name)
{
    return tracked_of(name);
}
static tracked set_tracked_inside(void *cell)
{
    fl_ignore(fl_once_set((tracked_cell *)cell, tracked_of("lost")));
    return tracked_of("never");
}
static void reenter_tracked(void *cell)
{
    (void)fl_once_get_or_init((tracked_cell *)cell, set_tracked_inside, cell);
}

static void dropping(void **state)
{
    (void)state;
    {
        tracked_cell cell = FL_ONCE_CELL;
        fl_auto(cell); /* empty: nothing to drop */
    }
    assert_int_equal(tracked_drops, 0);
    {
        tracked_cell cell = FL_ONCE_CELL;
        fl_auto(cell);
        assert_int_equal(fl_once_set(&cell, tracked_of("first")), FL_OK);
        assert_int_equal(fl_once_set(&cell, tracked_of("second")), FL_ALREADY);
        assert_int_equal(tracked_drops, 1);
        assert_string_equal(tracked_last, "second");
        assert_string_equal(fl_once_get(&cell)->name, "first");
    }
    assert_int_equal(tracked_drops, 2);
    assert_string_equal(tracked_last, "first");
    {
        tracked_cell cell = FL_ONCE_CELL;
        assert_string_equal(fl_once_get_or_init(&cell, make_tracked, (char[]){"made"})->name, "made");
        fl_drop(cell);
        assert_null(fl_once_get(&cell));
        assert_int_equal(tracked_drops, 3);
        fl_drop(cell);
        assert_int_equal(tracked_drops, 3);
        assert_int_equal(fl_once_set(&cell, tracked_of("again")), FL_OK); /* as good as new */
        tracked_cell moved = fl_move(cell);
        fl_auto(moved);
        assert_null(fl_once_get(&cell));
        assert_string_equal(fl_once_get(&moved)->name, "again");
    }
    assert_int_equal(tracked_drops, 4);
    {
        static tracked_cell cell = FL_ONCE_CELL;
        assert_panics(reenter_tracked, &cell, "uses the cell itself"); /* and the value is dropped */
        assert_null(fl_once_get(&cell));
    }
    assert_int_equal(tracked_drops, 5);
    {
        tracked_cell several[3] = {FL_ONCE_CELL, FL_ONCE_CELL, FL_ONCE_CELL};
        fl_auto(several);
        assert_int_equal(fl_once_set(&several[1], tracked_of("one of three")), FL_OK);
    }
    assert_int_equal(tracked_drops, 6);
}

static void an_empty_value_that_is_not_all_zero(void **state)
{
    (void)state;
    closed = 0;
    {
        fl_once_cell(descriptor) cell = FL_ONCE_CELL;
        fl_auto(cell); /* all zero inside, which would be descriptor 0 */
        assert_null(fl_once_get(&cell));
    }
    assert_int_equal(closed, 0);
    {
        fl_once_cell(descriptor) cell = FL_ONCE_CELL;
        fl_auto(cell);
        assert_int_equal(fl_once_set(&cell, {0}), FL_OK);
        assert_int_equal(fl_once_set(&cell, {4}), FL_ALREADY);
        assert_int_equal(last_closed, 4);
    }
    assert_int_equal(closed, 2);
    assert_int_equal(last_closed, 0);
    {
        typedef fl_once_cell(descriptor) descriptor_cell;
        fl_arc(descriptor_cell) shared = fl_arc_new(descriptor_cell, FL_ONCE_CELL);
        fl_drop(shared);
        assert_int_equal(closed, 2);
        shared = fl_arc_new(descriptor_cell, FL_ONCE_CELL);
        assert_int_equal(fl_once_set(fl_get(shared), {7}), FL_OK);
        fl_drop(shared);
        assert_int_equal(closed, 3);
        fl_box(descriptor_cell) boxed = fl_box_new(descriptor_cell, FL_ONCE_CELL);
        fl_drop(boxed);
        assert_int_equal(closed, 3);
    }
    {
        fl_once_cell(descriptor) cell = FL_ONCE_CELL;
        descriptor out;
        assert_int_equal(fl_once_set(&cell, {8}), FL_OK);
        assert_int_equal(fl_into_data(&cell, &out), FL_OK);
        fl_drop(cell);
        assert_int_equal(closed, 3);
        fl_drop(out);
        assert_int_equal(out.fd, -1);
        assert_int_equal(closed, 4);
    }
    {
        fl_mutex(descriptor) full = FL_MUTEX({0}); /* cells that always have a value do as before */
        fl_drop(full);
        assert_int_equal(closed, 5);
        assert_int_equal(fl_data_mut(&full)->fd, -1);
    }
}

static void handles_inside(void **state)
{
    fl_arc(tracked) a = fl_arc_new(tracked, tracked_of("in an arc"));

    (void)state;
    {
        fl_once_cell(fl_arc(tracked)) cell = FL_ONCE_CELL;
        fl_auto(cell);
        assert_null(fl_once_get(&cell));
    }
    {
        fl_once_cell(fl_arc(tracked)) cell = FL_ONCE_CELL;
        fl_auto(cell);
        assert_int_equal(fl_once_set(&cell, fl_clone(a)), FL_OK);
        assert_int_equal(fl_once_set(&cell, fl_clone(a)), FL_ALREADY);
        assert_int_equal(fl_strong_count(a), 2);
        assert_string_equal(fl_get(*fl_once_get(&cell))->name, "in an arc");
    }
    assert_int_equal(fl_strong_count(a), 1);
    fl_drop(a);
}

static void exclusive_access(void **state)
{
    int_cell cell = FL_ONCE_CELL;
    tracked_cell owner = FL_ONCE_CELL;
    tracked out = {NULL};
    int number = -1;

    (void)state;
    assert_null(fl_data_mut(&cell));
    assert_int_equal(fl_into_data(&cell, &number), FL_EMPTY);
    assert_int_equal(number, -1);
    assert_int_equal(fl_once_set(&cell, 1), FL_OK);
    *fl_data_mut(&cell) += 1;
    assert_int_equal(*fl_once_get(&cell), 2);
    assert_int_equal(fl_into_data(&cell, &number), FL_OK);
    assert_int_equal(number, 2);
    assert_null(fl_once_get(&cell));

    assert_int_equal(fl_into_data(&owner, &out), FL_EMPTY);
    assert_int_equal(fl_once_set(&owner, tracked_of("taken out")), FL_OK);
    assert_int_equal(fl_into_data(&owner, &out), FL_OK);
    fl_drop(owner);
    assert_int_equal(tracked_drops, 0);
    assert_string_equal(out.name, "taken out");
    fl_drop(out);
}

/* ---- lazies ---- */

static int lazy_runs;
static struct point make_point(void)
{
    lazy_runs++;
    return (struct point){3, 4};
}
FL_LAZY(struct point, corner, make_point);

static counter make_counter(void)
{
    return (counter)FL_MUTEX(40);
}
FL_LAZY(counter, shared_counter, make_counter);

typedef fl_box(counter) counter_box;
static counter_box make_boxed(void)
{
    return fl_box_new(counter, FL_MUTEX(50));
}
FL_LAZY(counter_box, boxed_counter, make_boxed);

static int panic_for_lazy(void)
{
    lazy_runs++;
    fl_panic("cannot be made");
}
FL_LAZY(int, broken, panic_for_lazy);
static void force_broken(void *env)
{
    (void)env;
    (void)fl_force(&broken);
}

static int ask_itself(void);
FL_LAZY(int, circular, ask_itself);
static int ask_itself(void)
{
    return *fl_force(&circular) + 1;
}
static void force_circular(void *env)
{
    (void)env;
    (void)fl_force(&circular);
}

static void a_lazy_is_made_when_asked_for(void **state)
{
    FL_LAZY(struct point, inner, make_point); /* in a function, too */

    (void)state;
    lazy_runs = 0;
    const struct point *p = fl_force(&corner);
    assert_int_equal(p->x, 3);
    assert_int_equal(lazy_runs, 1);
    assert_ptr_equal(fl_force(&corner), p);
    assert_int_equal(lazy_runs, 1);
    assert_int_equal(fl_force(&inner)->y, 4);
    assert_int_equal(lazy_runs, 2);
}

static void a_lazy_mutex(void **state)
{
    (void)state;
    fl_with (n, fl_force(&shared_counter)) *n += 2;
    {
        fl_guard(n, fl_force(&shared_counter));
        assert_int_equal(*n, 42);
    }
    fl_with (n, fl_get(*fl_force(&boxed_counter))) assert_int_equal(*n, 50);
    fl_drop(*fl_data_mut(&boxed_counter)); /* for the leak checkers: nothing else drops a static */
}

static void a_panic_poisons_a_lazy(void **state)
{
    (void)state;
    lazy_runs = 0;
    assert_panics(force_broken, NULL, "cannot be made");
    assert_panics(force_broken, NULL, "FL_LAZY value is poisoned");
    assert_int_equal(lazy_runs, 1);
    assert_panics(force_circular, NULL, "asks for the value itself");
    assert_panics(force_circular, NULL, "poisoned");
}

/* ---- two threads ---- */

struct meeting {
    tracked_cell cell;
    FL_ATOMIC(uint32_t) step; /* 1: inside, 2: may go on */
    int how;
    fl_status set;
    const tracked *got;
};
enum { RETURN, PANIC, EXIT };

static tracked stay_inside(void *env)
{
    struct meeting *m = env;

    fl_store_release(&m->step, 1);
    while (fl_load_acquire(&m->step) != 2)
        fl_sleep(fl_micros(50));
    if (m->how == PANIC)
        fl_panic("inside");
    if (m->how == EXIT)
        pthread_exit(NULL);
    return tracked_of("of the first");
}
static void first_body(void *env)
{
    struct meeting *m = env;

    (void)fl_once_get_or_init(&m->cell, stay_inside, m);
}
static void *first_comes(void *env)
{
    fl_ignore(fl_catch(first_body, env));
    return NULL;
}
static void *second_sets(void *env)
{
    struct meeting *m = env;

    m->set = fl_once_set(&m->cell, tracked_of("of the second"));
    return NULL;
}
static void *second_makes(void *env)
{
    struct meeting *m = env;

    m->got = fl_once_get_or_init(&m->cell, make_tracked, (char[]){"of the second"});
    return NULL;
}

static struct meeting *meet(int how, void *(*second_comes)(void *))
{
    struct meeting *m = calloc(1, sizeof *m);
    pthread_t first, second;
    fl_panic_hook *old = fl_set_panic_hook(note_panic);

    m->how = how;
    pthread_create(&first, NULL, first_comes, m);
    while (fl_load_acquire(&m->step) != 1)
        fl_sleep(fl_micros(50));
    pthread_create(&second, NULL, second_comes, m);
    while (!(__atomic_load_n(&m->cell.fl_raw.fl_state.fl_word, __ATOMIC_RELAXED) & 1))
        fl_sleep(fl_micros(50));
    assert_null(fl_once_get(&m->cell));
    fl_store_release(&m->step, 2);
    pthread_join(first, NULL);
    pthread_join(second, NULL);
    fl_set_panic_hook(old);
    return m;
}

static void waiting_for_who_makes_it(void **state)
{
    struct meeting *m = meet(RETURN, second_sets);

    (void)state;
    assert_int_equal(m->set, FL_ALREADY);
    assert_int_equal(tracked_drops, 1);
    assert_string_equal(fl_once_get(&m->cell)->name, "of the first");
    fl_drop(m->cell);
    free(m);
    m = meet(RETURN, second_makes);
    assert_string_equal(m->got->name, "of the first");
    fl_drop(m->cell);
    free(m);
}

static void taking_over_from_who_failed(void **state)
{
    (void)state;
    for (int how = PANIC; how <= EXIT; how++) {
        struct meeting *m = meet(how, second_sets);
        assert_int_equal(m->set, FL_OK);
        assert_string_equal(fl_once_get(&m->cell)->name, "of the second");
        fl_drop(m->cell);
        free(m);
        m = meet(how, second_makes);
        assert_ptr_equal(m->got, fl_once_get(&m->cell));
        assert_string_equal(m->got->name, "of the second");
        fl_drop(m->cell);
        free(m);
    }
}

static void take_while_it_is_made(void *cell)
{
    tracked out;

    fl_ignore(fl_into_data((tracked_cell *)cell, &out));
}
static tracked try_to_take(void *cell)
{
    assert_panics(take_while_it_is_made, cell, "just being made");
    return tracked_of("fine");
}

static void taking_while_it_is_made_panics(void **state)
{
    static tracked_cell cell = FL_ONCE_CELL;

    (void)state;
    assert_string_equal(fl_once_get_or_init(&cell, try_to_take, &cell)->name, "fine");
    fl_drop(cell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tracked_test(getting_and_setting),
        tracked_test(values_of_any_size_and_alignment),
        tracked_test(making_it_once),
        tracked_test(a_panic_leaves_the_cell_empty),
        tracked_test(reentry_panics),
        tracked_test(dropping),
        tracked_test(an_empty_value_that_is_not_all_zero),
        tracked_test(handles_inside),
        tracked_test(exclusive_access),
        tracked_test(a_lazy_is_made_when_asked_for),
        tracked_test(a_lazy_mutex),
        tracked_test(a_panic_poisons_a_lazy),
        tracked_test(waiting_for_who_makes_it),
        tracked_test(taking_over_from_who_failed),
        tracked_test(taking_while_it_is_made_panics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
