/* A lock that is let go by hand stays locked when a jump, or the end of the thread, passes the line that lets it go. */
#include <fearless.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>
#include <threads.h>

static jmp_buf failed;
static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t names = PTHREAD_RWLOCK_INITIALIZER;
static mtx_t log_lock;
static long rows;

struct account {
    pthread_mutex_t lock;
    long balance;
};

struct vault {
    struct fl_lock lock;
    long gold FL_GUARDED_BY(lock);
};

int ready(void);
void work(void);

void jumps_with_it(void)
{
    pthread_mutex_lock(&table);
    if (!ready())
        longjmp(failed, 1); //~ ERROR F0407 a jump leaves a lock of `table` behind
    rows++;
    pthread_mutex_unlock(&table);
}

void unlocks_before(void)
{
    pthread_mutex_lock(&table);
    if (!ready()) {
        pthread_mutex_unlock(&table);
        longjmp(failed, 1);
    }
    rows++;
    pthread_mutex_unlock(&table);
}

static void give_up(int why)
{
    longjmp(failed, why);
}

void by_a_helper(struct account *a, long n)
{
    pthread_mutex_lock(&a->lock);
    if (a->balance < n)
        give_up(2); //~ ERROR F0407 a jump leaves a lock of `a->lock` behind
    a->balance -= n;
    pthread_mutex_unlock(&a->lock);
}

void by_a_helper_unlocked(struct account *a, long n)
{
    pthread_mutex_lock(&a->lock);
    long have = a->balance;
    pthread_mutex_unlock(&a->lock);
    if (have < n)
        give_up(2);
}

void in_a_loop(int n)
{
    for (int i = 0; i < n; i++) {
        pthread_rwlock_rdlock(&names);
        if (i == rows)
            give_up(i); //~ ERROR F0407 a jump leaves a lock of `names` behind
        pthread_rwlock_unlock(&names);
        if (!ready())
            give_up(i);
    }
}

void *ends_the_thread(void *arg)
{
    pthread_mutex_lock(&table);
    switch (rows) {
    case 0:
        pthread_exit(NULL); //~ ERROR F0407 the end of the thread leaves a lock of `table` behind
    case 1:
        rows = 2;
        break;
    default:
        pthread_mutex_unlock(&table);
        pthread_exit(arg);
    }
    pthread_mutex_unlock(&table);
    return NULL;
}

int ends_the_c11_thread(void *arg)
{
    mtx_lock(&log_lock);
    if (!arg)
        thrd_exit(1); //~ ERROR F0407 the end of the thread leaves a lock of `log_lock` behind
    mtx_unlock(&log_lock);
    thrd_exit(0);
}

void of_the_library(struct vault *v)
{
    fl_lock_acquire(&v->lock);
    if (v->gold == 0)
        give_up(3); //~ ERROR F0407 a jump leaves a lock of `v->lock` behind
    v->gold--;
    fl_lock_release(&v->lock);
}

static void unlock(void *lock)
{
    pthread_mutex_unlock(lock);
}

void *cleans_up(void *arg)
{
    pthread_mutex_lock(&table);
    pthread_cleanup_push(unlock, &table);
    if (!ready())
        pthread_exit(arg);
    rows++;
    pthread_cleanup_pop(1);
    return NULL;
}

void tried(void)
{
    if (pthread_mutex_trylock(&table) != 0)
        longjmp(failed, 1);
    rows++;
    pthread_mutex_unlock(&table);
}

void ends_the_program(void)
{
    pthread_mutex_lock(&table);
    if (!ready())
        exit(1);
    pthread_mutex_unlock(&table);
}

int jumps_inside(void)
{
    jmp_buf inner;
    pthread_mutex_lock(&table);
    if (setjmp(inner) == 0 && !ready())
        longjmp(inner, 1);
    pthread_mutex_unlock(&table);
    return 0;
}
