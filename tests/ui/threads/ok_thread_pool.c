/* A pool on the heap: its threads are started and joined by functions of their own. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct task {
    struct task *next;
    void (*run)(void *argument);
    void *argument;
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct task *first, **last;
    bool stopping;
    int count;
    pthread_t threads[];
};

static void *pool_thread(void *argument)
{
    struct pool *pool = argument;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (!pool->first && !pool->stopping)
            pthread_cond_wait(&pool->wake, &pool->lock);
        struct task *task = pool->first;
        if (!task)
            break;
        pool->first = task->next;
        if (!pool->first)
            pool->last = &pool->first;
        pthread_mutex_unlock(&pool->lock);
        task->run(task->argument);
        free(task);
        pthread_mutex_lock(&pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static void pool_stop(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->count; i++)
        pthread_join(pool->threads[i], NULL);
    free(pool);
}

static struct pool *pool_start(int count)
{
    struct pool *pool = calloc(1, sizeof *pool + (size_t)count * sizeof pool->threads[0]);
    if (!pool)
        return NULL;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pool->last = &pool->first;
    for (; pool->count < count; pool->count++)
        if (pthread_create(&pool->threads[pool->count], NULL, pool_thread, pool) != 0) {
            pool_stop(pool);
            return NULL;
        }
    return pool;
}

static bool pool_add(struct pool *pool, void (*run)(void *), void *argument)
{
    struct task *task = malloc(sizeof *task);
    if (!task)
        return false;
    *task = (struct task){ NULL, run, argument };
    pthread_mutex_lock(&pool->lock);
    *pool->last = task;
    pool->last = &task->next;
    pthread_cond_signal(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
    return true;
}

static void say(void *argument)
{
    puts(argument);
}

int main(void)
{
    static char hello[] = "hello";
    struct pool *pool = pool_start(3);
    if (!pool)
        return 1;
    for (int i = 0; i < 5; i++)
        pool_add(pool, say, hello);
    pool_stop(pool);
    return 0;
}
