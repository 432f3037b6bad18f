/* F0110: a lock that is used before it is made, after it was destroyed, or that dies while it is held. */
#include <fearless.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

typedef fl_mutex(int) counter;
struct queue {
    int n;
    pthread_mutex_t m;
};
struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
};
static pthread_mutex_t global_mutex; /* all zero */
static int n;

static void raw_local(void)
{
    struct fl_lock lock;
    fl_lock_acquire(&lock); //~ ERROR F0110 `lock` is used before it is initialised
    fl_lock_release(&lock);
}
static void raw_mutex(void)
{
    pthread_mutex_t m;
    pthread_mutex_lock(&m); //~ ERROR F0110 `m` has no value here
    pthread_mutex_unlock(&m);
}
static void raw_cell(void)
{
    counter c;
    fl_guard(p, &c); //~ ERROR F0110 `c` is used before it is initialised
    *p = 1;
}
static void raw_heap(void)
{
    struct queue *q = malloc(sizeof *q);
    if (!q)
        return;
    q->n = 1;
    pthread_mutex_lock(&q->m); //~ ERROR F0110 its memory is allocated here, with any contents
    pthread_mutex_unlock(&q->m);
    free(q);
}
static void made_too_late(void)
{
    pthread_mutex_t m;
    pthread_mutex_lock(&m); //~ ERROR F0110 `m` is used before it is initialised
    pthread_mutex_unlock(&m);
    pthread_mutex_init(&m, NULL);
    pthread_mutex_destroy(&m);
}
static void queue_init(struct queue *q)
{
    pthread_mutex_init(&q->m, NULL);
    q->n = 0;
}
static void made(int c)
{
    struct fl_lock a = FL_LOCK, b = {0}, d;
    d = (struct fl_lock)FL_LOCK;
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER, late, by_bytes;
    mtx_t t;
    struct queue q, *heap = malloc(sizeof *heap), *zero = calloc(1, sizeof *zero), *copy = malloc(sizeof *copy);
    if (!heap || !zero || !copy)
        return;
    queue_init(&q);
    *copy = (struct queue){.n = 3, .m = PTHREAD_MUTEX_INITIALIZER};
    queue_init(heap);
    memset(&by_bytes, 0, sizeof by_bytes);
    if (c)
        pthread_mutex_init(&late, NULL);
    mtx_init(&t, mtx_plain);
    fl_lock_acquire(&a), fl_lock_acquire(&b), fl_lock_acquire(&d);
    fl_lock_release(&d), fl_lock_release(&b), fl_lock_release(&a);
    pthread_mutex_t *all[] = {&m, &by_bytes, &q.m, &heap->m, &zero->m, &copy->m, &global_mutex};
    for (int i = 0; i < 7; i++) {
        pthread_mutex_lock(all[i]);
        pthread_mutex_unlock(all[i]);
    }
    pthread_mutex_lock(&q.m), pthread_mutex_lock(&heap->m), pthread_mutex_lock(&zero->m), pthread_mutex_lock(&copy->m);
    pthread_mutex_unlock(&copy->m), pthread_mutex_unlock(&zero->m), pthread_mutex_unlock(&heap->m), pthread_mutex_unlock(&q.m);
    if (c) {
        pthread_mutex_lock(&late);
        pthread_mutex_unlock(&late);
    }
    mtx_lock(&t);
    mtx_unlock(&t);
    free(heap), free(zero), free(copy);
}

static void destroyed_held(struct queue *q)
{
    pthread_mutex_lock(&q->m);
    q->n = 0;
    pthread_mutex_destroy(&q->m); //~ ERROR F0110 `q->m` is destroyed while it is held
    free(q);
}
static void freed_held(struct queue *q, int c)
{
    pthread_mutex_lock(&q->m);
    if (c) {
        free(q); //~ ERROR F0110 `q->m` is freed while it is held
        return;
    }
    pthread_mutex_unlock(&q->m);
}
static void freed_under_guard(struct account *a)
{
    fl_lock_guard(held, &a->lock);
    a->balance = 0;
    free(a); //~ ERROR F0110 `a->lock` is freed while it is held
}
static void freed_required(struct account *a) FL_REQUIRES(a->lock);
static void freed_required(struct account *a)
{
    a->balance = 0;
    free(a); //~ ERROR F0110 `a->lock` is held in here: `freed_required` requires it
}
static void destroyed_ok(struct queue *q)
{
    pthread_mutex_lock(&q->m);
    q->n = 0;
    pthread_mutex_unlock(&q->m);
    pthread_mutex_destroy(&q->m);
    free(q);
}
static void freed_other(struct queue *q, struct queue *other)
{
    pthread_mutex_lock(&q->m);
    free(other);
    q->n = 0;
    pthread_mutex_unlock(&q->m);
}
static void used_after(void)
{
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&m);
    n++;
    pthread_mutex_unlock(&m);
    pthread_mutex_destroy(&m);
    pthread_mutex_lock(&m); //~ ERROR F0110 `m` is used after it was destroyed
    pthread_mutex_unlock(&m);
}
static void made_again(void)
{
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    for (int i = 0; i < 2; i++) {
        pthread_mutex_lock(&m);
        pthread_mutex_unlock(&m);
        pthread_mutex_destroy(&m);
        pthread_mutex_init(&m, NULL);
    }
    pthread_mutex_destroy(&m);
}
static void gone_held(void)
{
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&m);
    n++;
} //~ ERROR F0110 `m` is gone while it is held
static void dropped_held(fl_arc(counter) c)
{
    fl_guard(p, fl_get(c));
    *p = 1;
    fl_drop(c); //~ ERROR E0505 cannot drop `c` because it is borrowed
}
static void dropped_ok(fl_arc(counter) c)
{
    fl_with (p, fl_get(c))
        *p = 1;
    fl_drop(c);
}
static void gone_ok(void)
{
    struct fl_lock lock = FL_LOCK;
    fl_lock_guard(held, &lock);
    n++;
}

int main(void)
{
    struct queue *q = calloc(1, sizeof *q), *p = calloc(1, sizeof *p);
    struct account *a = calloc(1, sizeof *a);
    if (!q || !p || !a)
        return 1;
    raw_local(), raw_mutex(), raw_cell(), raw_heap(), made_too_late(), made(1), used_after(), made_again(), gone_held();
    dropped_held(fl_arc_new(counter, FL_MUTEX(0))), dropped_ok(fl_arc_new(counter, FL_MUTEX(0)));
    gone_ok(), freed_held(q, 0), freed_other(q, p), destroyed_ok(q);
    return n;
}
void of_others(struct account *a, struct account *b, struct queue *q)
{
    destroyed_held(q), freed_under_guard(a);
    fl_lock_acquire(&b->lock);
    freed_required(b);
}

/* What a struct points to does not die with it. */
struct pool {
    pthread_mutex_t mutex;
    int count;
};
struct item {
    int used;
    struct pool *pool;
    pthread_mutex_t own;
};

void gives_back(struct item *item)
{
    struct pool *pool = item->pool;
    pthread_mutex_lock(&pool->mutex);
    pool->count--;
    free(item);
    pthread_mutex_unlock(&pool->mutex);
}

void frees_locked(struct item *item)
{
    pthread_mutex_lock(&item->own);
    item->pool->count--;
    free(item); //~ ERROR F0110 `item->own` is freed while it is held
}
