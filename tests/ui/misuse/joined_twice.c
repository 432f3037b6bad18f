/* F0402: a thread is joined or detached again, or when it runs detached. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <threads.h>

static void *work(void *arg) { return arg; }
static void *detaches_itself(void *arg)
{
    pthread_detach(pthread_self());
    return arg;
}
static void *may_detach_itself(void *arg)
{
    if (arg)
        pthread_detach(pthread_self());
    return arg;
}
static int c11_work(void *arg) { (void)arg; return 0; }
static void check(int rc) { if (rc) abort(); }

void twice(void)
{
    pthread_t t;
    check(pthread_create(&t, NULL, work, NULL));
    pthread_join(t, NULL);
    pthread_join(t, NULL); //~ ERROR F0402 joined twice: `t`
}

void started_again(void)
{
    pthread_t t;
    check(pthread_create(&t, NULL, work, NULL));
    pthread_join(t, NULL);
    check(pthread_create(&t, NULL, work, NULL));
    pthread_join(t, NULL);
}

void joined_after_detach(void)
{
    pthread_t t;
    check(pthread_create(&t, NULL, work, NULL));
    pthread_detach(t);
    pthread_join(t, NULL); //~ ERROR F0402 joined after it was detached
}

void detached_after_join(void)
{
    pthread_t t;
    check(pthread_create(&t, NULL, work, NULL));
    pthread_join(t, NULL);
    pthread_detach(t); //~ ERROR F0402 detached after it was joined
}

void one_or_the_other(int wait)
{
    pthread_t t;
    check(pthread_create(&t, NULL, work, NULL));
    if (wait)
        pthread_join(t, NULL);
    else
        pthread_detach(t);
}

void on_one_path(int early)
{
    pthread_t t;
    check(pthread_create(&t, NULL, work, NULL));
    if (early)
        pthread_join(t, NULL);
    pthread_join(t, NULL); //~ ERROR F0402 joined twice
}

void flagged(int early)
{
    pthread_t t;
    int joined = 0;
    check(pthread_create(&t, NULL, work, NULL));
    if (early) {
        pthread_join(t, NULL);
        joined = 1;
    }
    if (!joined)
        pthread_join(t, NULL);
}

int again_when_it_failed(void)
{
    pthread_t t;
    check(pthread_create(&t, NULL, work, NULL));
    if (pthread_join(t, NULL) != 0)
        return pthread_join(t, NULL);
    return 0;
}

void through_a_copy(void)
{
    pthread_t t, u;
    check(pthread_create(&t, NULL, work, NULL));
    u = t;
    pthread_join(t, NULL);
    pthread_join(u, NULL); //~ ERROR F0402 joined twice: `u`
}

void a_parameter(pthread_t t)
{
    pthread_join(t, NULL);
    pthread_join(t, NULL); //~ ERROR F0402 joined twice: `t`
}

void in_a_loop(int n)
{
    pthread_t t;
    check(pthread_create(&t, NULL, work, NULL));
    for (int i = 0; i < n; i++)
        pthread_join(t, NULL); //~ ERROR F0402 joined twice: `t`
}

/* ---- detached from the start ---- */

void started_detached(void)
{
    pthread_attr_t attr;
    pthread_t t;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    check(pthread_create(&t, &attr, work, NULL));
    pthread_join(t, NULL); //~ ERROR F0402 runs detached
}

void started_joinable(void)
{
    pthread_attr_t attr;
    pthread_t t;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_JOINABLE);
    check(pthread_create(&t, &attr, work, NULL));
    pthread_join(t, NULL);
}

void detached_if(int detach)
{
    pthread_attr_t attr;
    pthread_t t;
    pthread_attr_init(&attr);
    if (detach)
        pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    check(pthread_create(&t, &attr, work, NULL));
    if (!detach)
        pthread_join(t, NULL);
}

void looks_after_itself(void)
{
    pthread_t t;
    check(pthread_create(&t, NULL, detaches_itself, NULL));
    pthread_join(t, NULL); //~ ERROR F0402 runs detached
}

void may_look_after_itself(void)
{
    pthread_t t;
    check(pthread_create(&t, NULL, may_detach_itself, NULL));
    pthread_join(t, NULL);
}

/* ---- elements ---- */

void elements(void)
{
    pthread_t t[2];
    for (int i = 0; i < 2; i++)
        check(pthread_create(&t[i], NULL, work, NULL));
    pthread_join(t[0], NULL);
    pthread_join(t[1], NULL);
    pthread_join(t[1], NULL); //~ ERROR F0402 joined twice: `t[1]`
}

void element_twice_in_a_pass(int n)
{
    pthread_t t[16];
    for (int i = 0; i < n; i++)
        check(pthread_create(&t[i], NULL, work, NULL));
    for (int i = 0; i < n; i++) {
        pthread_join(t[i], NULL);
        pthread_detach(t[i]); //~ ERROR F0402 detached after it was joined
    }
}

void each_once(int n)
{
    pthread_t t[16];
    for (int i = 0; i < n; i++)
        check(pthread_create(&t[i], NULL, work, NULL));
    for (int i = 0; i < n; i++)
        pthread_join(t[i], NULL);
}

void all_twice(int n)
{
    pthread_t t[16];
    for (int i = 0; i < n; i++)
        check(pthread_create(&t[i], NULL, work, NULL));
    for (int i = 0; i < n; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < n; i++)
        pthread_join(t[i], NULL); //~ ERROR F0402 joined twice
}

void first_again(void)
{
    pthread_t t[4];
    for (int i = 0; i < 4; i++)
        check(pthread_create(&t[i], NULL, work, NULL));
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    pthread_join(t[0], NULL); //~ ERROR F0402 joined twice
}

void in_two_halves(int n)
{
    pthread_t t[16];
    int i;
    for (i = 0; i < n; i++)
        check(pthread_create(&t[i], NULL, work, NULL));
    for (i = 0; i < n / 2; i++)
        pthread_join(t[i], NULL);
    for (; i < n; i++)
        pthread_join(t[i], NULL);
}

void started_between(int n)
{
    pthread_t t[16];
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < n; i++)
            check(pthread_create(&t[i], NULL, work, NULL));
        for (int i = 0; i < n; i++)
            pthread_join(t[i], NULL);
    }
}

/* ---- fields, globals, helpers ---- */

struct worker { pthread_t tid; int running; };
static struct worker service;
void unseen(void);

static void stop(struct worker *w) { pthread_join(w->tid, NULL); }
static void restart(struct worker *w)
{
    pthread_join(w->tid, NULL);
    check(pthread_create(&w->tid, NULL, work, NULL));
}
static void stop_service(void) { pthread_join(service.tid, NULL); }
static void stop_if_running(struct worker *w)
{
    if (w->running) {
        pthread_join(w->tid, NULL);
        w->running = 0;
    }
}

void stopped_twice(struct worker *w)
{
    stop(w);
    stop(w); //~ ERROR F0402 joined twice: `w->tid`
}

void stopped_and_joined(struct worker *w)
{
    stop(w);
    pthread_join(w->tid, NULL); //~ ERROR F0402
}

void two_workers(struct worker *a, struct worker *b)
{
    stop(a);
    stop(b);
}

void restarted(struct worker *w)
{
    restart(w);
    stop(w);
}

void only_if_running(struct worker *w)
{
    stop_if_running(w);
    stop_if_running(w);
}

void global_twice(void)
{
    stop_service();
    stop_service(); //~ ERROR F0402 joined twice: `service.tid`
}

void global_with_unseen_between(void)
{
    stop_service();
    unseen();
    stop_service();
}

void many_workers(struct worker *w, int n)
{
    for (int i = 0; i < n; i++)
        stop(&w[i]);
    for (struct worker *p = w; p < w + n; p++)
        stop(p);
}

/* ---- C11 ---- */

int c11(void)
{
    thrd_t t;
    if (thrd_create(&t, c11_work, NULL) != thrd_success)
        return -1;
    thrd_detach(t);
    return thrd_join(t, NULL); //~ ERROR F0402 joined after it was detached
}
