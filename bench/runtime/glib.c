/* The rows of README.md with GLib: GThread, GMutex, GRWLock, GAsyncQueue, atomically counted boxes. Its queue carries
 * pointers, so the numbers are sent as such, and it cannot be closed: the receivers count. */
#include "program.h"

#include <glib.h>

/* Threads and locks: their rows are in same_rows.h. */
typedef GThread *thread;

static inline GThread *start(GThreadFunc fn, gpointer arg)
{
    return g_thread_new("row", fn, arg);
}
static inline void join(GThread *t)
{
    g_thread_join(t);
}

static GMutex mutex;
static GRWLock rwlock;

static inline void take_mutex(void)
{
    g_mutex_lock(&mutex);
}
static inline void give_back_mutex(void)
{
    g_mutex_unlock(&mutex);
}
static inline void take_to_read(void)
{
    g_rw_lock_reader_lock(&rwlock);
}
static inline void give_back_read(void)
{
    g_rw_lock_reader_unlock(&rwlock);
}
static inline void take_to_write(void)
{
    g_rw_lock_writer_lock(&rwlock);
}
static inline void give_back_written(void)
{
    g_rw_lock_writer_unlock(&rwlock);
}

#include "same_rows.h"

struct job {
    GAsyncQueue *queue;
    int64_t n;
};

static gpointer send_all(gpointer arg)
{
    struct job *job = arg;

    for (int64_t i = 0; i < job->n; i++)
        g_async_queue_push(job->queue, (gpointer)(intptr_t)(i + 1));
    return NULL;
}

static void unbounded(int64_t n, int k)
{
    struct job job = { g_async_queue_new(), n / k };
    GThread *t[64];

    for (int i = 0; i < k; i++)
        t[i] = start(send_all, &job);
    for (int64_t i = 0; i < n / k * k; i++)
        (void)g_async_queue_pop(job.queue);
    for (int i = 0; i < k; i++)
        join(t[i]);
    g_async_queue_unref(job.queue);
}

static void one_thread(int64_t n, int k)
{
    GAsyncQueue *queue = g_async_queue_new();

    (void)k;
    for (int64_t i = 0; i < n; i++) {
        g_async_queue_push(queue, (gpointer)(intptr_t)(i + 1));
        (void)g_async_queue_pop(queue);
    }
    g_async_queue_unref(queue);
}

static GAsyncQueue *there, *back;

static gpointer echo(gpointer arg)
{
    for (int64_t i = 0; i < *(int64_t *)arg; i++)
        g_async_queue_push(back, g_async_queue_pop(there));
    return NULL;
}

static void ping_pong(int64_t n, int k)
{
    GThread *t;

    (void)k;
    there = g_async_queue_new();
    back = g_async_queue_new();
    t = start(echo, &n);
    for (int64_t i = 0; i < n; i++) {
        g_async_queue_push(there, (gpointer)(intptr_t)(i + 1));
        (void)g_async_queue_pop(back);
    }
    join(t);
    g_async_queue_unref(there);
    g_async_queue_unref(back);
}

static void arc(int64_t n, int k)
{
    int64_t *box = g_atomic_rc_box_new(int64_t);

    (void)k;
    for (int64_t i = 0; i < n; i++)
        g_atomic_rc_box_release(g_atomic_rc_box_acquire(box));
    g_atomic_rc_box_release(box);
}

static const struct row rows[] = {
    { "spawn", spawn },
    { "lock", lock },
    { "counter", counter },
    { "read", read_lock },
    { "write", write_lock },
    { "unbounded", unbounded },
    { "one-thread", one_thread },
    { "ping-pong", ping_pong },
    { "arc", arc },
    { 0 },
};

int main(int argc, char **argv)
{
    char version[100];

    snprintf(version, sizeof version, "GLib %u.%u.%u", glib_major_version, glib_minor_version, glib_micro_version);
    return bench_main(argc, argv, rows, version);
}
