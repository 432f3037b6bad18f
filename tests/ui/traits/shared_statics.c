// A static variable that threads reach must be Sync.
#include <fearless.h>

static fl_refcell(int) borrowed = FL_REFCELL(1); //~ ERROR E0277 `fl_refcell(int)` cannot be shared between threads safely
FL_THREAD_FN(void, borrow_it, int, n)
{
    fl_borrow_mut(w, &borrowed);
    *w = n;
}
void refcell(void)
{
    fl_detach(fl_spawn(borrow_it, 1));
}

typedef fl_cell(int) number;
static number cell = FL_CELL(1); //~ ERROR E0277 `number` cannot be shared
static void set_it(int n)
{
    fl_cell_set(&cell, n);
}
FL_THREAD_FN(void, by_helper, int, n)
{
    set_it(n);
}
void in_a_helper(void)
{
    fl_detach(fl_spawn(by_helper, 1));
}

static fl_mutex(fl_rc(int)) locked = FL_MUTEX(NULL); //~ ERROR E0277 `fl_rc(int)` cannot be sent
FL_THREAD_FN(int, lock_it, int, n)
{
    fl_guard(r, &locked);
    return *r ? n : 0;
}
void mutex_of_rc(void)
{
    fl_detach(fl_spawn(lock_it, 1));
}

static struct {
    int n;
    struct {
        fl_rc(int) entry;
    } cache;
} state; //~ ERROR E0277 `fl_rc(int)` cannot be shared
FL_THREAD_FN(int, read_it, int, n)
{
    return *fl_get(state.cache.entry) + n;
}
void in_a_field(void)
{
    fl_detach(fl_spawn(read_it, 1));
}

static number make_number(void)
{
    number n = FL_CELL(3);
    return n;
}
FL_LAZY(number, lazy, make_number); //~ ERROR E0277 `number` cannot be shared
FL_THREAD_FN(int, force_it, int, n)
{
    return fl_cell_get(fl_force(&lazy)) + n;
}
void forced(void)
{
    fl_detach(fl_spawn(force_it, 1));
}

static fl_once_cell(fl_rc(int)) once = FL_ONCE_CELL; //~ ERROR E0277 `fl_rc(int)` cannot be
FL_THREAD_FN(int, get_it, int, n)
{
    fl_rc(int) const *r = fl_once_get(&once);
    return r ? **(int *const *)r : n;
}
void once_cell(void)
{
    fl_detach(fl_spawn(get_it, 1));
}

struct FL_NOT_SYNC parser {
    int depth;
};
static struct parser parser; //~ ERROR E0277 `struct parser` cannot be shared
FL_THREAD_FN(int, parse, int, n)
{
    return parser.depth + n;
}
void scoped(void)
{
    fl_scope (s)
        fl_spawn_in(s, parse, 1);
}
