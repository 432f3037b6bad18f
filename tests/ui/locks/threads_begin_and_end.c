/* Nobody holds a lock when a thread begins, and nobody lets one go when it has ended. */
//@ flags: -D_GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER, k = PTHREAD_MUTEX_INITIALIZER, again;
static long n, others, limit = 5;

/* ---- wrong ---- */
static void *keeps(void *unused)
{
    pthread_mutex_lock(&m);
    n++;
    return unused; //~ ERROR F0103 `m` is not released on every path
}
static void bump(void)
{
    pthread_mutex_lock(&m);
    n++;
}
static void *keeps_by_helper(void *unused)
{
    bump();
    return unused; //~ ERROR F0103 `m` is not released on every path
}
static void *lets_go(void *unused)
{
    pthread_mutex_unlock(&m); //~ ERROR F0105 `m` is released while it is not held
    return unused;
}
static void let_m_go(void)
{
    pthread_mutex_unlock(&m);
}
static void *lets_go_twice(void *unused)
{
    pthread_mutex_lock(&m);
    let_m_go();
    let_m_go(); //~ ERROR F0105 `m` is released while it is not held
    return unused;
}
static void *one_of_two(void *unused)
{
    pthread_mutex_lock(&again);
    pthread_mutex_lock(&again);
    others++;
    pthread_mutex_unlock(&again);
    return unused; //~ ERROR F0103 `again` is not released on every path
}
static void unlock_it(void *p)
{
    pthread_mutex_unlock(p);
}
static void *handler_not_run(void *unused)
{
    pthread_mutex_lock(&m);
    pthread_cleanup_push(unlock_it, &m);
    n++;
    pthread_cleanup_pop(0);
    return unused; //~ ERROR F0103 `m` is not released on every path
}
void when_not(int locked)
{
    if (locked)
        pthread_mutex_lock(&k);
    n++;
    if (!locked)
        pthread_mutex_unlock(&k); //~ ERROR F0105 `k` is released while it is not held
}
void in_loop(const int *numbers, int count)
{
    for (int i = 0; i < count; i++) {
        pthread_mutex_lock(&k); //~ ERROR F0104 `k` is locked twice by one thread
        if (numbers[i] == 0)
            continue;
        n += numbers[i];
        pthread_mutex_unlock(&k);
    }
}
int not_busy(void)
{
    if (pthread_mutex_trylock(&k) == EBUSY) {
        pthread_mutex_unlock(&k); //~ ERROR F0105 `k` is released while it is not held
        return 0;
    }
    n++;
    pthread_mutex_unlock(&k);
    return 1;
}

/* ---- right ---- */
static void *ends_well(void *unused)
{
    pthread_mutex_lock(&m);
    if (n > limit) {
        pthread_mutex_unlock(&m);
        pthread_exit(NULL);
    }
    n++;
    let_m_go();
    return unused;
}
static void *handler_run(void *unused)
{
    pthread_mutex_lock(&m);
    pthread_cleanup_push(unlock_it, &m);
    if (n > limit)
        pthread_exit(NULL);
    n++;
    pthread_cleanup_pop(1);
    return unused;
}
static void *ends_all(void *unused)
{
    pthread_mutex_lock(&m);
    if (n > limit) {
        fputs("too many\n", stderr);
        exit(1);
    }
    pthread_mutex_unlock(&m);
    return unused;
}
int was_free(void)
{
    int error = pthread_mutex_trylock(&k);
    if (error == EBUSY)
        return 0;
    n++;
    pthread_mutex_unlock(&k);
    return 1;
}
int cannot_be_free(void)
{
    int busy = 0;
    pthread_mutex_lock(&k);
    if (pthread_mutex_trylock(&k) == EBUSY)
        busy = 1;
    pthread_mutex_unlock(&k);
    return busy;
}
/* the other half is elsewhere */
void lock_all(void)
{
    pthread_mutex_lock(&k);
}
void unlock_all(void)
{
    pthread_mutex_unlock(&k);
}
/* one function for both */
void set_lock(int on)
{
    if (on)
        pthread_mutex_lock(&k);
    else
        pthread_mutex_unlock(&k);
}

int main(void)
{
    static void *(*const all[])(void *) = {ends_well, handler_run, ends_all};
    pthread_mutexattr_t recursive;
    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&again, &recursive);
    pthread_t t;
    pthread_create(&t, NULL, keeps, NULL);
    pthread_detach(t);
    pthread_create(&t, NULL, keeps_by_helper, NULL);
    pthread_detach(t);
    pthread_create(&t, NULL, lets_go, NULL);
    pthread_detach(t);
    pthread_create(&t, NULL, lets_go_twice, NULL);
    pthread_detach(t);
    pthread_create(&t, NULL, one_of_two, NULL);
    pthread_detach(t);
    pthread_create(&t, NULL, handler_not_run, NULL);
    pthread_detach(t);
    pthread_create(&t, NULL, ends_well, NULL);
    pthread_detach(t);
    pthread_create(&t, NULL, handler_run, NULL);
    pthread_detach(t);
    pthread_create(&t, NULL, ends_all, NULL);
    pthread_detach(t);
    return all[0] == NULL;
}
