/* Globals that threads share: every wrong function beside its right twin. Nobody calls them, so each is a program. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER, other = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;

static void run_two(void *(*f)(void *))
{
    pthread_t a, b;
    pthread_create(&a, NULL, f, NULL);
    pthread_create(&b, NULL, f, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
}

/* ---- no lock at all ---- */
static int bare;
static void *count_bare(void *arg)
{
    (void)arg;
    for (int i = 0; i < 100; i++)
        bare++; //~ ERROR F0201 data race on `bare`
    return NULL;
}
void two_threads_no_lock(void)
{
    run_two(count_bare);
}

static int locked;
static void *count_locked(void *arg)
{
    (void)arg;
    for (int i = 0; i < 100; i++) {
        pthread_mutex_lock(&m);
        locked++;
        pthread_mutex_unlock(&m);
    }
    return NULL;
}
int two_threads_with_lock(void)
{
    locked = 0; /* nobody runs yet */
    run_two(count_locked);
    return locked; /* nobody runs any more */
}

/* ---- the creator is a thread, too ---- */
static int progress;
static void *work(void *arg)
{
    (void)arg;
    progress = 1; //~ ERROR F0201 data race on `progress`
    return NULL;
}
int reads_before_join(void)
{
    pthread_t t;
    pthread_create(&t, NULL, work, NULL);
    int seen = progress;
    pthread_join(t, NULL);
    return seen;
}
static int result;
static void *work_result(void *arg)
{
    (void)arg;
    result = 1;
    return NULL;
}
int reads_after_join(void)
{
    pthread_t t;
    if (pthread_create(&t, NULL, work_result, NULL))
        return result;
    pthread_join(t, NULL);
    return result;
}

/* ---- not the same lock ---- */
static int two_locks;
static void *with_m(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&m);
    two_locks++; //~ ERROR F0201 data race on `two_locks`
    pthread_mutex_unlock(&m);
    return NULL;
}
static void *with_other(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&other);
    two_locks++;
    pthread_mutex_unlock(&other);
    return NULL;
}
void different_locks(void)
{
    pthread_t a, b;
    pthread_create(&a, NULL, with_m, NULL);
    pthread_create(&b, NULL, with_other, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
}

/* ---- helpers that lock, and one that forgets on one path ---- */
static int total;
static void lock_it(void)
{
    pthread_mutex_lock(&m);
}
static void unlock_it(void)
{
    pthread_mutex_unlock(&m);
}
static void *add_by_helpers(void *arg)
{
    (void)arg;
    lock_it();
    total += 2;
    unlock_it();
    return NULL;
}
void by_helpers(void)
{
    run_two(add_by_helpers);
}
static int total_once;
static void *forgets(void *arg)
{
    if (arg)
        pthread_mutex_lock(&m);
    total_once += 2; //~ ERROR F0201 data race on `total_once`
    if (arg)
        pthread_mutex_unlock(&m);
    return NULL;
}
void locked_on_one_path(void)
{
    run_two(forgets);
}
static int tried;
static void *tries(void *arg)
{
    (void)arg;
    if (pthread_mutex_trylock(&m) == 0) {
        tried++;
        pthread_mutex_unlock(&m);
    }
    return NULL;
}
void by_trylock(void)
{
    run_two(tries);
}

/* ---- read locks ---- */
static int table, table_wrong;
static void *reader(void *arg)
{
    int sum = 0;
    (void)arg;
    pthread_rwlock_rdlock(&rw);
    sum += table + table_wrong;
    table_wrong++; //~ ERROR F0201 data race on `table_wrong`
    pthread_rwlock_unlock(&rw);
    printf("%d\n", sum);
    return NULL;
}
static void *writer(void *arg)
{
    (void)arg;
    pthread_rwlock_wrlock(&rw);
    table++;
    pthread_rwlock_unlock(&rw);
    return NULL;
}
void rwlocks(void)
{
    pthread_t a;
    pthread_create(&a, NULL, writer, NULL);
    run_two(reader);
    pthread_join(a, NULL);
}

/* ---- never shared, or made for it ---- */
static _Thread_local int mine;
static atomic_int shared_count;
static const int limit = 3;
static void *harmless(void *arg)
{
    (void)arg;
    mine++;
    shared_count += limit;
    return NULL;
}
void thread_locals_and_atomics(void)
{
    run_two(harmless);
}

/* ---- one joined, one not ---- */
static int last;
static void *set_last(void *arg)
{
    (void)arg;
    last = 1; //~ ERROR F0201 data race on `last`
    return NULL;
}
int joins_only_one(void)
{
    pthread_t a, b;
    pthread_create(&a, NULL, with_m, NULL);
    pthread_create(&b, NULL, set_last, NULL);
    pthread_join(a, NULL);
    int seen = last;
    pthread_join(b, NULL);
    return seen;
}
static int step;
static void *one_step(void *arg)
{
    (void)arg;
    step++;
    return NULL;
}
void one_after_the_other(void)
{
    for (int i = 0; i < 3; i++) {
        pthread_t t;
        if (pthread_create(&t, NULL, one_step, NULL) == 0)
            pthread_join(t, NULL);
    }
}
static int steps;
static void *some_steps(void *arg)
{
    (void)arg;
    steps++; //~ ERROR F0201 data race on `steps`
    return NULL;
}
void all_at_once(void)
{
    pthread_t t[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, some_steps, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    printf("%d\n", steps);
}
static int ticks;
static void *tick(void *arg)
{
    (void)arg;
    for (int i = 0; i < 100; i++)
        ticks++; //~ ERROR F0201 data race on `ticks`
    return NULL;
}
int detached(void)
{
    pthread_t t;
    pthread_create(&t, NULL, tick, NULL);
    pthread_detach(t);
    return ticks;
}
