/* A bounded queue of jobs, producers and workers, and a count of results under a lock of its own. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define SLOTS 16
#define WORKERS 3
#define JOBS 500

struct job {
    int number;
    long input;
};

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t not_empty;
    pthread_cond_t not_full;
    struct job jobs[SLOTS];
    int first;
    int count;
    bool closed;
};

struct results {
    pthread_mutex_t lock;
    long sum;
    long done;
};

struct worker {
    struct queue *queue;
    struct results *results;
};

static void queue_open(struct queue *q)
{
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->not_empty, NULL);
    pthread_cond_init(&q->not_full, NULL);
    q->first = 0;
    q->count = 0;
    q->closed = false;
}

static int queue_put(struct queue *q, struct job job)
{
    pthread_mutex_lock(&q->lock);
    while (q->count == SLOTS && !q->closed)
        pthread_cond_wait(&q->not_full, &q->lock);
    if (q->closed) {
        pthread_mutex_unlock(&q->lock);
        return -1;
    }
    q->jobs[(q->first + q->count) % SLOTS] = job;
    q->count++;
    pthread_cond_signal(&q->not_empty);
    pthread_mutex_unlock(&q->lock);
    return 0;
}

static bool queue_take(struct queue *q, struct job *job)
{
    pthread_mutex_lock(&q->lock);
    while (q->count == 0 && !q->closed)
        pthread_cond_wait(&q->not_empty, &q->lock);
    if (q->count == 0) {
        pthread_mutex_unlock(&q->lock);
        return false;
    }
    *job = q->jobs[q->first];
    q->first = (q->first + 1) % SLOTS;
    q->count--;
    pthread_cond_signal(&q->not_full);
    pthread_mutex_unlock(&q->lock);
    return true;
}

static void queue_close(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_cond_broadcast(&q->not_empty);
    pthread_cond_broadcast(&q->not_full);
    pthread_mutex_unlock(&q->lock);
}

static void add_result(struct results *r, long value)
{
    pthread_mutex_lock(&r->lock);
    r->sum += value;
    r->done++;
    pthread_mutex_unlock(&r->lock);
}

static long work_on(const struct job *job)
{
    long value = job->input;
    for (int i = 0; i < 100; i++)
        value = (value * 31 + job->number) % 1000003;
    return value;
}

static void *run_worker(void *argument)
{
    struct worker *me = argument;
    struct job job;
    while (queue_take(me->queue, &job))
        add_result(me->results, work_on(&job));
    return NULL;
}

int main(void)
{
    struct queue queue;
    struct results results = {PTHREAD_MUTEX_INITIALIZER, 0, 0};
    struct worker worker = {&queue, &results};
    pthread_t threads[WORKERS];
    queue_open(&queue);
    for (int i = 0; i < WORKERS; i++)
        pthread_create(&threads[i], NULL, run_worker, &worker);
    for (int i = 0; i < JOBS; i++) {
        struct job job = {i, i * 7L};
        queue_put(&queue, job);
    }
    queue_close(&queue);
    for (int i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL);
    printf("%ld of %ld jobs\n", results.sum, results.done);
    pthread_mutex_destroy(&results.lock);
    return 0;
}
