/* Each thread sums a part of one array that main owns, and is joined before main goes on. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 4, ITEMS = 1000 };

struct part {
    const int *from, *to;
    long sum;
};

static void *sum_part(void *argument)
{
    struct part *part = argument;
    for (const int *p = part->from; p < part->to; p++)
        part->sum += *p;
    return NULL;
}

static long parallel_sum(const int *items, size_t count)
{
    pthread_t threads[THREADS];
    struct part parts[THREADS] = { 0 };
    size_t each = count / THREADS;
    int started = 0;
    long sum = 0;

    for (; started < THREADS; started++) {
        parts[started].from = items + started * each;
        parts[started].to = started == THREADS - 1 ? items + count : parts[started].from + each;
        if (pthread_create(&threads[started], NULL, sum_part, &parts[started]) != 0)
            break;
    }
    for (int i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
        sum += parts[i].sum;
    }
    for (int i = started; i < THREADS; i++) {
        sum_part(&parts[i]);
        sum += parts[i].sum;
    }
    return sum;
}

int main(void)
{
    int *items = malloc(ITEMS * sizeof *items);
    if (!items)
        return 1;
    for (int i = 0; i < ITEMS; i++)
        items[i] = i;
    printf("%ld\n", parallel_sum(items, ITEMS));
    free(items);
    return 0;
}
