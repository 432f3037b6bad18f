/* F0401: the last handle of a thread that ends is lost before anybody has joined or detached it. */
#include <pthread.h>
#include <stdlib.h>
#include <threads.h>
#include <unistd.h>

static void *work(void *arg) { return arg; }
static void *exits(void *arg) { (void)arg; pthread_exit(NULL); }
static void *detaches_itself(void *arg) { pthread_detach(pthread_self()); return arg; }
static void *for_ever(void *arg) { (void)arg; for (;;) pause(); }
static int c11_work(void *arg) { (void)arg; return 0; }

void fire_and_forget(void)
{
    pthread_t t;
    pthread_create(&t, NULL, work, NULL); //~ ERROR F0401 neither joined nor detached
}

void joined(void)
{
    pthread_t t;
    if (pthread_create(&t, NULL, work, NULL) == 0)
        pthread_join(t, NULL);
}

void detached(void)
{
    pthread_t t;
    pthread_create(&t, NULL, work, NULL);
    pthread_detach(t);
}

void ends_by_exit(void)
{
    pthread_t t;
    pthread_create(&t, NULL, exits, NULL); //~ ERROR F0401
}

void looks_after_itself(void)
{
    pthread_t t;
    pthread_create(&t, NULL, detaches_itself, NULL);
}

void never_ends(void)
{
    pthread_t t;
    pthread_create(&t, NULL, for_ever, NULL);
}

void started_detached(void)
{
    pthread_attr_t attr;
    pthread_t t;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_create(&t, &attr, work, NULL);
    pthread_attr_destroy(&attr);
}

void started_with_a_stack_size(void)
{
    pthread_attr_t attr;
    pthread_t t;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 1 << 20);
    pthread_create(&t, &attr, work, NULL); //~ ERROR F0401
    pthread_attr_destroy(&attr);
}

void attributes_from_elsewhere(const pthread_attr_t *attr)
{
    pthread_t t;
    pthread_create(&t, attr, work, NULL);
}

/* ---- paths ---- */

int early_return(int n)
{
    pthread_t t;
    if (pthread_create(&t, NULL, work, NULL) != 0) //~ ERROR F0401
        return -1;
    if (n < 0)
        return -2;
    pthread_join(t, NULL);
    return 0;
}

int goto_out(int n)
{
    pthread_t t;
    int rc = pthread_create(&t, NULL, work, NULL);
    if (rc != 0)
        return rc;
    if (n < 0)
        goto out;
    n++;
out:
    pthread_join(t, NULL);
    return n;
}

void correlated(int threaded)
{
    pthread_t t;
    if (threaded)
        pthread_create(&t, NULL, work, NULL);
    sleep(1);
    if (threaded)
        pthread_join(t, NULL);
}

int gives_up(int n)
{
    pthread_t t;
    pthread_create(&t, NULL, work, NULL);
    if (n < 0)
        exit(1);
    if (n > 100)
        abort();
    return pthread_join(t, NULL);
}

/* ---- many ---- */

void overwritten(void)
{
    pthread_t t;
    for (int i = 0; i < 4; i++)
        pthread_create(&t, NULL, work, NULL); //~ ERROR F0401
    pthread_join(t, NULL);
}

void one_after_the_other(void)
{
    pthread_t t;
    for (int i = 0; i < 4; i++) {
        pthread_create(&t, NULL, work, NULL);
        pthread_join(t, NULL);
    }
}

void second_takes_the_handle(void)
{
    pthread_t t;
    pthread_create(&t, NULL, work, NULL); //~ ERROR F0401
    pthread_create(&t, NULL, exits, NULL);
    pthread_join(t, NULL);
}

void copied_before(void)
{
    pthread_t t, first;
    pthread_create(&t, NULL, work, NULL);
    first = t;
    pthread_create(&t, NULL, exits, NULL);
    pthread_join(t, NULL);
    pthread_join(first, NULL);
}

void all_of_them(void)
{
    pthread_t t[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, work, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
}

void not_the_last(void)
{
    pthread_t t[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, work, NULL); //~ ERROR F0401 not all threads are joined
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
}

void not_the_first(int n)
{
    pthread_t t[64];
    for (int i = 0; i < n; i++)
        pthread_create(&t[i], NULL, work, NULL); //~ ERROR F0401 not all threads are joined
    for (int i = 1; i < n; i++)
        pthread_join(t[i], NULL);
}

void one_by_one(void)
{
    pthread_t t[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, work, NULL);
    pthread_join(t[0], NULL);
    pthread_join(t[1], NULL);
}

void two_of_three(void)
{
    pthread_t t[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, work, NULL); //~ ERROR F0401 not all threads are joined
    pthread_join(t[0], NULL);
    pthread_join(t[1], NULL);
}

int one_fails(int n)
{
    pthread_t t[64];
    for (int i = 0; i < n; i++)
        if (pthread_create(&t[i], NULL, work, NULL) != 0) //~ ERROR F0401
            return -1;
    for (int i = 0; i < n; i++)
        pthread_join(t[i], NULL);
    return 0;
}

int one_fails_and_the_rest_is_joined(int n)
{
    pthread_t t[64];
    int started, rc = 0;
    for (started = 0; started < n; started++)
        if (pthread_create(&t[started], NULL, work, NULL) != 0) {
            rc = -1;
            break;
        }
    for (int i = 0; i < started; i++)
        pthread_join(t[i], NULL);
    return rc;
}

void serve(int (*next)(void))
{
    while (next() >= 0) {
        pthread_t t;
        pthread_create(&t, NULL, work, NULL); //~ ERROR F0401
    }
}

/* ---- handles that others can find ---- */

static pthread_t background;
struct worker { pthread_t tid; int n; };
struct pool { struct worker workers[4]; };
void remember(pthread_t t);
void adopt(struct worker *w);

void in_a_global(void) { pthread_create(&background, NULL, work, NULL); }

void copied_to_a_global(void)
{
    pthread_t t;
    pthread_create(&t, NULL, work, NULL);
    background = t;
}

void in_a_parameter(struct pool *p)
{
    for (int i = 0; i < 4; i++)
        pthread_create(&p->workers[i].tid, NULL, work, &p->workers[i]);
}

struct worker *on_the_heap(void)
{
    struct worker *w = malloc(sizeof *w);
    pthread_create(&w->tid, NULL, work, w);
    return w;
}

void given_away(void)
{
    pthread_t t;
    pthread_create(&t, NULL, work, NULL);
    remember(t);
}

static void remember_twice(pthread_t t) { remember(t); }

void given_away_by_a_helper(void)
{
    pthread_t t;
    pthread_create(&t, NULL, work, NULL);
    remember_twice(t);
}

static void *joins_it(void *arg)
{
    pthread_join(*(pthread_t *)arg, NULL);
    return NULL;
}

void joined_by_another(void)
{
    pthread_t a, b;
    pthread_create(&a, NULL, work, NULL);
    pthread_create(&b, NULL, joins_it, &a);
    pthread_join(b, NULL);
}

/* ---- helpers ---- */

static int start(pthread_t *t) { return pthread_create(t, NULL, work, NULL); }
static pthread_t started(void)
{
    pthread_t t;
    pthread_create(&t, NULL, work, NULL);
    return t;
}
static void stop(pthread_t *t) { pthread_join(*t, NULL); }
static void start_any(pthread_t *t, void *(*f)(void *), void *arg)
{
    if (pthread_create(t, NULL, f, arg) != 0)
        abort();
}

void helper_starts(void)
{
    pthread_t t;
    start(&t); //~ ERROR F0401
}

void helper_starts_and_stops(void)
{
    pthread_t t;
    if (start(&t) != 0)
        return;
    stop(&t);
}

void helper_returns_it(void)
{
    pthread_t t = started(), u = started(); //~ ERROR F0401
    pthread_join(t, NULL);
    (void)u;
}

void wrapped(void)
{
    pthread_t t, u, v;
    start_any(&t, work, NULL); //~ ERROR F0401
    start_any(&u, for_ever, NULL);
    start_any(&v, work, NULL);
    pthread_join(v, NULL);
}

/* ---- C11 ---- */

int c11(int wait)
{
    thrd_t t;
    if (thrd_create(&t, c11_work, NULL) != thrd_success) //~ ERROR F0401
        return -1;
    if (!wait)
        return 0;
    return thrd_join(t, NULL);
}

void c11_detached(void)
{
    thrd_t t;
    if (thrd_create(&t, c11_work, NULL) == thrd_success)
        thrd_detach(t);
}
