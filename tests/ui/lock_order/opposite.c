/* F0106: locks that two threads take in opposite orders; and the same under one roof, in one order, in one thread. */
#include <fearless.h>
#include <pthread.h>

typedef fl_mutex(int) counter;

/* ---- statics, two threads ---- */
static counter a = FL_MUTEX(0), b = FL_MUTEX(0);

FL_THREAD_FN(void, forth)
{
    fl_guard(x, &a);
    fl_guard(y, &b);
    *y += *x;
}
FL_THREAD_FN(void, back)
{
    fl_guard(y, &b);
    fl_guard(x, &a); //~ ERROR F0106 `b` and `a` are locked in opposite orders, which can deadlock
    *x += *y;
}
static void two_threads(void)
{
    fl_join_handle(void) h = fl_spawn(forth), i = fl_spawn(back);
    fl_unwrap(fl_join(h));
    fl_unwrap(fl_join(i));
}

/* ---- one after the other ---- */
static counter c = FL_MUTEX(0), d = FL_MUTEX(0);

FL_THREAD_FN(void, first)
{
    fl_guard(x, &c);
    fl_guard(y, &d);
    *y += *x;
}
FL_THREAD_FN(void, second)
{
    fl_guard(y, &d);
    fl_guard(x, &c);
    *x += *y;
}
static void in_turn(void)
{
    fl_join_handle(void) h = fl_spawn(first);
    fl_unwrap(fl_join(h));
    h = fl_spawn(second);
    fl_unwrap(fl_join(h));
}

/* ---- under a gate; the second waits for nobody ---- */
static struct fl_lock gate = FL_LOCK, e = FL_LOCK, f = FL_LOCK;

FL_THREAD_FN(void, gated_forth)
{
    fl_lock_guard(g, &gate);
    fl_lock_guard(x, &e);
    fl_lock_guard(y, &f);
}
FL_THREAD_FN(void, gated_back)
{
    fl_lock_guard(g, &gate);
    fl_lock_guard(y, &f);
    fl_lock_guard(x, &e);
}
static struct fl_lock k = FL_LOCK, l = FL_LOCK;
FL_THREAD_FN(void, waits)
{
    fl_lock_guard(x, &k);
    fl_lock_guard(y, &l);
}
FL_THREAD_FN(void, tries)
{
    fl_lock_acquire(&l);
    if (fl_lock_try(&k))
        fl_lock_release(&k);
    fl_lock_release(&l);
}

/* ---- in helpers, and in the main thread ---- */
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER, n = PTHREAD_MUTEX_INITIALIZER;
static int balance;

static void deposit(int sum)
{
    pthread_mutex_lock(&m);
    balance += sum;
    pthread_mutex_unlock(&m);
}
static void *pays(void *unused)
{
    pthread_mutex_lock(&n);
    deposit(3);
    pthread_mutex_unlock(&n);
    return unused;
}
static void inspects(void)
{
    pthread_mutex_lock(&m);
    pthread_mutex_lock(&n); //~ ERROR F0106 `m` and `n` are locked in opposite orders
    balance++;
    pthread_mutex_unlock(&n);
    pthread_mutex_unlock(&m);
}
static void by_helper(void)
{
    pthread_t t;
    if (pthread_create(&t, NULL, pays, NULL))
        return;
    inspects();
    pthread_join(t, NULL);
}

/* ---- before the start, behind the join ---- */
static pthread_mutex_t o = PTHREAD_MUTEX_INITIALIZER, p = PTHREAD_MUTEX_INITIALIZER;
static void o_p(void)
{
    pthread_mutex_lock(&o);
    pthread_mutex_lock(&p);
    pthread_mutex_unlock(&p);
    pthread_mutex_unlock(&o);
}
static void p_o(void)
{
    pthread_mutex_lock(&p);
    pthread_mutex_lock(&o);
    pthread_mutex_unlock(&o);
    pthread_mutex_unlock(&p);
}
static void *runs_o_p(void *unused)
{
    o_p();
    return unused;
}
static void alone(void)
{
    pthread_t t;
    p_o();
    if (pthread_create(&t, NULL, runs_o_p, NULL))
        return;
    pthread_join(t, NULL);
    p_o();
}

/* ---- a ring of three ---- */
static counter r = FL_MUTEX(0), s = FL_MUTEX(0), t = FL_MUTEX(0);
FL_THREAD_FN(void, r_s)
{
    fl_guard(x, &r);
    fl_guard(y, &s);
    *x = *y;
}
FL_THREAD_FN(void, s_t)
{
    fl_guard(x, &s);
    fl_with (y, &t)
        *x = *y;
}
FL_THREAD_FN(void, t_r)
{
    fl_guard(x, &t);
    fl_guard(y, &r); //~ ERROR F0106 `t`, `r` and `s` are locked in a ring
    *x = *y;
}

/* ---- read-write locks ---- */
static fl_rwlock(int) u = FL_RWLOCK(0), v = FL_RWLOCK(0), w = FL_RWLOCK(0), z = FL_RWLOCK(0);
FL_THREAD_FN(int, reads_u_v)
{
    fl_read_guard(x, &u);
    fl_read_guard(y, &v);
    return *x + *y;
}
FL_THREAD_FN(int, reads_v_u)
{
    fl_read_guard(y, &v);
    fl_read_guard(x, &u);
    return *x + *y;
}
FL_THREAD_FN(int, reads_w_writes_z)
{
    fl_read_guard(x, &w);
    fl_write_guard(y, &z);
    return *y = *x;
}
FL_THREAD_FN(int, reads_z_writes_w)
{
    fl_read_guard(y, &z);
    fl_write_guard(x, &w); //~ ERROR F0106 `z` and `w` are locked in opposite orders
    return *x = *y;
}

int main(void)
{
    two_threads();
    in_turn();
    alone();
    by_helper();
    fl_detach(fl_spawn(gated_forth));
    fl_detach(fl_spawn(gated_back));
    fl_detach(fl_spawn(waits));
    fl_detach(fl_spawn(tries));
    fl_detach(fl_spawn(r_s));
    fl_detach(fl_spawn(s_t));
    fl_detach(fl_spawn(t_r));
    fl_detach(fl_spawn(reads_u_v));
    fl_detach(fl_spawn(reads_v_u));
    fl_detach(fl_spawn(reads_w_writes_z));
    fl_detach(fl_spawn(reads_z_writes_w));
    return 0;
}

/* ---- a helper that lets one go before it takes the other ---- */
static struct fl_lock here = FL_LOCK, there = FL_LOCK;
static void go_there(void)
{
    fl_lock_release(&here);
    fl_lock_acquire(&there);
}
void goes(void)
{
    fl_lock_acquire(&here);
    go_there();
    fl_lock_release(&there);
}
void stays(void)
{
    fl_lock_acquire(&there);
    fl_lock_acquire(&here);
    fl_lock_release(&here);
    fl_lock_release(&there);
}
