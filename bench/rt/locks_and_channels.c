/* What a lock and a message cost, ours beside plain pthreads, in one run.
 *
 *     gcc -std=gnu11 -O2 -fexceptions -pthread -Iinclude bench/rt/locks_and_channels.c build/lib/libfearless.a -o b && ./b
 *
 * Each figure is taken in turns (ours, theirs, ours, theirs ...), five times; the median and the smallest and largest
 * are printed, in nanoseconds for one operation, with the ratio of the medians. The pthread channel is what one writes
 * by hand: a mutex, a condition variable, and a ring that grows. */
#include <fearless/channel.h>
#include <fearless/lock.h>
#include <fearless/mutex.h>
#include <fearless/time.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

enum { ROUNDS = 5 };

/* ---- the peer: a channel of mutex, condition variable and ring ---- */

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    int64_t *ring;
    size_t size, head, count;
};

static void queue_init(struct queue *q)
{
    memset(q, 0, sizeof *q);
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->filled, NULL);
    q->size = 1024;
    q->ring = malloc(q->size * sizeof *q->ring);
}

static void queue_send(struct queue *q, int64_t v)
{
    pthread_mutex_lock(&q->lock);
    if (q->count == q->size) {
        int64_t *larger = malloc(2 * q->size * sizeof *larger);

        for (size_t i = 0; i < q->count; i++)
            larger[i] = q->ring[(q->head + i) % q->size];
        free(q->ring);
        q->ring = larger;
        q->head = 0;
        q->size *= 2;
    }
    q->ring[(q->head + q->count++) % q->size] = v;
    if (q->count == 1)
        pthread_cond_signal(&q->filled);
    pthread_mutex_unlock(&q->lock);
}

static int64_t queue_recv(struct queue *q)
{
    int64_t v;

    pthread_mutex_lock(&q->lock);
    while (q->count == 0)
        pthread_cond_wait(&q->filled, &q->lock);
    v = q->ring[q->head];
    q->head = (q->head + 1) % q->size;
    q->count--;
    pthread_mutex_unlock(&q->lock);
    return v;
}

/* ---- the measurements: each does n operations ---- */

typedef fl_mutex(int64_t) counter;
static counter ours;
static pthread_mutex_t theirs = PTHREAD_MUTEX_INITIALIZER;
static int64_t theirs_count;

static void lock_ours(int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        fl_with (c, &ours) *c += 1;
}

static void lock_theirs(int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        pthread_mutex_lock(&theirs);
        theirs_count += 1;
        pthread_mutex_unlock(&theirs);
    }
}

struct job {
    void (*fn)(int64_t n);
    int64_t n;
};

static void *run_job(void *arg)
{
    struct job *job = arg;

    job->fn(job->n);
    return NULL;
}

static void on_two_threads(void (*fn)(int64_t), int64_t n)
{
    struct job job = { fn, n / 2 };
    pthread_t t;

    pthread_create(&t, NULL, run_job, &job);
    fn(n / 2);
    pthread_join(t, NULL);
}

static void contended_ours(int64_t n)
{
    on_two_threads(lock_ours, n);
}

static void contended_theirs(int64_t n)
{
    on_two_threads(lock_theirs, n);
}

static fl_sender(int64_t) tx;
static struct queue queue;

static void send_ours(int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        fl_ignore(fl_send(tx, i));
}

static void send_theirs(int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        queue_send(&queue, i);
}

static int senders;

static void channel_ours(int64_t n)
{
    struct job job = { send_ours, n / senders };
    fl_receiver(int64_t) rx;
    pthread_t t[64];
    int64_t got;

    fl_channel(&tx, &rx);
    for (int i = 0; i < senders; i++)
        pthread_create(&t[i], NULL, run_job, &job);
    for (int64_t i = 0; i < n / senders * senders; i++)
        fl_ignore(fl_recv(rx, &got));
    for (int i = 0; i < senders; i++)
        pthread_join(t[i], NULL);
    fl_drop(tx);
    fl_drop(rx);
}

static void channel_theirs(int64_t n)
{
    struct job job = { send_theirs, n / senders };
    pthread_t t[64];

    queue_init(&queue);
    for (int i = 0; i < senders; i++)
        pthread_create(&t[i], NULL, run_job, &job);
    for (int64_t i = 0; i < n / senders * senders; i++)
        (void)queue_recv(&queue);
    for (int i = 0; i < senders; i++)
        pthread_join(t[i], NULL);
    free(queue.ring);
}

static void same_thread_ours(int64_t n)
{
    fl_receiver(int64_t) rx;
    int64_t got;

    fl_channel(&tx, &rx);
    for (int64_t i = 0; i < n; i++) {
        fl_ignore(fl_send(tx, i));
        fl_ignore(fl_recv(rx, &got));
    }
    fl_drop(tx);
    fl_drop(rx);
}

static void same_thread_theirs(int64_t n)
{
    queue_init(&queue);
    for (int64_t i = 0; i < n; i++) {
        queue_send(&queue, i);
        (void)queue_recv(&queue);
    }
    free(queue.ring);
}

struct pingpong {
    fl_receiver(int64_t) in;
    fl_sender(int64_t) out;
};

static void *answer_ours(void *arg)
{
    struct pingpong *p = arg;

    fl_for_each (v, p->in)
        fl_ignore(fl_send(p->out, v));
    return NULL;
}

static void ping_ours(int64_t n)
{
    struct pingpong p;
    fl_receiver(int64_t) rx;
    pthread_t t;
    int64_t got;

    fl_channel(&tx, &p.in);
    fl_channel(&p.out, &rx);
    pthread_create(&t, NULL, answer_ours, &p);
    for (int64_t i = 0; i < n; i++) {
        fl_ignore(fl_send(tx, i));
        fl_ignore(fl_recv(rx, &got));
    }
    fl_drop(tx);
    pthread_join(t, NULL);
    fl_drop(p.in);
    fl_drop(p.out);
    fl_drop(rx);
}

static struct queue there, back;
static void *answer_theirs(void *arg)
{
    (void)arg;
    for (int64_t v; (v = queue_recv(&there)) >= 0;)
        queue_send(&back, v);
    return NULL;
}

static void ping_theirs(int64_t n)
{
    pthread_t t;

    queue_init(&there);
    queue_init(&back);
    pthread_create(&t, NULL, answer_theirs, NULL);
    for (int64_t i = 0; i < n; i++) {
        queue_send(&there, i);
        (void)queue_recv(&back);
    }
    queue_send(&there, -1);
    pthread_join(t, NULL);
    free(there.ring);
    free(back.ring);
}

/* ---- the table ---- */

static double once(void (*fn)(int64_t), int64_t n)
{
    struct fl_instant start = fl_now();

    fn(n);
    return (double)fl_as_nanos(fl_elapsed(start)) / (double)n;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void row(const char *what, void (*a)(int64_t), void (*b)(int64_t), int64_t n)
{
    double x[ROUNDS], y[ROUNDS];

    for (int i = 0; i < ROUNDS; i++) {
        x[i] = once(a, n);
        y[i] = once(b, n);
    }
    qsort(x, ROUNDS, sizeof *x, by_size);
    qsort(y, ROUNDS, sizeof *y, by_size);
    printf("%-28s %9.1f (%.1f-%.1f) %10.1f (%.1f-%.1f)   %.2f\n", what, x[ROUNDS / 2], x[0], x[ROUNDS - 1],
           y[ROUNDS / 2], y[0], y[ROUNDS - 1], x[ROUNDS / 2] / y[ROUNDS / 2]);
    fflush(stdout);
}

static void *wait_for_the_end(void *rx)
{
    fl_ignore(fl_recv((fl_receiver(void))(uintptr_t)rx, NULL));
    return NULL;
}

int main(void)
{
    struct utsname system;
    fl_sender(void) end;
    fl_receiver(void) ended;
    pthread_t t;

    /* A second thread, asleep: glibc takes mutexes without atomic operations while there is only one. */
    fl_channel(&end, &ended);
    pthread_create(&t, NULL, wait_for_the_end, (void *)(uintptr_t)ended);
    uname(&system);
    printf("%s %s %s, compiled by %s\n", system.sysname, system.release, system.machine, __VERSION__);
    printf("%-28s %9s %23s %22s\n", "ns per operation", "fearless", "pthread", "ratio");
    row("lock + unlock", lock_ours, lock_theirs, 5000000);
    row("counter, 2 threads", contended_ours, contended_theirs, 2000000);
    row("send + recv, one thread", same_thread_ours, same_thread_theirs, 3000000);
    for (senders = 1; senders <= 16; senders *= 2) {
        char what[32];

        snprintf(what, sizeof what, "channel %d to 1", senders);
        row(what, channel_ours, channel_theirs, 2000000);
    }
    row("ping-pong round trip", ping_ours, ping_theirs, 20000);
    fl_drop(end);
    pthread_join(t, NULL);
    fl_drop(ended);
    return 0;
}
