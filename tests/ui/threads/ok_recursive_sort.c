/* A merge sort that sorts one half in a thread and the other itself; the borrow ends with the join. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct span {
    int *items;
    size_t count;
    int depth;
};

static void merge(int *items, size_t left, size_t count)
{
    int *copy = malloc(left * sizeof *copy);
    if (!copy)
        abort();
    memcpy(copy, items, left * sizeof *copy);
    size_t i = 0, k = left, out = 0;
    while (i < left && k < count)
        items[out++] = copy[i] <= items[k] ? copy[i++] : items[k++];
    while (i < left)
        items[out++] = copy[i++];
    free(copy);
}

static void *sort(void *argument)
{
    struct span *s = argument;
    if (s->count < 2)
        return NULL;
    struct span left = { s->items, s->count / 2, s->depth - 1 };
    struct span right = { s->items + left.count, s->count - left.count, s->depth - 1 };
    pthread_t thread;
    int threaded = s->depth > 0 && pthread_create(&thread, NULL, sort, &left) == 0;

    if (!threaded)
        sort(&left);
    sort(&right);
    if (threaded)
        pthread_join(thread, NULL);
    merge(s->items, left.count, s->count);
    return NULL;
}

int main(void)
{
    int items[64];
    for (int i = 0; i < 64; i++)
        items[i] = (i * 37) % 64;
    struct span all = { items, 64, 3 };
    sort(&all);
    for (int i = 0; i < 64; i++)
        if (items[i] != i)
            return 1;
    puts("sorted");
    return 0;
}
