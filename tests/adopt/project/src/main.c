#include <stdio.h>

#include "queue.h"

enum { WORKERS = 2, NUMBERS = 100 };

static struct queue numbers;
static pthread_mutex_t sum_lock = PTHREAD_MUTEX_INITIALIZER;
static long sum;

static void *add(void *unused)
{
    int number;

    (void)unused;
    while (queue_pop(&numbers, &number)) {
        pthread_mutex_lock(&sum_lock);
        sum += number;
        pthread_mutex_unlock(&sum_lock);
    }
    return NULL;
}

int main(void)
{
    pthread_t workers[WORKERS];

    queue_init(&numbers);
    for (int i = 0; i < WORKERS; i++)
        pthread_create(&workers[i], NULL, add, NULL);
    for (int i = 1; i <= NUMBERS; i++)
        queue_push(&numbers, i);
    queue_close(&numbers);
    for (int i = 0; i < WORKERS; i++)
        pthread_join(workers[i], NULL);
    printf("%ld\n", sum);
    return 0;
}
