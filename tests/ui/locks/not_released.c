/* F0103: one path forgets the lock that another lets go; F0105: one lets go what it does not hold. */
#include <fearless.h>
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static struct fl_lock raw = FL_LOCK;
static int g;

static int early(int x)
{
    pthread_mutex_lock(&m);
    if (x)
        return -1; //~ ERROR F0103 `m` is not released on every path
    g++;
    pthread_mutex_unlock(&m);
    return 0;
}
static int early_ok(int x)
{
    int r = -1;
    pthread_mutex_lock(&m);
    if (x)
        goto out;
    g++;
    r = 0;
out:
    pthread_mutex_unlock(&m);
    return r;
}
static void falls_out(int x)
{
    fl_lock_acquire(&raw);
    if (x)
        fl_lock_release(&raw);
} //~ ERROR F0103 `raw` is not released on every path
static int looks(int x)
{
    if (pthread_mutex_lock(&m) != 0)
        return -1;
    g += x;
    pthread_mutex_unlock(&m);
    return 0;
}
static int tried(void)
{
    int ok = pthread_mutex_trylock(&m);
    if (ok == 0)
        g++;
    if (ok == 0)
        pthread_mutex_unlock(&m);
    return ok;
}
static void fl_tried(void)
{
    bool ok = fl_lock_try(&raw);
    g++;
    if (ok)
        fl_lock_release(&raw);
}
static bool takes_it(void)
{
    if (!fl_lock_try(&raw))
        return false;
    return true;
}
static void uses_it(void)
{
    if (!takes_it())
        return;
    g++;
    fl_lock_release(&raw);
}
static void forgets_it(int x)
{
    if (!takes_it())
        return;
    if (x)
        return; //~ ERROR F0103 `raw` is not released on every path
    fl_lock_release(&raw);
}
static void correlated(int mt)
{
    if (mt)
        pthread_mutex_lock(&m);
    g++;
    if (mt)
        pthread_mutex_unlock(&m);
}
static void dies(int x)
{
    pthread_mutex_lock(&m);
    if (x)
        abort();
    pthread_mutex_unlock(&m);
}
static void take_m(void)
{
    pthread_mutex_lock(&m);
}
static void loop(int n)
{
    for (int i = 0; i < n; i++) {
        take_m();
        if (i == 3)
            break; /* with the lock */
        pthread_mutex_unlock(&m);
    }
} //~ ERROR F0103 `m` is not released on every path
static int begin(int x)
{
    pthread_mutex_lock(&m);
    if (x) {
        pthread_mutex_unlock(&m);
        return -1;
    }
    return 0;
}
static void caller(int x)
{
    if (begin(x) != 0)
        return;
    g++;
    pthread_mutex_unlock(&m);
}
static void twice(void)
{
    pthread_mutex_lock(&m);
    g++;
    pthread_mutex_unlock(&m);
    pthread_mutex_unlock(&m); //~ ERROR F0105 `m` is released while it is not held
}
static void not_taken(int x)
{
    if (x)
        pthread_mutex_lock(&m);
    g++;
    pthread_mutex_unlock(&m); //~ ERROR F0105 `m` is released while it is not held
}
static void around(void)
{
    pthread_mutex_unlock(&m);
    g++;
    pthread_mutex_lock(&m);
}
static void local(int x)
{
    pthread_mutex_t mine = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&mine);
    if (x)
        g++;
    pthread_mutex_unlock(&mine);
}
int main(int argc, char **argv)
{
    (void)argv;
    early(argc), early_ok(argc), falls_out(argc), looks(argc), tried(), fl_tried(), uses_it(), forgets_it(argc);
    correlated(argc), dies(0), loop(argc), caller(argc), twice(), not_taken(argc), local(argc);
    pthread_mutex_lock(&m);
    around();
    pthread_mutex_unlock(&m);
    return 0;
}

/* ---- as many as there are, by two loops ---- */
struct shard {
    pthread_mutex_t m;
    int n;
};
void clear_all(struct shard *shards, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pthread_mutex_lock(&shards[i].m);
    for (size_t i = 0; i < count; i++)
        shards[i].n = 0;
    for (size_t i = count; i-- > 0;)
        pthread_mutex_unlock(&shards[i].m);
}
struct table {
    pthread_rwlock_t resize;
    struct shard *shards;
    size_t count;
};
void clear_table(struct table *t)
{
    pthread_rwlock_wrlock(&t->resize);
    for (size_t i = 0; i < t->count; i++)
        pthread_mutex_lock(&t->shards[i].m);
    for (size_t i = 0; i < t->count; i++)
        t->shards[i].n = 0;
    for (size_t i = t->count; i-- > 0;)
        pthread_mutex_unlock(&t->shards[i].m);
    pthread_rwlock_unlock(&t->resize);
}

/* The caller's lock, let go for a while on each pass: what is held the second time is still the caller's. */
static void breathe(void)
{
    while (rand()) {
        pthread_mutex_unlock(&m);
        pthread_mutex_lock(&m);
    }
}

static void breathe_in_one_branch(int n)
{
    for (int i = 0; i < n; i++) {
        if (!rand())
            continue;
        pthread_mutex_unlock(&m);
        pthread_mutex_lock(&m);
    }
}

void works_long(int n)
{
    pthread_mutex_lock(&m);
    breathe();
    breathe_in_one_branch(n);
    pthread_mutex_unlock(&m);
}
