/* The rows of README.md with what a C programmer has without a library: pthreads, GNU atomics, and a channel written by
 * hand of a mutex, two condition variables and a ring. */
#include "program.h"

#include <gnu/libc-version.h>

/* ---- threads and locks: their rows are in same_rows.h ---- */

typedef pthread_t thread;

static inline pthread_t start(void *(*fn)(void *), void *arg)
{
    pthread_t t;

    if (pthread_create(&t, NULL, fn, arg) != 0)
        abort();
    return t;
}
static inline void join(pthread_t t)
{
    pthread_join(t, NULL);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;

static inline void take_mutex(void)
{
    pthread_mutex_lock(&mutex);
}
static inline void give_back_mutex(void)
{
    pthread_mutex_unlock(&mutex);
}
static inline void take_to_read(void)
{
    pthread_rwlock_rdlock(&rwlock);
}
static inline void give_back_read(void)
{
    pthread_rwlock_unlock(&rwlock);
}
static inline void take_to_write(void)
{
    pthread_rwlock_wrlock(&rwlock);
}
static inline void give_back_written(void)
{
    pthread_rwlock_unlock(&rwlock);
}

#include "same_rows.h"

/* ---- a channel ---- */

struct channel {
    pthread_mutex_t lock;
    pthread_cond_t filled, emptied;
    int64_t *ring;
    size_t size, limit, head, count; /* limit: SIZE_MAX for one that grows */
    int senders, waiting;            /* waiting: receivers, so that nobody signals in vain */
};

static void channel_init(struct channel *c, size_t limit, int senders)
{
    memset(c, 0, sizeof *c);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->filled, NULL);
    pthread_cond_init(&c->emptied, NULL);
    c->limit = limit;
    c->size = limit == SIZE_MAX ? 1024 : limit;
    c->ring = malloc(c->size * sizeof *c->ring);
    c->senders = senders;
}

static void grow(struct channel *c)
{
    int64_t *larger = malloc(2 * c->size * sizeof *larger);

    for (size_t i = 0; i < c->count; i++)
        larger[i] = c->ring[(c->head + i) % c->size];
    free(c->ring);
    c->ring = larger;
    c->head = 0;
    c->size *= 2;
}

static void channel_send(struct channel *c, int64_t v)
{
    pthread_mutex_lock(&c->lock);
    while (c->count == c->limit)
        pthread_cond_wait(&c->emptied, &c->lock);
    if (c->count == c->size)
        grow(c);
    c->ring[(c->head + c->count++) % c->size] = v;
    if (c->waiting > 0)
        pthread_cond_signal(&c->filled);
    pthread_mutex_unlock(&c->lock);
}

static int channel_recv(struct channel *c, int64_t *ret_v)
{
    pthread_mutex_lock(&c->lock);
    while (c->count == 0) {
        if (c->senders == 0) {
            pthread_mutex_unlock(&c->lock);
            return 0;
        }
        c->waiting++;
        pthread_cond_wait(&c->filled, &c->lock);
        c->waiting--;
    }
    *ret_v = c->ring[c->head];
    c->head = (c->head + 1) % c->size;
    if (c->count-- == c->limit)
        pthread_cond_signal(&c->emptied);
    pthread_mutex_unlock(&c->lock);
    return 1;
}

static void channel_close(struct channel *c)
{
    pthread_mutex_lock(&c->lock);
    c->senders--;
    pthread_cond_broadcast(&c->filled);
    pthread_mutex_unlock(&c->lock);
}

struct job {
    struct channel *channel;
    int64_t n;
};

static void *send_all(void *arg)
{
    struct job *job = arg;

    for (int64_t i = 0; i < job->n; i++)
        channel_send(job->channel, i);
    channel_close(job->channel);
    return NULL;
}

static int64_t receive_all(struct channel *c)
{
    int64_t n = 0;

    for (int64_t v; channel_recv(c, &v);)
        n++;
    return n;
}

static void send_from(struct channel *c, int64_t n, int senders)
{
    struct job job = { c, n / senders };
    pthread_t t[64];

    for (int i = 0; i < senders; i++)
        t[i] = start(send_all, &job);
    if (receive_all(c) != n / senders * senders)
        abort();
    for (int i = 0; i < senders; i++)
        pthread_join(t[i], NULL);
    free(c->ring);
}

static void unbounded(int64_t n, int k)
{
    struct channel c;

    channel_init(&c, SIZE_MAX, k);
    send_from(&c, n, k);
}

static void bounded(int64_t n, int k)
{
    struct channel c;

    channel_init(&c, (size_t)k, 1);
    send_from(&c, n, 1);
}

static void one_thread(int64_t n, int k)
{
    struct channel c;
    int64_t got;

    (void)k;
    channel_init(&c, SIZE_MAX, 1);
    for (int64_t i = 0; i < n; i++) {
        channel_send(&c, i);
        channel_recv(&c, &got);
    }
    free(c.ring);
}

static void *receive_shared(void *arg)
{
    return (void *)(intptr_t)receive_all(arg);
}

static void shared(int64_t n, int k)
{
    struct channel c;
    struct job job = { &c, n };
    pthread_t t[64];
    int64_t got = 0;
    void *one;

    channel_init(&c, SIZE_MAX, 1);
    for (int i = 0; i < k; i++)
        t[i] = start(receive_shared, &c);
    send_all(&job);
    for (int i = 0; i < k; i++) {
        pthread_join(t[i], &one);
        got += (intptr_t)one;
    }
    if (got != n)
        abort();
    free(c.ring);
}

static struct channel there, back;

static void *echo(void *arg)
{
    (void)arg;
    for (int64_t v; channel_recv(&there, &v);)
        channel_send(&back, v);
    return NULL;
}

static void ping_pong(int64_t n, int k)
{
    pthread_t t;
    int64_t got;

    (void)k;
    channel_init(&there, SIZE_MAX, 1);
    channel_init(&back, SIZE_MAX, 1);
    t = start(echo, NULL);
    for (int64_t i = 0; i < n; i++) {
        channel_send(&there, i);
        channel_recv(&back, &got);
    }
    channel_close(&there);
    pthread_join(t, NULL);
    free(there.ring);
    free(back.ring);
}

/* ---- a rendezvous: the sender waits until its value has been taken ---- */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t offered, taken;
    int64_t value;
    int full;
} meeting = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0 };

static void *meet_all(void *arg)
{
    for (int64_t i = 0; i < *(int64_t *)arg; i++) {
        pthread_mutex_lock(&meeting.lock);
        meeting.value = i;
        meeting.full = 1;
        pthread_cond_signal(&meeting.offered);
        while (meeting.full)
            pthread_cond_wait(&meeting.taken, &meeting.lock);
        pthread_mutex_unlock(&meeting.lock);
    }
    return NULL;
}

static void rendezvous(int64_t n, int k)
{
    pthread_t t = start(meet_all, &n);

    (void)k;
    for (int64_t i = 0; i < n; i++) {
        pthread_mutex_lock(&meeting.lock);
        while (!meeting.full)
            pthread_cond_wait(&meeting.offered, &meeting.lock);
        meeting.full = 0;
        pthread_cond_signal(&meeting.taken);
        pthread_mutex_unlock(&meeting.lock);
    }
    pthread_join(t, NULL);
}

/* ---- large messages: the ring of the channel above, with elements of 64 KiB ---- */

static void large_messages(int64_t n, int k)
{
    static char out[LARGE], in[LARGE], ring[2][LARGE];
    size_t filled = 0;

    (void)k;
    for (int64_t i = 0; i < n; i++) {
        out[i % LARGE] = (char)i;
        pthread_mutex_lock(&mutex);
        memcpy(ring[filled++ % 2], out, LARGE);
        pthread_mutex_unlock(&mutex);
        pthread_mutex_lock(&mutex);
        memcpy(in, ring[--filled % 2], LARGE);
        pthread_mutex_unlock(&mutex);
    }
}

/* ---- shared ownership ---- */

struct counted {
    int64_t count, value;
};

static struct counted *counted_clone(struct counted *c)
{
    __atomic_fetch_add(&c->count, 1, __ATOMIC_RELAXED);
    return c;
}

static void counted_drop(struct counted *c)
{
    if (__atomic_fetch_sub(&c->count, 1, __ATOMIC_RELEASE) == 1) {
        (void)__atomic_load_n(&c->count, __ATOMIC_ACQUIRE);
        free(c);
    }
}

static void arc(int64_t n, int k)
{
    struct counted *c = malloc(sizeof *c);

    (void)k;
    c->count = 1;
    for (int64_t i = 0; i < n; i++)
        counted_drop(counted_clone(c));
    counted_drop(c);
}

/* ---- parking: a token under a mutex ---- */

struct parker {
    pthread_mutex_t lock;
    pthread_cond_t given;
    int token;
};
static struct parker parkers[2] = {
    { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 },
    { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 },
};

static void parker_wait(struct parker *p)
{
    pthread_mutex_lock(&p->lock);
    while (!p->token)
        pthread_cond_wait(&p->given, &p->lock);
    p->token = 0;
    pthread_mutex_unlock(&p->lock);
}

static void parker_wake(struct parker *p)
{
    pthread_mutex_lock(&p->lock);
    p->token = 1;
    pthread_cond_signal(&p->given);
    pthread_mutex_unlock(&p->lock);
}

static void *answer_parked(void *arg)
{
    for (int64_t i = 0; i < *(int64_t *)arg; i++) {
        parker_wait(&parkers[1]);
        parker_wake(&parkers[0]);
    }
    return NULL;
}

static void park(int64_t n, int k)
{
    pthread_t t = start(answer_parked, &n);

    (void)k;
    for (int64_t i = 0; i < n; i++) {
        parker_wake(&parkers[1]);
        parker_wait(&parkers[0]);
    }
    pthread_join(t, NULL);
}

static const struct row rows[] = {
    { "spawn", spawn },
    { "lock", lock },
    { "counter", counter },
    { "read", read_lock },
    { "write", write_lock },
    { "unbounded", unbounded },
    { "one-thread", one_thread },
    { "large", large_messages },
    { "ping-pong", ping_pong },
    { "bounded", bounded },
    { "rendezvous", rendezvous },
    { "shared", shared },
    { "arc", arc },
    { "park", park },
    { 0 },
};

int main(int argc, char **argv)
{
    char version[200];

    snprintf(version, sizeof version, "glibc %s, compiled by gcc %s", gnu_get_libc_version(), __VERSION__);
    return bench_main(argc, argv, rows, version);
}
