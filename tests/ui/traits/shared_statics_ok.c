// Statics that threads reach and may, and statics that are for one thread.
#include <fearless.h>
#include <stdio.h>

static fl_refcell(int) for_main = FL_REFCELL(1);
static void by_main(void)
{
    fl_borrow_mut(w, &for_main);
    ++*w;
}

typedef fl_cell(int) number;
static fl_mutex(number) locked = FL_MUTEX(FL_CELL(1));
static fl_rwlock(int) table = FL_RWLOCK(1);
static struct fl_once once = FL_ONCE;
static struct fl_semaphore seats = FL_SEMAPHORE(2);
static fl_once_cell(int) answer = FL_ONCE_CELL;
static int make(void)
{
    return 5;
}
FL_LAZY(int, lazy, make);
static const char *const names[] = { "one", "two" };
static const struct {
    int n;
    const char *text;
} messages[] = { { 1, "one" } };
static _Atomic int hits;

static number zero(void)
{
    number n = FL_CELL(0);
    return n;
}
FL_THREAD_LOCAL(number, own, zero);
static _Thread_local int depth;

struct FL_SYNC registers {
    number control;
};
static struct registers device;

// Only its other half is for threads.
static struct {
    number for_main;
    _Atomic int for_all;
} both;

struct config {
    int verbose;
    const char *name;
    void *user;
};
static struct config config;

static void first(void *env)
{
    (void)env;
}
FL_THREAD_FN(void, all, int, n)
{
    fl_with (cell, &locked)
        fl_cell_set(cell, n);
    fl_with_read (t, &table)
        printf("%d\n", *t);
    fl_call_once(&once, first, NULL);
    fl_acquire(&seats);
    fl_release(&seats);
    fl_ignore(fl_once_set(&answer, n));
    printf("%d %s %s\n", *fl_force(&lazy), names[0], messages[0].text);
    hits++;
    number *mine = fl_local(&own);
    if (mine)
        fl_cell_set(mine, n);
    depth++;
    fl_cell_set(&device.control, n);
    both.for_all = n;
    if (config.verbose)
        puts(config.name);
}
int main(void)
{
    config.verbose = 1;
    config.name = "test";
    fl_join_handle(void) h = fl_spawn(all, 1);
    by_main();
    fl_cell_set(&both.for_main, 2);
    fl_unwrap(fl_join(h));
    return 0;
}
