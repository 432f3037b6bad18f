/* clang's thread-safety attributes, through macros as its documentation has them: the same rules as for ours. */
#include <pthread.h>
#include <stdbool.h>

#if defined(__clang__)
#define THREAD_ANNOTATION_ATTRIBUTE__(x) __attribute__((x))
#else
#define THREAD_ANNOTATION_ATTRIBUTE__(x)
#endif
#define CAPABILITY(x) THREAD_ANNOTATION_ATTRIBUTE__(capability(x))
#define GUARDED_BY(x) THREAD_ANNOTATION_ATTRIBUTE__(guarded_by(x))
#define REQUIRES(...) THREAD_ANNOTATION_ATTRIBUTE__(requires_capability(__VA_ARGS__))
#define ACQUIRE(...) THREAD_ANNOTATION_ATTRIBUTE__(acquire_capability(__VA_ARGS__))
#define ACQUIRE_SHARED(...) THREAD_ANNOTATION_ATTRIBUTE__(acquire_shared_capability(__VA_ARGS__))
#define RELEASE(...) THREAD_ANNOTATION_ATTRIBUTE__(release_capability(__VA_ARGS__))
#define TRY_ACQUIRE(...) THREAD_ANNOTATION_ATTRIBUTE__(try_acquire_capability(__VA_ARGS__))
#define EXCLUDES(...) THREAD_ANNOTATION_ATTRIBUTE__(locks_excluded(__VA_ARGS__))

struct CAPABILITY("mutex") mutex { pthread_mutex_t raw; };

void mutex_lock(struct mutex *mu) ACQUIRE(*mu);
void mutex_unlock(struct mutex *mu) RELEASE(*mu);
bool mutex_try(struct mutex *mu) TRY_ACQUIRE(true, *mu);

struct account {
    struct mutex mu;
    int balance GUARDED_BY(mu);
};

static struct mutex all;
static int total GUARDED_BY(all);

static void add(struct account *a, int n) REQUIRES(a->mu);
static void add(struct account *a, int n) { a->balance += n; }

static void report(struct account *a) EXCLUDES(a->mu);
static void report(struct account *a)
{
    mutex_lock(&a->mu);
    a->balance = 0;
    mutex_unlock(&a->mu);
}

void with_lock(struct account *a)
{
    mutex_lock(&a->mu);
    add(a, 1);
    a->balance++;
    mutex_unlock(&a->mu);
    report(a);
}

void without(struct account *a)
{
    a->balance++; //~ ERROR F0101 `a->balance`
    add(a, 1); //~ ERROR F0101 `add` is called without
    total++; //~ ERROR F0101 `total`
}

void with_global_lock(void)
{
    mutex_lock(&all);
    total++;
    mutex_unlock(&all);
}

void of_another(struct account *a, struct account *b)
{
    mutex_lock(&a->mu);
    b->balance++; //~ ERROR F0102
    mutex_unlock(&a->mu);
}

void twice(struct account *a)
{
    mutex_lock(&a->mu);
    mutex_lock(&a->mu); //~ ERROR F0104
    mutex_unlock(&a->mu);
}

void excluded(struct account *a)
{
    mutex_lock(&a->mu);
    report(a); //~ ERROR F0104
    mutex_unlock(&a->mu);
}

int early(struct account *a)
{
    mutex_lock(&a->mu);
    if (a->balance < 0)
        return -1; //~ ERROR F0103
    mutex_unlock(&a->mu);
    return 0;
}

void tries(struct account *a)
{
    if (mutex_try(&a->mu)) {
        a->balance++;
        mutex_unlock(&a->mu);
    } else {
        a->balance--; //~ ERROR F0101
    }
}

/* ---- a body in view ---- */

struct CAPABILITY("mutex") wrapper { pthread_mutex_t raw; };
struct counter { struct wrapper lock; long n GUARDED_BY(lock); };

void wrapper_lock(struct wrapper *w) ACQUIRE(w);
void wrapper_lock(struct wrapper *w) { pthread_mutex_lock(&w->raw); }
void wrapper_unlock(struct wrapper *w) RELEASE(w);
void wrapper_unlock(struct wrapper *w) { pthread_mutex_unlock(&w->raw); }

void count(struct counter *c)
{
    wrapper_lock(&c->lock);
    c->n++;
    wrapper_unlock(&c->lock);
    c->n--; //~ ERROR F0101
}
