/* Recursive and error-checking mutexes: which lock is one, its attribute, its type or its initialiser says. */
//@ flags: -D_GNU_SOURCE
#include <pthread.h>
#include <threads.h>

struct log {
    pthread_mutex_t plain, again;
    long lines;
};
static pthread_mutex_t again, checking, plain = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t at_once = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static mtx_t c11_again, c11_plain;
static long n;

void set_up(struct log *log)
{
    pthread_mutexattr_t recursive, checks;
    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&again, &recursive);
    pthread_mutex_init(&log->again, &recursive);
    pthread_mutex_init(&log->plain, NULL);
    pthread_mutexattr_destroy(&recursive);
    pthread_mutexattr_init(&checks);
    pthread_mutexattr_settype(&checks, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&checking, &checks);
    mtx_init(&c11_again, mtx_plain | mtx_recursive);
    mtx_init(&c11_plain, mtx_timed);
}

/* ---- wrong ---- */
void plain_twice(void)
{
    pthread_mutex_lock(&plain);
    if (n > 3)
        pthread_mutex_lock(&plain); //~ ERROR F0104 `plain` is locked twice by one thread
    n++;
    pthread_mutex_unlock(&plain);
}
void field_twice(struct log *log)
{
    pthread_mutex_lock(&log->plain);
    pthread_mutex_lock(&log->plain); //~ ERROR F0104 `log->plain` is locked twice by one thread
    log->lines++;
    pthread_mutex_unlock(&log->plain);
    pthread_mutex_unlock(&log->plain);
}
void nobody_looks(void)
{
    pthread_mutex_lock(&checking);
    pthread_mutex_lock(&checking); //~ ERROR F0104 `checking` is locked twice by one thread
    n++;
    pthread_mutex_unlock(&checking);
}
void c11_twice(void)
{
    mtx_lock(&c11_plain);
    mtx_lock(&c11_plain); //~ ERROR F0104 `c11_plain` is locked twice by one thread
    n++;
    mtx_unlock(&c11_plain);
}
int let_go_once(int x)
{
    pthread_mutex_lock(&again);
    pthread_mutex_lock(&again);
    n++;
    pthread_mutex_unlock(&again);
    if (x)
        return 1; //~ ERROR F0103 `again` is not released on every path
    pthread_mutex_unlock(&again);
    return 0;
}

/* ---- right ---- */
static void inner(void)
{
    pthread_mutex_lock(&again);
    n++;
    pthread_mutex_unlock(&again);
}
void through_helper(void)
{
    pthread_mutex_lock(&again);
    inner();
    pthread_mutex_unlock(&again);
}
void field_again(struct log *log)
{
    pthread_mutex_lock(&log->again);
    pthread_mutex_lock(&log->again);
    log->lines++;
    pthread_mutex_unlock(&log->again);
    pthread_mutex_unlock(&log->again);
}
void by_initialiser(void)
{
    pthread_mutex_lock(&at_once);
    pthread_mutex_lock(&at_once);
    n++;
    pthread_mutex_unlock(&at_once);
    pthread_mutex_unlock(&at_once);
}
void c11_recursive(void)
{
    mtx_lock(&c11_again);
    mtx_lock(&c11_again);
    n++;
    mtx_unlock(&c11_again);
    mtx_unlock(&c11_again);
}
void looks_at_the_error(void)
{
    pthread_mutex_lock(&checking);
    if (pthread_mutex_lock(&checking) == 0)
        pthread_mutex_unlock(&checking);
    n++;
    pthread_mutex_unlock(&checking);
}
