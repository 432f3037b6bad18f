#define _GNU_SOURCE /* MAP_STACK, strsignal */
#include "workers.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

/*
 * What a task does now: a place in memory that it shares with the parent. A pointer is enough, as the process is a copy in
 * which literals have the addresses that they have here.
 */
typedef _Atomic(const char *) word;

/* ---- in the child ---- */

static word *own_word;

void workers_tell(const char *what)
{
    if (own_word)
        atomic_store_explicit(own_word, what, memory_order_relaxed);
}

struct task {
    workers_task *run;
    size_t index;
    int out;
    void *data;
};

static void *run_task(void *data)
{
    const struct task *task = data;

    task->run(task->index, task->out, task->data);
    _exit(0);
}

/*
 * libclang and the walks over its trees recurse as deep as expressions nest, which 8 MB do not hold
 * for generated code. So the work is done on a stack that is as large as the address space allows:
 * only what is touched exists. libclang must be told not to make threads (with small stacks) of its
 * own.
 */
static void run_on_large_stack(const struct task *task)
{
    enum { SMALLEST = 64 << 20 };
    pthread_attr_t attr;
    pthread_t thread;

    setenv("LIBCLANG_NOTHREADS", "1", 1);
    pthread_attr_init(&attr);
    for (size_t size = (size_t)64 << 30; size >= SMALLEST; size /= 2) {
        void *stack = mmap(NULL, size, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
        if (stack == MAP_FAILED)
            continue;
        if (pthread_attr_setstack(&attr, stack, size) == 0 &&
            pthread_create(&thread, &attr, run_task, (void *)task) == 0) {
            pthread_join(thread, NULL);
            return;
        }
        munmap(stack, size);
    }
    run_task((void *)task);
}

/* ---- in the parent ---- */

struct running {
    pid_t pid; /* 0: this place is free */
    int fd;
    size_t index;
    GByteArray *bytes;
    gint64 start;    /* monotonic microseconds */
    gint64 deadline; /* likewise; 0: none */
};

struct pool {
    struct running *places;
    word *words; /* by place; NULL: nobody watches */
    unsigned size;
    const struct workers_options *options;
    workers_task *task;
    workers_done *done;
    void *data;
};

static bool start(struct pool *pool, struct running *place, size_t index)
{
    int fd;
    word *told = pool->words ? &pool->words[place - pool->places] : NULL;

    if (told)
        atomic_store_explicit(told, NULL, memory_order_relaxed);
    pid_t pid = child_begin(&fd);
    if (pid < 0)
        return false;
    if (pid == 0) {
        struct task task = { pool->task, index, fd, pool->data };
        own_word = told;
        run_on_large_stack(&task);
        _exit(1);
    }
    *place = (struct running){ pid, fd, index, g_byte_array_new(), g_get_monotonic_time(), 0 };
    if (pool->options->timeout)
        place->deadline = place->start + (gint64)pool->options->timeout * G_USEC_PER_SEC;
    return true;
}

/* Takes the failure. */
static void finish(struct pool *pool, struct running *place, char *failure)
{
    int status = 0;

    close(place->fd);
    while (waitpid(place->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (!failure && WIFSIGNALED(status))
        failure = g_strdup_printf("the checker crashed: %s", strsignal(WTERMSIG(status)));
    pool->done(place->index, place->bytes->data, place->bytes->len, failure, pool->data);
    g_free(failure);
    g_byte_array_free(place->bytes, TRUE);
    place->pid = 0;
}

/* False at the end of what this child has to say. */
static bool receive(struct running *place)
{
    guint8 buffer[1 << 16];
    ssize_t n = read(place->fd, buffer, sizeof(buffer));

    if (n < 0 && errno == EINTR)
        return true;
    if (n <= 0)
        return false;
    g_byte_array_append(place->bytes, buffer, (guint)n);
    return true;
}

/* Milliseconds until the first deadline, -1 for none. */
static int time_left(const struct pool *pool)
{
    gint64 now = g_get_monotonic_time(), first = -1;

    for (unsigned i = 0; i < pool->size; i++) {
        const struct running *place = &pool->places[i];
        if (place->pid && place->deadline && (first < 0 || place->deadline < first))
            first = place->deadline;
    }
    if (first < 0)
        return -1;
    return first <= now ? 0 : (int)MIN((first - now) / 1000 + 1, 60000);
}

static void watch(const struct pool *pool)
{
    const struct running *first = NULL;

    for (unsigned i = 0; i < pool->size; i++) {
        const struct running *place = &pool->places[i];
        if (place->pid && (!first || place->start < first->start))
            first = place;
    }
    if (first)
        pool->options->watch(first->index, atomic_load_explicit(&pool->words[first - pool->places], memory_order_relaxed),
                             pool->data);
}

static void wait_for_some(struct pool *pool)
{
    enum { GLANCE = 200 }; /* milliseconds */
    struct pollfd *fds = g_new0(struct pollfd, pool->size);
    int wait = time_left(pool);

    for (unsigned i = 0; i < pool->size; i++) {
        fds[i].fd = pool->places[i].pid ? pool->places[i].fd : -1;
        fds[i].events = POLLIN;
    }
    if (pool->words) {
        watch(pool);
        wait = wait < 0 ? GLANCE : MIN(wait, GLANCE);
    }
    poll(fds, pool->size, wait);

    gint64 now = g_get_monotonic_time();
    for (unsigned i = 0; i < pool->size; i++) {
        struct running *place = &pool->places[i];
        if (!place->pid)
            continue;
        if (fds[i].revents && !receive(place)) {
            finish(pool, place, NULL);
        } else if (place->deadline && now >= place->deadline) {
            kill(place->pid, SIGKILL);
            finish(pool, place,
                   g_strdup_printf("it took more than %u seconds (--timeout)",
                                   pool->options->timeout));
        }
    }
    g_free(fds);
}

static unsigned running_count(const struct pool *pool)
{
    unsigned n = 0;

    for (unsigned i = 0; i < pool->size; i++)
        n += pool->places[i].pid != 0;
    return n;
}

static struct running *free_place(struct pool *pool)
{
    for (unsigned i = 0; i < pool->size; i++) {
        if (!pool->places[i].pid)
            return &pool->places[i];
    }
    return NULL;
}

void workers_run(size_t count, const struct workers_options *options, workers_task *task,
                 workers_done *done, void *data)
{
    struct pool pool = { .size = MAX(1, (unsigned)MIN(options->parallel, count)),
                         .options = options,
                         .task = task,
                         .done = done,
                         .data = data };
    size_t next = 0;

    pool.places = g_new0(struct running, pool.size);
    if (options->watch) {
        void *shared = mmap(NULL, pool.size * sizeof(word), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        pool.words = shared == MAP_FAILED ? NULL : shared;
    }
    while (next < count || running_count(&pool)) {
        struct running *place = next < count ? free_place(&pool) : NULL;
        if (!place) {
            wait_for_some(&pool);
        } else if (start(&pool, place, next)) {
            next++;
        } else if (running_count(&pool)) {
            wait_for_some(&pool); /* no process or pipe to be had at the moment */
        } else {
            char *failure = g_strdup_printf("couldn't start a process: %s", g_strerror(errno));
            done(next++, NULL, 0, failure, data);
            g_free(failure);
        }
    }
    if (pool.words)
        munmap(pool.words, pool.size * sizeof(word));
    g_free(pool.places);
}
