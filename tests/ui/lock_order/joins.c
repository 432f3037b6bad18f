/* F0106, F0107: which threads still run: joined in a loop, by a helper, at the end of a scope. */
#include <fearless.h>
#include <pthread.h>
#include <stdio.h>

static struct fl_lock a = FL_LOCK, b = FL_LOCK;

FL_THREAD_FN(void, a_b)
{
    fl_lock_guard(x, &a);
    fl_lock_guard(y, &b);
}
static void b_a(void)
{
    fl_lock_guard(y, &b);
    fl_lock_guard(x, &a);
}
static void start_all(fl_join_handle(void) *h, int n)
{
    for (int i = 0; i < n; i++)
        h[i] = fl_spawn(a_b);
}
static void join_all(fl_join_handle(void) *h, int n)
{
    for (int i = 0; i < n; i++)
        fl_unwrap(fl_join(h[i]));
}
static void join_one(fl_join_handle(void) h)
{
    fl_unwrap(fl_join(h));
}
static void *plain(void *arg)
{
    a_b();
    return arg;
}
static void end(pthread_t t)
{
    pthread_join(t, NULL);
}
static void never_beside(void)
{
    b_a();
    fl_join_handle(void) one = fl_spawn(a_b), some[3];
    fl_unwrap(fl_join(one));
    b_a();
    for (int i = 0; i < 3; i++)
        some[i] = fl_spawn(a_b);
    for (int i = 0; i < 3; i++)
        fl_unwrap(fl_join(some[i]));
    b_a();
    fl_scope (s) {
        fl_spawn_in(s, a_b);
    }
    b_a();
    start_all(some, 3);
    join_all(some, 3);
    b_a();
    one = fl_spawn(a_b);
    join_one(fl_move(one));
    b_a();
    pthread_t t;
    if (pthread_create(&t, NULL, plain, NULL) != 0)
        return;
    end(t);
    b_a();
}

/* ---- beside it ---- */
static struct fl_lock c = FL_LOCK, d = FL_LOCK, e = FL_LOCK, f = FL_LOCK;
FL_THREAD_FN(void, c_d)
{
    fl_lock_guard(x, &c);
    fl_lock_guard(y, &d);
}
static void between(void)
{
    fl_join_handle(void) some[2];
    for (int i = 0; i < 2; i++)
        some[i] = fl_spawn(c_d);
    {
        fl_lock_guard(y, &d);
        fl_lock_guard(x, &c); //~ ERROR F0106 `d` and `c` are locked in opposite orders
    }
    join_all(some, 2);
}
FL_THREAD_FN(void, e_f)
{
    fl_lock_guard(x, &e);
    fl_lock_guard(y, &f);
}
static void in_scope(void)
{
    fl_scope (s) {
        fl_spawn_in(s, e_f);
        fl_lock_guard(y, &f);
        fl_lock_guard(x, &e); //~ ERROR F0106 `f` and `e` are locked in opposite orders
    }
}

/* ---- joined in a helper, under the lock that the thread needs ---- */
static int count FL_GUARDED_BY(e);
FL_THREAD_FN(void, counts)
{
    fl_lock_guard(held, &e);
    count++;
}
static int by_helper(void)
{
    fl_join_handle(void) h = fl_spawn(counts);
    fl_lock_guard(held, &e);
    join_one(fl_move(h)); //~ ERROR F0107 `join_one` waits for a thread, while `e` is held
    return count;
}
static int by_pointer(void)
{
    fl_join_handle(void) h[1] = {fl_spawn(counts)};
    fl_lock_guard(held, &e);
    join_all(h, 1); //~ ERROR F0107 `join_all` waits for a thread, while `e` is held
    return count;
}
FL_THREAD_FN(void, counts_nothing)
{
    fl_lock_guard(held, &d);
}
static int of_another(void)
{
    fl_join_handle(void) h = fl_spawn(counts_nothing);
    fl_lock_guard(held, &e);
    join_one(fl_move(h));
    return count;
}

/* ---- two threads that wait for each other's message ---- */
static fl_mutex(int) hits = FL_MUTEX(0);
FL_THREAD_FN(void, ping, fl_sender(int), to, fl_receiver(long), from)
{
    fl_auto(to);
    fl_auto(from);
    long got;
    fl_guard(n, &hits);
    if (fl_recv(from, &got) == FL_OK) //~ ERROR F0107 and the sender needs it
        fl_ignore(fl_send(to, (int)got + *n));
}
FL_THREAD_FN(void, pong, fl_sender(long), to, fl_receiver(int), from)
{
    fl_auto(to);
    fl_auto(from);
    int got;
    fl_guard(n, &hits);
    if (fl_recv(from, &got) == FL_OK) //~ ERROR F0107 and the sender needs it
        fl_ignore(fl_send(to, got + *n));
}

int main(void)
{
    never_beside();
    between();
    in_scope();
    printf("%d %d %d\n", by_helper(), by_pointer(), of_another());
    return 0;
}
