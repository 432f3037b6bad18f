/* A correct program: a pool that is a struct on the heap, with its own drop. */
#include "words.h"

struct pool {
    fl_sender(struct job) jobs;
    fl_join_handle(void) *threads;
    size_t count;
};

typedef fl_mutex(fl_receiver(struct job)) job_queue;

FL_THREAD_FN(void, pool_worker, fl_arc(job_queue), queue)
{
    fl_auto(queue);
    for (;;) {
        struct job j;
        fl_status s;
        {
            fl_guard(rx, fl_get(queue));
            s = fl_recv(*rx, &j);
        }
        if (s != FL_OK)
            return;
        text_print(&j.name);
        fl_drop(j);
    }
}

static void pool_drop(struct pool *p)
{
    fl_drop(p->jobs);
    for (size_t i = 0; i < p->count; i++)
        fl_ignore(fl_join(p->threads[i]));
    free(p->threads);
    p->threads = NULL;
    p->count = 0;
}
#define FL_OWNED struct pool, pool_drop
#include <fearless/owned.h>

static struct pool pool_new(size_t count)
{
    struct pool p = { 0 };
    fl_receiver(struct job) rx;
    fl_channel(&p.jobs, &rx);
    fl_arc(job_queue) queue = fl_arc_new(job_queue, FL_MUTEX(fl_move(rx)));
    p.threads = calloc(count, sizeof *p.threads);
    if (!p.threads)
        fl_panic("out of memory");
    for (; p.count < count; p.count++)
        p.threads[p.count] = fl_spawn(pool_worker, fl_clone(queue));
    fl_drop(queue);
    return p;
}

static bool pool_add(struct pool *p, struct job j)
{
    return fl_send(p->jobs, fl_move(j)) == FL_OK;
}

int main(void)
{
    struct pool pool = pool_new(4);
    fl_auto(pool);
    for (int i = 0; i < 20; i++) {
        struct job j = { i, text_of("name"), text_of("body") };
        if (!pool_add(&pool, fl_move(j)))
            return 1;
    }
    return 0;
}
