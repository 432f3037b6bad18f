/* The thread says when it is done: a semaphore, a condition variable or a barrier inside what it was lent. */
#include <pthread.h>
#include <semaphore.h>

struct task {
    sem_t done;
    int result;
};
struct group {
    pthread_mutex_t m;
    pthread_cond_t cv;
    int left;
};
static void *run_task(void *p)
{
    struct task *t = p;
    t->result = 1;
    sem_post(&t->done);
    return NULL;
}
static void *run_member(void *p)
{
    struct group *g = p;
    pthread_mutex_lock(&g->m);
    if (--g->left == 0)
        pthread_cond_signal(&g->cv);
    pthread_mutex_unlock(&g->m);
    return NULL;
}
static void group_wait(struct group *g)
{
    pthread_mutex_lock(&g->m);
    while (g->left > 0)
        pthread_cond_wait(&g->cv, &g->m);
    pthread_mutex_unlock(&g->m);
}

static int good_semaphore(void)
{
    pthread_t t;
    struct task task = { .result = 0 };
    sem_init(&task.done, 0, 0);
    if (pthread_create(&t, NULL, run_task, &task))
        return -1;
    pthread_detach(t);
    sem_wait(&task.done);
    return task.result;
}
static void good_group(void)
{
    struct group g = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 };
    for (int i = 0; i < 3; i++) {
        pthread_t t;
        pthread_mutex_lock(&g.m);
        g.left++;
        pthread_mutex_unlock(&g.m);
        if (pthread_create(&t, NULL, run_member, &g) == 0) {
            pthread_detach(t);
        } else {
            pthread_mutex_lock(&g.m);
            g.left--;
            pthread_mutex_unlock(&g.m);
        }
    }
    group_wait(&g);
}
static void bad(void)
{
    pthread_t t;
    struct task task = { .result = 0 };
    sem_init(&task.done, 0, 0);
    if (pthread_create(&t, NULL, run_task, &task)) //~ ERROR E0373 may outlive borrowed value `task`
        return;
    pthread_detach(t);
}

int main(void)
{
    good_group();
    bad();
    return good_semaphore();
}
