/* Locks, atomics and cells behind an Arc; pointers that are nobody else's; what a shared value points to by reading. */
#include <fearless.h>

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

struct state {
    atomic_int hits;
    fl_mutex(int) total;
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
    char name[8];
};
typedef fl_arc(struct state) shared;

static void count(struct state *s, int n)
{
    s->hits += n;
    fl_with (t, &s->total)
        *t += n;
    fl_lock_guard(held, &s->lock);
    s->balance += n;
}
FL_THREAD_FN(void, works, shared, s)
{
    fl_auto(s);
    struct state *p = fl_get(s);
    atomic_fetch_add(&p->hits, 1);
    count(p, 2);
    count(fl_get(s), 3);
    char copy[8];
    memcpy(copy, p->name, sizeof copy);
    copy[0] = 'x';
    printf("%s %zu\n", copy, strlen(fl_get(s)->name));
}

static int twice(const int *n)
{
    return *n;
}
static void exclusive(void)
{
    fl_arc(int) a = fl_arc_new(int, 1);
    fl_auto(a);
    int *p = fl_get_mut(a);
    if (p)
        *p = 2;
    int *q = fl_make_mut(&a, twice);
    *q += 1;
    int out;
    if (fl_try_unwrap(&a, &out))
        out++;
}
static void boxes(void)
{
    fl_box(int) b = fl_box_new(int, 1);
    fl_auto(b);
    *fl_get(b) = 2;
    ++*fl_get(b);
}
static int locals(shared s)
{
    int n = fl_get(s)->hits;
    n++;
    struct state *p = fl_get(s);
    p = NULL;
    return p ? n : 0;
}
static void replaced(void)
{
    fl_arc(int) a = fl_arc_new(int, 1);
    fl_auto(a);
    fl_drop(a);
    a = fl_arc_new(int, 2);
    printf("%d\n", *fl_get(a));
}

int main(void)
{
    shared s = fl_arc_new(struct state, { .total = FL_MUTEX(0), .lock = FL_LOCK, .name = "s" });
    fl_auto(s);
    fl_join_handle(void) a = fl_spawn(works, fl_clone(s));
    fl_join_handle(void) b = fl_spawn(works, fl_clone(s));
    exclusive();
    boxes();
    replaced();
    fl_joined(a);
    fl_joined(b);
    return locals(s);
}
