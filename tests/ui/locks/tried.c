/* F0111: whether a lock was taken is not looked at. And what goes by the answer. */
#include <fearless.h>
#include <pthread.h>
#include <stdio.h>
#include <threads.h>
#include <time.h>

typedef fl_mutex(int) counter;
typedef fl_rwlock(int) setting;
static counter hits;
static setting level;
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static struct fl_lock raw;
static int n, guarded FL_GUARDED_BY(raw);

static void thrown_away(void)
{
    pthread_mutex_trylock(&m); //~ ERROR F0111 the result of `pthread_mutex_trylock` is ignored
    n++;
    pthread_mutex_unlock(&m);
}
static void thrown_away_on_purpose(void)
{
    (void)pthread_mutex_trylock(&m); //~ ERROR F0111
    n++;
    pthread_mutex_unlock(&m);
}
static void stored(void)
{
    int r = pthread_mutex_trylock(&m); //~ ERROR F0111
    int copy = r;
    (void)copy;
    n++;
    pthread_mutex_unlock(&m);
}
static void timed(const struct timespec *until)
{
    pthread_mutex_timedlock(&m, until); //~ ERROR F0111 the result of `pthread_mutex_timedlock` is ignored
    n++;
    pthread_mutex_unlock(&m);
}
static void of_library(void)
{
    fl_lock_try(&raw); //~ ERROR F0111 the result of `fl_lock_try` is ignored
    guarded++;
    fl_lock_release(&raw);
}
static bool enter(void)
{
    return fl_lock_try(&raw);
}
static void of_helper(void)
{
    enter(); //~ ERROR F0111 the result of `enter` is ignored
    guarded++;
    fl_lock_release(&raw);
}
static void of_helper_ok(void)
{
    if (!enter())
        return;
    guarded++;
    fl_lock_release(&raw);
}
static void c11(mtx_t *lock)
{
    mtx_trylock(lock); //~ ERROR F0111 the result of `mtx_trylock` is ignored
    n++;
    mtx_unlock(lock);
}
static int looked_at(const struct timespec *until)
{
    int r = pthread_mutex_trylock(&m);
    if (r != 0)
        return r;
    n++;
    pthread_mutex_unlock(&m);
    switch (pthread_mutex_timedlock(&m, until)) {
    case 0:
        n++;
        pthread_mutex_unlock(&m);
    }
    while (pthread_mutex_trylock(&m) != 0)
        thrd_yield();
    pthread_mutex_unlock(&m);
    return 0;
}
static void either_way(void)
{
    if (pthread_mutex_trylock(&m) != 0)
        pthread_mutex_lock(&m);
    n++;
    pthread_mutex_unlock(&m);
}
static int handed_on(void)
{
    return pthread_mutex_trylock(&m);
}
static void wrong_way_round(void)
{
    if (pthread_mutex_trylock(&m)) {
        n++;
        pthread_mutex_unlock(&m); //~ ERROR F0105 `m` is released while it is not held
    }
}
static void wrong_branch(void)
{
    if (!fl_lock_try(&raw)) {
        guarded = 1; //~ ERROR F0101 `guarded` is written without its lock
        return;
    }
    fl_lock_release(&raw);
}

static void pointer(void)
{
    fl_try_guard(num, &hits);
    *num = 1; //~ ERROR F0111 `num` is NULL here when `hits` was not taken
}
static void pointer_in_time(void)
{
    fl_guard_timeout(num, &hits, fl_millis(1));
    *num += 1; //~ ERROR F0111 the value of `hits` is written where its lock may not have been taken
}
static void pointer_wrong_branch(void)
{
    fl_try_guard(num, &hits);
    if (!num)
        *num = 1; //~ ERROR F0111 `num` is NULL here
}
static int pointer_one_path(int c)
{
    fl_try_guard(num, &hits);
    if (c && !num)
        return 0;
    return *num; //~ ERROR F0111 the value of `hits` is read
}
static int reading(void)
{
    fl_try_read_guard(l, &level);
    return *l; //~ ERROR F0111 `l` is NULL here when `level` was not taken
}
static void may_be_null(int *p)
{
    if (p)
        *p += 1;
}
static int pointer_ok(int c)
{
    fl_try_guard(num, &hits);
    may_be_null(num);
    if (num && c)
        *num = 1;
    int r = num ? *num : 0;
    if (num == NULL)
        return r;
    bool ok = num != NULL;
    if (ok)
        *num += r;
    fl_try_write_guard(l, &level);
    if (!l)
        goto out;
    *l = 3;
out:
    return *num;
}

int main(void)
{
    static mtx_t lock;
    const struct timespec now = {0, 0};
    thrown_away(), thrown_away_on_purpose(), stored(), timed(&now), of_library(), of_helper(), of_helper_ok(), c11(&lock);
    looked_at(&now), either_way(), wrong_way_round(), wrong_branch(), pointer(), pointer_in_time(), pointer_wrong_branch();
    return pointer_one_path(1) + reading() + pointer_ok(1) + handed_on();
}
