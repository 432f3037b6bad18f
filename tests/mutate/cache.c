/* A cache of strings by number: readers share it, who misses fills it; hits are counted under another lock. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 32

struct entry {
    struct entry *next;
    int key;
    char text[32];
};

static pthread_rwlock_t table_lock = PTHREAD_RWLOCK_INITIALIZER;
static struct entry *table[BUCKETS];
static long entries;
static pthread_mutex_t count_lock = PTHREAD_MUTEX_INITIALIZER;
static long hits;
static long misses;

static void count_hit(void)
{
    pthread_mutex_lock(&count_lock);
    hits++;
    pthread_mutex_unlock(&count_lock);
}

static void count_miss(void)
{
    pthread_mutex_lock(&count_lock);
    misses++;
    pthread_mutex_unlock(&count_lock);
}

static int look_up(int key, char text[32])
{
    pthread_rwlock_rdlock(&table_lock);
    for (struct entry *e = table[key % BUCKETS]; e; e = e->next) {
        if (e->key != key)
            continue;
        memcpy(text, e->text, sizeof e->text);
        pthread_rwlock_unlock(&table_lock);
        count_hit();
        return 1;
    }
    pthread_rwlock_unlock(&table_lock);
    count_miss();
    return 0;
}

static int insert(int key, const char *text)
{
    struct entry *fresh = malloc(sizeof *fresh);
    if (!fresh)
        return -1;
    fresh->key = key;
    snprintf(fresh->text, sizeof fresh->text, "%s", text);
    pthread_rwlock_wrlock(&table_lock);
    fresh->next = table[key % BUCKETS];
    table[key % BUCKETS] = fresh;
    entries++;
    pthread_rwlock_unlock(&table_lock);
    return 0;
}

static long size(void)
{
    pthread_rwlock_rdlock(&table_lock);
    long all = entries;
    pthread_rwlock_unlock(&table_lock);
    return all;
}

static void *reader(void *argument)
{
    int start = *(const int *)argument;
    char text[32];
    for (int i = start; i < start + 200; i++) {
        if (look_up(i % 50, text))
            continue;
        snprintf(text, sizeof text, "number %d", i % 50);
        if (size() < 1000)
            insert(i % 50, text);
    }
    return NULL;
}

int main(void)
{
    static const int starts[] = {0, 13, 29};
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, reader, (void *)&starts[i]);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    printf("%ld entries, %ld hits, %ld misses\n", entries, hits, misses);
    return 0;
}
