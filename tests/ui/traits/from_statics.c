// Pointers into what a cell, a lock or a thread-local holds stay on their thread.
#include <fearless.h>
#include <stdio.h>

FL_THREAD_FN(void, bump, int *, p)
{
    ++*p;
}
FL_THREAD_FN(void, show, const int *, p)
{
    printf("%d\n", *p);
}

static int zero(void)
{
    return 0;
}
FL_THREAD_LOCAL(int, own, zero);
void of_a_thread(void)
{
    int *p = fl_local(&own);
    if (p)
        fl_detach(fl_spawn(bump, p)); //~ ERROR E0373
}

static fl_refcell(int) cell = FL_REFCELL(1);
void borrowed(void)
{
    fl_borrow_mut(w, &cell);
    fl_detach(fl_spawn(bump, w)); //~ ERROR E0277 `fl_refcell(int)` cannot be shared
}

static fl_rwlock(int) lock = FL_RWLOCK(1);
void guarded(void)
{
    fl_read_guard(v, &lock);
    fl_detach(fl_spawn(show, v)); //~ ERROR E0277 what a lock guards
}

typedef struct FL_NOT_SEND {
    int n;
} token;
FL_THREAD_FN(void, take, token, t)
{
    (void)t;
}
void marked(void)
{
    token t = { 1 };
    fl_detach(fl_spawn(take, t)); //~ ERROR E0277 `token` cannot be sent
}

// ---- handles in statics

static fl_arc(int) current;
FL_THREAD_FN(int, reader, int, n)
{
    fl_arc(int) mine = fl_clone(current); //~ ERROR E0133
    int v = *fl_get(mine) + n;
    fl_drop(mine);
    return v;
}
void replaced_meanwhile(void)
{
    int v;
    current = fl_arc_new(int, 1);
    fl_join_handle(int) h = fl_spawn(reader, 1);
    fl_arc(int) old = fl_replace(&current, fl_arc_new(int, 2));
    fl_drop(old);
    fl_ignore(fl_join(h, &v));
}

static fl_arc(int) made;
FL_THREAD_FN(int, only_reads, int, n)
{
    return *fl_get(made) + n;
}
static fl_once_cell(fl_arc(int)) shared = FL_ONCE_CELL;
FL_THREAD_FN(int, by_once, int, n)
{
    fl_arc(int) const *a = fl_once_get(&shared);
    return a ? *fl_get(*a) + n : 0;
}
FL_THREAD_FN(void, nothing, int, n)
{
    (void)n;
}
static fl_mutex(fl_sender(fl_job)) queue = FL_MUTEX(NULL);
FL_THREAD_FN(void, submit, int, n)
{
    fl_guard(q, &queue);
    if (*q)
        fl_ignore(fl_send(*q, fl_bind(nothing, n)));
}
void fine(void)
{
    int v;
    made = fl_arc_new(int, 1);
    fl_join_handle(int) h = fl_spawn(only_reads, 1);
    fl_ignore(fl_join(h, &v));
    fl_ignore(fl_once_set(&shared, fl_arc_new(int, 3)));
    fl_detach(fl_spawn(by_once, 1));
    fl_detach(fl_spawn(submit, 1));
}
