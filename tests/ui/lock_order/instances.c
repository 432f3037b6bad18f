/* F0106: locks that reach functions as parameters are told apart where their callers can be seen. */
#include <fearless.h>
#include <pthread.h>

struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
};
static struct account ann, bob, eve;

static void transfer(struct account *from, struct account *to, long sum)
{
    fl_lock_guard(one, &from->lock);
    fl_lock_guard(two, &to->lock); //~ ERROR F0106
    from->balance -= sum;
    to->balance += sum;
}
FL_THREAD_FN(void, to_bob)
{
    transfer(&ann, &bob, 3);
    transfer(&ann, &eve, 3);
}
FL_THREAD_FN(void, to_ann)
{
    transfer(&bob, &ann, 3);
    transfer(&bob, &eve, 1);
}

/* ---- always the same way round ---- */
struct box {
    pthread_mutex_t lock;
    int n;
};
static struct box left, right;
static void pour(struct box *from, struct box *to)
{
    pthread_mutex_lock(&from->lock);
    pthread_mutex_lock(&to->lock);
    to->n += from->n;
    pthread_mutex_unlock(&to->lock);
    pthread_mutex_unlock(&from->lock);
}
static void *pours(void *unused)
{
    pour(&left, &right);
    return unused;
}

/* ---- what an Arc leads to ---- */
typedef fl_mutex(int) counter;

FL_THREAD_FN(void, adds, fl_arc(counter), into, fl_arc(counter), from)
{
    fl_auto(into);
    fl_auto(from);
    fl_guard(x, fl_get(into));
    fl_guard(y, fl_get(from)); //~ ERROR F0106
    *x += *y;
}
typedef fl_mutex(long) total;
FL_THREAD_FN(void, adds_long, fl_arc(total), into, fl_arc(total), from)
{
    fl_auto(into);
    fl_auto(from);
    fl_guard(x, fl_get(into));
    fl_guard(y, fl_get(from));
    *x += *y;
}
static void arcs(void)
{
    fl_arc(counter) p = fl_arc_new(counter, FL_MUTEX(0)), q = fl_arc_new(counter, FL_MUTEX(0));
    fl_detach(fl_spawn(adds, fl_clone(p), fl_clone(q)));
    fl_detach(fl_spawn(adds, fl_move(q), fl_move(p)));
    fl_arc(total) r = fl_arc_new(total, FL_MUTEX(0)), s = fl_arc_new(total, FL_MUTEX(0));
    fl_detach(fl_spawn(adds_long, fl_clone(r), fl_clone(s)));
    fl_detach(fl_spawn(adds_long, fl_move(r), fl_move(s)));
}

/* ---- locals that threads of a scope borrow ---- */
FL_THREAD_FN(void, moves, counter *, from, counter *, to)
{
    fl_guard(x, from);
    fl_guard(y, to); //~ ERROR F0106
    *y += *x;
    *x = 0;
}
FL_THREAD_FN(void, copies, counter *, from, counter *, to)
{
    fl_guard(x, from);
    fl_guard(y, to);
    *y = *x;
}
static void scoped(void)
{
    counter m = FL_MUTEX(1), n = FL_MUTEX(2);
    fl_scope (s) {
        fl_spawn_in(s, moves, &m, &n);
        fl_spawn_in(s, moves, &n, &m);
    }
    fl_scope (s) {
        fl_spawn_in(s, copies, &m, &n);
    }
    fl_scope (s) {
        fl_spawn_in(s, copies, &m, &n);
        fl_spawn_in(s, copies, &m, &n);
    }
}

/* ---- a lock that a helper leaves held; a callback ---- */
static struct fl_lock u = FL_LOCK, v = FL_LOCK;

static void enter(struct fl_lock *lock)
{
    fl_lock_acquire(lock); //~ ERROR F0106 `v` and `u` are locked in opposite orders
}
static void leave(struct fl_lock *lock)
{
    fl_lock_release(lock);
}
static void each(void (*fn)(void))
{
    enter(&v);
    fn();
    leave(&v);
}
static void with_u(void)
{
    enter(&u);
    leave(&u);
}
FL_THREAD_FN(void, calls_back)
{
    each(with_u);
}
FL_THREAD_FN(void, u_v)
{
    fl_lock_guard(one, &u);
    enter(&v);
    leave(&v);
}

int main(void)
{
    pthread_t t, i;
    arcs();
    scoped();
    fl_detach(fl_spawn(to_bob));
    fl_detach(fl_spawn(to_ann));
    fl_detach(fl_spawn(calls_back));
    fl_detach(fl_spawn(u_v));
    if (pthread_create(&t, NULL, pours, NULL) || pthread_create(&i, NULL, pours, NULL))
        return 1;
    pthread_join(t, NULL);
    pthread_join(i, NULL);
    return 0;
}
