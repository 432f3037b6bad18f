/* A bounded queue on main's stack, a producer and a consumer, both joined. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

enum { ROOM = 4 };

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t not_empty, not_full;
    int items[ROOM];
    int count, head;
    bool closed;
};

static void queue_put(struct queue *q, int item)
{
    pthread_mutex_lock(&q->lock);
    while (q->count == ROOM)
        pthread_cond_wait(&q->not_full, &q->lock);
    q->items[(q->head + q->count++) % ROOM] = item;
    pthread_cond_signal(&q->not_empty);
    pthread_mutex_unlock(&q->lock);
}

static bool queue_get(struct queue *q, int *ret_item)
{
    bool got = false;
    pthread_mutex_lock(&q->lock);
    while (q->count == 0 && !q->closed)
        pthread_cond_wait(&q->not_empty, &q->lock);
    if (q->count > 0) {
        *ret_item = q->items[q->head];
        q->head = (q->head + 1) % ROOM;
        q->count--;
        got = true;
        pthread_cond_signal(&q->not_full);
    }
    pthread_mutex_unlock(&q->lock);
    return got;
}

static void *produce(void *argument)
{
    struct queue *q = argument;
    for (int i = 0; i < 20; i++)
        queue_put(q, i);
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_cond_broadcast(&q->not_empty);
    pthread_mutex_unlock(&q->lock);
    return NULL;
}

static void *consume(void *argument)
{
    int item;
    long sum = 0;
    while (queue_get(argument, &item))
        sum += item;
    printf("%ld\n", sum);
    return NULL;
}

int main(void)
{
    struct queue q = {
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .not_empty = PTHREAD_COND_INITIALIZER,
        .not_full = PTHREAD_COND_INITIALIZER,
    };
    pthread_t producer, consumer;

    if (pthread_create(&producer, NULL, produce, &q) != 0)
        return 1;
    if (pthread_create(&consumer, NULL, consume, &q) != 0) {
        int item;
        while (queue_get(&q, &item))
            continue;
        pthread_join(producer, NULL);
        return 1;
    }
    pthread_join(producer, NULL);
    pthread_join(consumer, NULL);
    pthread_mutex_destroy(&q.lock);
    return 0;
}
