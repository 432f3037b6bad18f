/* Threads that a helper starts in the scope that it is given. */
#include <fearless.h>

#include <stdio.h>

FL_THREAD_FN(void, add_one, int *, n)
{
    *n += 1;
}

FL_THREAD_FN(void, show, const int *, n)
{
    printf("%d\n", *n);
}

static void start(struct fl_scope *s, int *n)
{
    fl_spawn_in(s, add_one, n);
}

static void start_reader(struct fl_scope *s, const int *n)
{
    fl_spawn_in(s, show, n);
}

static void start_deeper(struct fl_scope *s, int *n)
{
    start(s, n);
}

void two_writers(void)
{
    int x = 0;
    fl_scope (s) {
        start(s, &x);
        start_deeper(s, &x); //~ ERROR E0499 cannot borrow `x` as mutable more than once at a time
    }
}

void reader_and_writer(void)
{
    int x = 0;
    fl_scope (s) {
        start_reader(s, &x);
        fl_spawn_in(s, add_one, &x); //~ ERROR E0502
    }
}

void read_beside(void)
{
    int x = 0;
    fl_scope (s) {
        start(s, &x);
        printf("%d\n", x); //~ ERROR E0502
    }
}

void written_beside(void)
{
    int x = 0;
    fl_scope (s) {
        start_reader(s, &x);
        x = 2; //~ ERROR E0506 cannot assign to `x` because it is borrowed
    }
}

void dies_first(void)
{
    fl_scope (s) {
        int x = 0;
        start(s, &x); //~ ERROR E0597 `x` does not live long enough
    }
}

void two_readers(void)
{
    int x = 1;
    fl_scope (s) {
        start_reader(s, &x);
        start_reader(s, &x);
        printf("%d\n", x);
    }
    x = 2;
}

void two_variables(void)
{
    int x = 0, y = 0;
    fl_scope (s) {
        start(s, &x);
        start(s, &y);
    }
    x += y;
}

static void run_alone(struct fl_scope *outer, int *n)
{
    (void)outer;
    fl_scope (s)
        fl_spawn_in(s, add_one, n);
}

void over_when_the_helper_returns(void)
{
    int x = 0, y = 0;
    fl_scope (s) {
        fl_spawn_in(s, add_one, &y);
        run_alone(NULL, &x);
        x++;
    }
}

static void measure(struct fl_scope *s, int *n, int *size)
{
    *size = 4;
    fl_spawn_in(s, add_one, n);
}

void helper_writes_itself(void)
{
    int x = 0;
    fl_scope (s) {
        int size;
        measure(s, &x, &size);
        printf("%d\n", size);
    }
}
