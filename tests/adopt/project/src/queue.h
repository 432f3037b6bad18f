#ifndef QUEUE_H
#define QUEUE_H

#include <pthread.h>
#include <stdbool.h>

enum { QUEUE_SIZE = 8 };

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int items[QUEUE_SIZE];
    int first, count;
    bool closed;
};

void queue_init(struct queue *q);
void queue_push(struct queue *q, int item);
bool queue_pop(struct queue *q, int *item); /* waits; false when it is closed and empty */
void queue_close(struct queue *q);

#endif
