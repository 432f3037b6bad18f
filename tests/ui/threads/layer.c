/* A portable layer over pthreads, as many projects have one: handles and locks that the heap keeps. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct port_lock { pthread_mutex_t m; };
struct port_thread { pthread_t id; void (*fn)(void *); void *arg; };

static int lock_create(struct port_lock **out)
{
    struct port_lock *l = malloc(sizeof *l);
    if (!l)
        return 0;
    if (pthread_mutex_init(&l->m, NULL)) {
        free(l);
        return 0;
    }
    *out = l;
    return 1;
}
static void lock_acquire(struct port_lock *l) { pthread_mutex_lock(&l->m); }
static void lock_release(struct port_lock *l) { pthread_mutex_unlock(&l->m); }
static void lock_destroy(struct port_lock *l)
{
    pthread_mutex_destroy(&l->m);
    free(l);
}

static void *run(void *p)
{
    struct port_thread *t = p;
    t->fn(t->arg);
    return NULL;
}
static int thread_start(void (*fn)(void *), void *arg, struct port_thread **out)
{
    struct port_thread *t = malloc(sizeof *t);
    if (!t)
        return 0;
    t->fn = fn;
    t->arg = arg;
    if (pthread_create(&t->id, NULL, run, t)) {
        free(t);
        return 0;
    }
    *out = t;
    return 1;
}
static struct port_thread *thread_new(void (*fn)(void *), void *arg)
{
    struct port_thread *t = malloc(sizeof *t);
    if (!t)
        abort();
    t->fn = fn;
    t->arg = arg;
    if (pthread_create(&t->id, NULL, run, t))
        abort();
    return t;
}
static int thread_wait(struct port_thread *t)
{
    if (pthread_join(t->id, NULL))
        return 0;
    free(t);
    return 1;
}

/* ---- right ---- */
static struct port_lock *lock;
static int total;
static void add(void *arg)
{
    for (int i = 0; i < *(int *)arg; i++) {
        lock_acquire(lock);
        total++;
        lock_release(lock);
    }
}
static int right(void)
{
    struct port_thread *a, *b;
    int n = 100;
    if (!lock_create(&lock))
        return 1;
    if (!thread_start(add, &n, &a))
        return 1;
    if (!thread_start(add, &n, &b)) {
        thread_wait(a);
        return 1;
    }
    thread_wait(a);
    thread_wait(b);
    printf("%d\n", total);
    lock_destroy(lock);
    return 0;
}
static int right_too(void)
{
    int n = 100;
    struct port_thread *a = thread_new(add, &n);
    return !thread_wait(a);
}

/* ---- wrong ---- */
static int unlocked;
static void add_without(void *arg)
{
    unlocked += *(int *)arg; //~ ERROR F0201 `unlocked`
}
static void one_is_not_waited_for(void)
{
    struct port_thread *a, *b;
    int n = 100;
    if (!thread_start(add_without, &n, &a))
        return;
    if (!thread_start(add_without, &n, &b)) { //~ ERROR E0373 `n`
        thread_wait(a);
        return;
    }
    thread_wait(a);
}
static void nobody_waits(void)
{
    int n = 100;
    thread_new(add, &n); //~ ERROR E0373 `n`
}
static void held_at_the_end(void *arg)
{
    lock_acquire(lock);
    total += *(int *)arg;
}
static void locked_twice(void *arg)
{
    lock_acquire(lock);
    lock_acquire(lock); //~ ERROR F0104 `lock->m`
    total += *(int *)arg;
    lock_release(lock);
}
/* ---- locks that one function takes for its callers, and another one lets go: right ---- */
enum what { PAUSE, RESUME };
static pthread_mutex_t writer = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t *parts;
static int moved;

static void writer_pause(void) { pthread_mutex_lock(&writer); }
static void writer_resume(void) { pthread_mutex_unlock(&writer); }
void pause_threads(enum what what)
{
    switch (what) {
    case PAUSE:
        writer_pause();
        break;
    case RESUME:
        writer_resume();
        break;
    }
}
static void part_lock(size_t i) { pthread_mutex_lock(&parts[i]); }
static void part_unlock(size_t i) { pthread_mutex_unlock(&parts[i]); }
struct walk { size_t part; int holds; };
int step(struct walk *w)
{
    if (w->holds) {
        part_unlock(w->part);
        w->holds = 0;
        w->part++;
    }
    part_lock(w->part);
    moved++;
    w->holds = 1;
    return moved;
}
void end(struct walk *w)
{
    if (w->holds)
        part_unlock(w->part);
}
int main(void)
{
    if (right() || right_too())
        return 1;
    one_is_not_waited_for();
    nobody_waits();
    struct walk w = {0, 0};
    pause_threads(PAUSE);
    pause_threads(RESUME);
    step(&w);
    end(&w);
    static int one = 1;
    struct port_thread *a = thread_new(held_at_the_end, &one);
    thread_wait(a);
    a = thread_new(locked_twice, &one);
    thread_wait(a);
}
