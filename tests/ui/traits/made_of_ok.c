// Types of every kind whose values may go to another thread.
#include <dirent.h>
#include <fearless.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum color { RED, GREEN };
typedef int num;
typedef num number;
struct mixed {
    unsigned flags : 3;
    enum color color;
    double ratio;
    int (*twice)(int);
    struct {
        int x, y;
    };
    number n;
    _Atomic int hits;
    volatile int seen;
    char name[16];
    int grid[2][2];
    _Bool done;
    timer_t timer;
};
FL_THREAD_FN(void, take_mixed, struct mixed, v)
{
    (void)v;
}

union bits {
    float f;
    unsigned n;
    void (*run)(void);
};
FL_THREAD_FN(void, take_bits, union bits, v)
{
    (void)v;
}

struct FL_SEND by_hand {
    void *env;
    union {
        char *text;
        long n;
    } value;
};
FL_THREAD_FN(void, take_by_hand, struct by_hand, v)
{
    (void)v;
}

struct FL_SEND FL_SYNC device {
    int *registers;
};
FL_THREAD_FN(void, take_device, fl_arc(struct device), d)
{
    fl_auto(d);
}

struct FL_SEND engine;
void engine_free(struct engine **e);
typedef struct {
    struct engine *engine;
} car;
static void car_drop(car *c)
{
    engine_free(&c->engine);
}
#define FL_OWNED car, car_drop
#include <fearless/owned.h>
FL_THREAD_FN(void, take_car, car, c)
{
    fl_auto(c);
}

struct listing {
    DIR *directory;
    FILE *out;
};
FL_THREAD_FN(void, take_listing, struct listing, l)
{
    struct dirent *entry = readdir(l.directory);
    fputs(entry ? entry->d_name : "none", l.out);
    closedir(l.directory);
}

typedef fl_cell(int) number_cell;
struct own_cell {
    number_cell cell;
};
FL_THREAD_FN(void, take_cell, struct own_cell, c)
{
    printf("%d\n", fl_cell_get(&c.cell));
}

typedef fl_mutex(number_cell) locked_cell;
FL_THREAD_FN(void, take_locked, fl_arc(locked_cell), c)
{
    fl_auto(c);
}

FL_THREAD_FN(void, take_thread, fl_thread, t)
{
    fl_auto(t);
}
FL_THREAD_FN(void, take_shared, fl_shared_receiver(int), rx)
{
    fl_auto(rx);
}

static const int answer = 42;
FL_THREAD_FN(const int *, where, int, n)
{
    (void)n;
    return &answer;
}
FL_THREAD_FN(const char *, word, int, n)
{
    return n ? "yes" : "no";
}
FL_THREAD_FN(FILE *, opened, int, n)
{
    return n ? fopen("log", "w") : NULL;
}

static int twice(int n)
{
    return 2 * n;
}

void all(void *env, int *registers, car c, fl_arc(locked_cell) locked)
{
    struct mixed m = { .twice = twice, .x = 1 };
    fl_detach(fl_spawn(take_mixed, m));
    union bits b = { .n = 1 };
    fl_detach(fl_spawn(take_bits, b));
    struct by_hand h = { env, { .n = 1 } };
    fl_detach(fl_spawn(take_by_hand, h));
    fl_detach(fl_spawn(take_device, fl_arc_new(struct device, { registers })));
    fl_detach(fl_spawn(take_car, fl_move(c)));
    struct listing l = { opendir("."), stdout };
    if (l.directory)
        fl_detach(fl_spawn(take_listing, l));
    struct own_cell cell = { FL_CELL(1) };
    fl_detach(fl_spawn(take_cell, cell));
    fl_detach(fl_spawn(take_locked, fl_clone(locked)));
    fl_detach(fl_spawn(take_thread, fl_current()));
    fl_join_handle(const int *) at = fl_spawn(where, 1);
    fl_join_handle(const char *) says = fl_spawn(word, 1);
    printf("%d %s\n", *fl_joined(at), fl_joined(says));
    fl_join_handle(FILE *) log = fl_spawn(opened, 1);
    FILE *file = fl_joined(log);
    if (file)
        fclose(file);
}

// A refcell that nothing is known of is what its value is.
typedef fl_refcell(int) counted_cell;
FL_THREAD_FN(void, use_counted_cell, counted_cell, c)
{
    (void)c;
}
void refcell_given(counted_cell c)
{
    fl_detach(fl_spawn(use_counted_cell, fl_move(c)));
}
