/* pthread_cleanup_push() and pthread_cleanup_pop(): the handler runs at the pop, if that says so, on what was pushed. */
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static int n;

static void let_go(void *lock)
{
    pthread_mutex_unlock(lock);
}

static void with_helper(void)
{
    pthread_cleanup_push(let_go, &m);
    pthread_mutex_lock(&m);
    n++;
    pthread_cleanup_pop(1);
}

static void with_cast(void)
{
    pthread_cleanup_push((void (*)(void *))pthread_mutex_unlock, &m);
    pthread_mutex_lock(&m);
    n++;
    pthread_cleanup_pop(1);
}

static void with_void_pointer(void)
{
    pthread_cleanup_push((void *)pthread_mutex_unlock, &m);
    pthread_mutex_lock(&m);
    n++;
    pthread_cleanup_pop(1);
}

static void by_hand(void)
{
    pthread_cleanup_push(let_go, &m);
    pthread_mutex_lock(&m);
    n++;
    pthread_cleanup_pop(0);
    pthread_mutex_unlock(&m);
}

static void nested(void)
{
    int *copy = malloc(sizeof(*copy));
    pthread_cleanup_push(free, copy);
    pthread_cleanup_push(let_go, &m);
    pthread_mutex_lock(&m);
    if (copy)
        *copy = n;
    pthread_cleanup_pop(1);
    pthread_mutex_lock(&m);
    n++;
    pthread_mutex_unlock(&m);
    pthread_cleanup_pop(1);
}

void all(void)
{
    with_helper();
    with_cast();
    with_void_pointer();
    by_hand();
    nested();
    pthread_mutex_lock(&m);
    n++;
    pthread_mutex_unlock(&m);
}

static void keeps(void)
{
    pthread_cleanup_push(let_go, &m);
    pthread_mutex_lock(&m);
    n++;
    pthread_cleanup_pop(0);
}

void takes_again(void)
{
    keeps();
    pthread_mutex_lock(&m); //~ ERROR F0104 `m` is locked twice by one thread
    n++;
    pthread_mutex_unlock(&m);
}

void inside(void)
{
    pthread_cleanup_push(let_go, &m);
    pthread_mutex_lock(&m);
    with_helper(); //~ ERROR F0104 `m` is locked twice by one thread
    pthread_cleanup_pop(1);
}

void lets_go_twice(void)
{
    pthread_mutex_lock(&m);
    pthread_cleanup_push(let_go, &m);
    n++;
    pthread_cleanup_pop(1);
    pthread_mutex_unlock(&m); //~ ERROR F0105 `m` is released while it is not held
}

int some_path(int x)
{
    pthread_mutex_lock(&m);
    pthread_cleanup_push(let_go, &m);
    n += x;
    pthread_cleanup_pop(x > 3);
    return n; //~ ERROR F0103 `m` is not released on every path
}
