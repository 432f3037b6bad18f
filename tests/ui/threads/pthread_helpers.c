/* Creating and joining in functions of their own. */
#include <pthread.h>
#include <stdbool.h>

struct worker {
    pthread_t thread;
    int id;
    bool running;
};
static void *work(void *p)
{
    return &((struct worker *)p)->id;
}
static int worker_start(struct worker *w, int id)
{
    w->id = id;
    int rc = pthread_create(&w->thread, NULL, work, w);
    if (rc != 0)
        return rc;
    w->running = true;
    return 0;
}
static bool worker_try_start(struct worker *w)
{
    return pthread_create(&w->thread, NULL, work, w) == 0;
}
static void worker_stop(struct worker *w)
{
    pthread_join(w->thread, NULL);
}
static void join_all(struct worker *w, int n)
{
    for (int i = 0; i < n; i++)
        pthread_join(w[i].thread, NULL);
}

static int good(void)
{
    struct worker w = { 0 };
    if (worker_start(&w, 1) != 0)
        return -1;
    worker_stop(&w);
    return 0;
}
static int good_bool(void)
{
    struct worker w = { 0 };
    if (!worker_try_start(&w))
        return -1;
    worker_stop(&w);
    return 0;
}
static int good_array(void)
{
    struct worker w[3] = { 0 };
    for (int i = 0; i < 3; i++)
        worker_start(&w[i], i);
    join_all(w, 3);
    return 0;
}
static int bad(int c)
{
    struct worker w = { 0 };
    if (worker_start(&w, 1) != 0) //~ ERROR E0373 may outlive borrowed value `w`
        return -1;
    if (c)
        return -2;
    worker_stop(&w);
    return 0;
}
static void bad_never(void)
{
    struct worker w = { 0 };
    worker_start(&w, 1); //~ ERROR E0373 may outlive borrowed value `w`
}

int main(void)
{
    bad_never();
    return good() + good_bool() + good_array() + bad(1);
}
