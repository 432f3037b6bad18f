/* F0501: no loop around a wait. F0502: the wait's lock is not held, or is another one than before. */
#include <fearless.h>
#include <pthread.h>
#include <stdio.h>
#include <threads.h>
#include <time.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER, other = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cv = PTHREAD_COND_INITIALIZER, cv_of_two = PTHREAD_COND_INITIALIZER;
static int n;
static _Bool stop;

typedef fl_mutex(int) counter;
static counter items;
static struct fl_condvar more;

struct queue {
    pthread_mutex_t m, m2;
    pthread_cond_t cv;
    int n;
};
struct box {
    struct fl_rw_lock lock;
    struct fl_condvar cv;
    int n FL_GUARDED_BY(lock);
};

/* ---- loops ---- */

static void once(void)
{
    pthread_mutex_lock(&m);
    if (n == 0)
        pthread_cond_wait(&cv, &m); //~ ERROR F0501 `cv` is waited for without a loop
    n--;
    pthread_mutex_unlock(&m);
}
static void no_condition(void)
{
    pthread_mutex_lock(&m);
    pthread_cond_wait(&cv, &m); //~ ERROR F0501 not looked at again after this wait
    pthread_mutex_unlock(&m);
}
static void while_ok(void)
{
    pthread_mutex_lock(&m);
    while (n == 0)
        pthread_cond_wait(&cv, &m);
    n--;
    pthread_mutex_unlock(&m);
}
static void forever_ok(void)
{
    pthread_mutex_lock(&m);
    for (;;) {
        if (n > 0)
            break;
        pthread_cond_wait(&cv, &m);
    }
    pthread_mutex_unlock(&m);
}
static void goto_ok(void)
{
    pthread_mutex_lock(&m);
again:
    if (n == 0) {
        pthread_cond_wait(&cv, &m);
        goto again;
    }
    pthread_mutex_unlock(&m);
}
static void do_ok(void)
{
    pthread_mutex_lock(&m);
    do
        pthread_cond_wait(&cv, &m);
    while (n == 0);
    pthread_mutex_unlock(&m);
}
static void flag_ok(void)
{
    pthread_mutex_lock(&m);
    _Bool ready = n > 0;
    while (!ready) {
        pthread_cond_wait(&cv, &m);
        ready = n > 0;
    }
    pthread_mutex_unlock(&m);
}
static int is_empty(void)
{
    return n == 0;
}
static void function_ok(void)
{
    pthread_mutex_lock(&m);
    while (is_empty() && !stop)
        pthread_cond_wait(&cv, &m);
    pthread_mutex_unlock(&m);
}
static void server(void)
{
    while (!stop) {
        pthread_mutex_lock(&m);
        if (n == 0)
            pthread_cond_wait(&cv, &m); //~ ERROR F0501 `cv` is waited for without a loop
        n--;
        pthread_mutex_unlock(&m);
    }
}
static void server_ok(void)
{
    while (!stop) {
        pthread_mutex_lock(&m);
        if (n == 0)
            pthread_cond_wait(&cv, &m);
        if (n > 0)
            n--;
        pthread_mutex_unlock(&m);
    }
}
static void counts(void)
{
    pthread_mutex_lock(&m);
    for (int i = 0; i < 3; i++)
        pthread_cond_wait(&cv, &m); //~ ERROR F0501 no condition is looked at between one wait and the next
    pthread_mutex_unlock(&m);
}
static void old_copy(void)
{
    pthread_mutex_lock(&m);
    int copy = 0;
    while (copy == 0) {
        pthread_cond_wait(&cv, &m); //~ ERROR F0501 no condition is looked at
        puts("woken");
    }
    pthread_mutex_unlock(&m);
}
static int timed(const struct timespec *until)
{
    pthread_mutex_lock(&m);
    if (n == 0)
        pthread_cond_timedwait(&cv, &m, until); //~ ERROR F0501
    int got = n--;
    pthread_mutex_unlock(&m);
    return got;
}
static int timed_ok(const struct timespec *until)
{
    int got = 0;
    pthread_mutex_lock(&m);
    if (n == 0)
        pthread_cond_timedwait(&cv, &m, until);
    if (n > 0)
        got = n--;
    pthread_mutex_unlock(&m);
    return got;
}
static int timed_loop_ok(const struct timespec *until)
{
    int status = 0;
    pthread_mutex_lock(&m);
    while (n == 0 && status == 0)
        status = pthread_cond_timedwait(&cv, &m, until);
    pthread_mutex_unlock(&m);
    return status;
}
static void wait_a_bit(struct queue *q)
{
    pthread_cond_wait(&q->cv, &q->m);
}
static void by_helper_ok(struct queue *q)
{
    pthread_mutex_lock(&q->m);
    while (q->n == 0)
        wait_a_bit(q);
    pthread_mutex_unlock(&q->m);
}
static void by_helper(struct queue *q)
{
    pthread_mutex_lock(&q->m);
    if (q->n == 0)
        wait_a_bit(q); //~ ERROR F0501 `wait_a_bit` waits, and what it waits for is not looked at again
    q->n--;
    pthread_mutex_unlock(&q->m);
}
void wrapper_ok(struct queue *q)
{
    pthread_cond_wait(&q->cv, &q->m);
}

static void fl_once(void)
{
    fl_guard(i, &items);
    if (*i == 0)
        fl_wait(&more, i); //~ ERROR F0501 `more` is waited for without a loop
    *i -= 1;
}
static void fl_ok(void)
{
    fl_guard(i, &items);
    while (*i == 0)
        fl_wait(&more, i);
    fl_wait_while(&more, i, *i == 0);
    fl_ignore(fl_wait_timeout_while(&more, i, fl_millis(1), *i == 0));
    *i -= 1;
}
static void fl_block(void)
{
    fl_with (i, &items) {
        fl_ignore(fl_wait_timeout(&more, i, fl_millis(2))); //~ ERROR F0501
        *i -= 1;
    }
}
static void c11(mtx_t *lock, cnd_t *cond, int *ready)
{
    mtx_lock(lock);
    if (!*ready)
        cnd_wait(cond, lock); //~ ERROR F0501 `cond` is waited for without a loop
    mtx_unlock(lock);
    mtx_lock(lock);
    while (!*ready)
        cnd_wait(cond, lock);
    mtx_unlock(lock);
}

/* ---- locks ---- */

static void not_held(void)
{
    while (n == 0)
        pthread_cond_wait(&cv, &m); //~ ERROR F0502 `cv` is waited for without its mutex
}
static void let_go(void)
{
    pthread_mutex_lock(&m);
    n++;
    pthread_mutex_unlock(&m);
    while (n == 0)
        pthread_cond_wait(&cv, &m); //~ ERROR F0502 waits here without holding `m`
}
static void on_one_path(int c)
{
    if (c)
        pthread_mutex_lock(&m);
    while (n == 0)
        pthread_cond_wait(&cv, &m); //~ ERROR F0502 waits here without holding `m`
    if (c)
        pthread_mutex_unlock(&m);
}
static void wrong_one(struct queue *q)
{
    pthread_mutex_lock(&q->m2);
    while (q->n == 0)
        pthread_cond_wait(&q->cv, &q->m); //~ ERROR F0502 waits here without holding `q->m`
    pthread_mutex_unlock(&q->m2);
    pthread_mutex_lock(&q->m);
    q->n--;
    pthread_mutex_unlock(&q->m);
}
static void *entry(void *arg)
{
    struct queue *q = arg;
    while (q->n == 0)
        pthread_cond_wait(&q->cv, &q->m); //~ ERROR F0502 waits here without holding
    return NULL;
}
static void wait_nonempty(struct queue *q)
{
    while (q->n == 0)
        pthread_cond_wait(&q->cv, &q->m);
}
static void helped_ok(struct queue *q)
{
    pthread_mutex_lock(&q->m);
    wait_nonempty(q);
    pthread_mutex_unlock(&q->m);
}
static void helped(struct queue *q)
{
    wait_nonempty(q); //~ ERROR F0502 `wait_nonempty` waits for a condition variable without its mutex
}
void callers_out_of_view(struct queue *q)
{
    while (q->n == 0)
        pthread_cond_wait(&q->cv, &q->m);
}
static void ended_guard(void)
{
    fl_guard(i, &items);
    int copy = *i;
    fl_unlock(i);
    fl_wait_while(&more, i, copy == stop); //~ ERROR F0502 waits here without holding `items`
}
static void maybe_taken(void)
{
    fl_try_guard(i, &items);
    fl_wait_while(&more, i, stop); //~ ERROR F0502 `more` is waited for without its lock
}
static void taken_ok(void)
{
    fl_try_guard(i, &items);
    if (i)
        fl_wait_while(&more, i, *i == 0);
}
static void reading(struct box *b)
{
    fl_rw_read_guard(held, &b->lock);
    fl_wait_while(&b->cv, held, b->n == 0); //~ ERROR F0502 waited for under a read lock
}
static void writing_ok(struct box *b)
{
    fl_rw_write_guard(held, &b->lock);
    fl_wait_while(&b->cv, held, b->n == 0);
}
static void first_mutex(void)
{
    pthread_mutex_lock(&m);
    while (n == 0)
        pthread_cond_wait(&cv_of_two, &m);
    pthread_mutex_unlock(&m);
}
static void second_mutex(void)
{
    pthread_mutex_lock(&other);
    while (n == 1)
        pthread_cond_wait(&cv_of_two, &other); //~ ERROR F0502 `cv_of_two` is waited for with two mutexes
    pthread_mutex_unlock(&other);
}

int main(void)
{
    static struct queue q = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
    static struct box b;
    static mtx_t lock;
    static cnd_t cond;
    int ready = 0;
    const struct timespec now = {0, 0};
    once(), no_condition(), while_ok(), forever_ok(), goto_ok(), do_ok(), flag_ok(), function_ok(), server(), server_ok();
    counts(), old_copy(), timed(&now), timed_ok(&now), timed_loop_ok(&now), by_helper_ok(&q), by_helper(&q), fl_once();
    fl_ok(), fl_block(), c11(&lock, &cond, &ready), not_held(), let_go(), on_one_path(1), wrong_one(&q), helped_ok(&q);
    helped(&q), ended_guard(), maybe_taken(), taken_ok(), reading(&b), writing_ok(&b), first_mutex(), second_mutex();
    pthread_t t;
    if (pthread_create(&t, NULL, entry, &q) == 0)
        pthread_join(t, NULL);
    return 0;
}
