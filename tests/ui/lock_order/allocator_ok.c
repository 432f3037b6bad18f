/* A module whose memory functions could be replaced by somebody, but in this program are not: what they are is known. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static void (*release_memory)(void *) = free;

void set_release(void (*release)(void *))
{
    release_memory = release;
}

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t work_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_there = PTHREAD_COND_INITIALIZER;
static int work;

struct node {
    struct node *next;
};
static struct node *list;

static void worker_body(void *number)
{
    pthread_mutex_lock(&work_lock);
    while (work == 0)
        pthread_cond_wait(&work_there, &work_lock);
    work--;
    printf("%d\n", *(int *)number);
    pthread_mutex_unlock(&work_lock);
}

struct start {
    void (*body)(void *);
    void *argument;
};

static void *run(void *arg)
{
    struct start *start = arg;
    start->body(start->argument);
    return NULL;
}

static void clear_list(void)
{
    pthread_mutex_lock(&list_lock);
    while (list) {
        struct node *node = list;
        list = node->next;
        release_memory(node);
    }
    pthread_mutex_unlock(&list_lock);
}

int main(void)
{
    int number = 1;
    struct start start = { worker_body, &number };
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, &start))
        return 1;
    clear_list();
    pthread_mutex_lock(&work_lock);
    work++;
    pthread_cond_signal(&work_there);
    pthread_mutex_unlock(&work_lock);
    pthread_join(thread, NULL);
    return 0;
}
