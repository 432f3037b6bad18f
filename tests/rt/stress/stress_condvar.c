/* Condition variables under load: producers and consumers, notifications that nobody may lose, also when deadlines pass at
 * that moment, and freeing right after the last wait. */
#include <fearless/condvar.h>
#include <fearless/mutex.h>
#include <fearless/rwlock.h>
#include <fearless/time.h>

#include "stress.h"

#include <string.h>

/* ---- a small bounded queue: every item arrives once ---- */

enum { ROOM = 2 };
typedef struct {
    uint64_t items[ROOM];
    unsigned count;
    unsigned producers; /* that have not finished */
} queue;

struct market {
    fl_mutex(queue) q;
    fl_rwlock(queue) rw_q; /* the same with write guards */
    struct fl_condvar not_full, not_empty;
    bool with_rw;
    uint32_t each;
    FL_ATOMIC(uint64_t) sent, received, n_received;
};
struct trader {
    struct market *all;
    uint64_t number;
};

static void put(struct market *all, queue *q, uint64_t item)
{
    q->items[q->count++] = item;
    fl_add_relaxed(&all->sent, item);
}

static void *produce(void *arg)
{
    struct trader *me = arg;
    struct market *all = me->all;

    for (uint32_t i = 1; i <= all->each; i++) {
        uint64_t item = me->number * 1000003 + i;

        if (all->with_rw) {
            fl_write_guard(q, &all->rw_q);
            fl_wait_while(&all->not_full, q, q->count == ROOM);
            put(all, q, item);
            fl_unlock(q);
        } else {
            fl_guard(q, &all->q);
            fl_wait_while(&all->not_full, q, q->count == ROOM);
            put(all, q, item);
            if (i % 2)
                fl_unlock(q); /* notified with the lock held, and without */
            fl_notify_one(&all->not_empty);
            continue;
        }
        fl_notify_one(&all->not_empty);
    }
    if (all->with_rw)
        fl_with_write (q, &all->rw_q) q->producers--;
    else
        fl_with (q, &all->q) q->producers--;
    fl_notify_all(&all->not_empty);
    return NULL;
}

/* False: the producers are done, and there is nothing left. */
static bool take(struct market *all, queue *q)
{
    if (q->count == 0)
        return false;
    fl_add_relaxed(&all->received, q->items[--q->count]);
    fl_add_relaxed(&all->n_received, 1);
    return true;
}

static void *consume(void *arg)
{
    struct trader *me = arg;
    struct market *all = me->all;
    uint64_t random = stress_random_for(me->number);

    for (bool more = true; more;) {
        if (all->with_rw) {
            fl_write_guard(q, &all->rw_q);
            fl_wait_while(&all->not_empty, q, q->count == 0 && q->producers > 0);
            more = take(all, q);
        } else if (stress_next(&random) % 4 == 0) {
            fl_guard(q, &all->q);
            if (fl_wait_timeout_while(&all->not_empty, q, fl_nanos((int64_t)(stress_next(&random) % 50000)),
                                      q->count == 0 && q->producers > 0) == FL_OK)
                more = take(all, q);
        } else {
            fl_guard(q, &all->q);
            fl_wait_while(&all->not_empty, q, q->count == 0 && q->producers > 0);
            more = take(all, q);
        }
        fl_notify_one(&all->not_full);
    }
    return NULL;
}

static void producers_and_consumers(unsigned producers, unsigned consumers, bool with_rw)
{
    struct market *all = calloc(1, sizeof *all);
    struct trader who[64];
    pthread_t t[64];

    all->with_rw = with_rw;
    all->each = 8000 * stress_size() / producers;
    fl_data_mut(&all->q)->producers = fl_data_mut(&all->rw_q)->producers = producers;
    for (unsigned i = 0; i < producers + consumers; i++) {
        who[i] = (struct trader){ all, i + 1 };
        t[i] = stress_start(i < producers ? produce : consume, &who[i]);
    }
    for (unsigned i = 0; i < producers + consumers; i++)
        pthread_join(t[i], NULL);
    stress_check(fl_load_relaxed(&all->sent) == fl_load_relaxed(&all->received));
    stress_check(fl_load_relaxed(&all->n_received) == (uint64_t)producers * all->each);
    stress_check(fl_load_relaxed(&all->not_full.fl_waiters) == 0);
    stress_check(fl_load_relaxed(&all->not_empty.fl_waiters) == 0);
    free(all);
}

/* ---- n notifications wake n: plain waits, each notified once ---- */

struct pool {
    fl_mutex(unsigned) waiting; /* have announced that they wait */
    struct fl_condvar cv, all_wait;
    unsigned threads, rounds;
    FL_ATOMIC(uint32_t) returned;
};

static void *wait_plainly(void *arg)
{
    struct pool *p = arg;

    for (unsigned round = 0; round < p->rounds; round++) {
        fl_guard(n, &p->waiting);
        *n += 1;
        if (*n == p->threads)
            fl_notify_one(&p->all_wait);
        fl_wait(&p->cv, n); /* no condition: a notification that is lost is a hang */
        fl_add_relaxed(&p->returned, 1);
    }
    return NULL;
}

static void notifications_are_not_lost(unsigned threads)
{
    struct pool *p = calloc(1, sizeof *p);
    pthread_t t[64];

    p->threads = threads;
    p->rounds = 1;
    for (unsigned round = 0; round < 2000 * stress_size() / threads / threads + 3; round++) {
        for (unsigned i = 0; i < threads; i++)
            t[i] = stress_start(wait_plainly, p);
        fl_with (n, &p->waiting) {
            fl_wait_while(&p->all_wait, n, *n != threads);
            *n = 0;
        }
        for (unsigned i = 0; i < threads; i++)
            fl_notify_one(&p->cv);
        for (unsigned i = 0; i < threads; i++)
            pthread_join(t[i], NULL);
    }
    free(p);
}

/* ---- a deadline that passes while a notification comes: one of the two who wait gets it ---- */

struct race {
    fl_mutex(unsigned) waiting;
    struct fl_condvar cv;
    FL_ATOMIC(uint32_t) patient_back;
    fl_status hasty_got;
    int64_t hasty_ns;
};

static void *wait_patiently(void *arg)
{
    struct race *r = arg;

    fl_guard(n, &r->waiting);
    *n += 1;
    fl_wait(&r->cv, n);
    fl_store_release(&r->patient_back, 1);
    return NULL;
}

static void *wait_hastily(void *arg)
{
    struct race *r = arg;

    fl_guard(n, &r->waiting);
    *n += 1;
    r->hasty_got = fl_wait_timeout(&r->cv, n, fl_nanos(r->hasty_ns));
    return NULL;
}

static void deadlines_do_not_eat_notifications(void)
{
    uint64_t random = stress_random_for(77);

    for (unsigned round = 0; round < 600 * stress_size(); round++) {
        struct race *r = calloc(1, sizeof *r);
        pthread_t patient, hasty;
        unsigned waiting = 0;

        r->hasty_ns = (int64_t)(stress_next(&random) % 120000);
        patient = stress_start(wait_patiently, r);
        while (waiting != 1)
            fl_with (n, &r->waiting) waiting = *n;
        hasty = stress_start(wait_hastily, r);
        while (waiting != 2)
            fl_with (n, &r->waiting) waiting = *n;
        fl_notify_one(&r->cv);
        pthread_join(hasty, NULL); /* by the notification, or by its deadline */
        if (r->hasty_got == FL_OK) {
            fl_notify_one(&r->cv); /* it was the hasty one's; now the other one's turn */
        } else {
            stress_check(r->hasty_got == FL_TIMEOUT); /* then the notification was the patient one's: a hang if it is lost */
        }
        pthread_join(patient, NULL);
        free(r);
    }
}

/* ---- the last one to return frees the condition variable, while the notifier may still be in its call ---- */

struct parcel {
    struct fl_lock *lock; /* outlives the parcel */
    struct fl_condvar cv;
    unsigned waiting, ready, owners;
};

static void *wait_and_free(void *arg)
{
    struct parcel *p = arg;
    bool last;

    fl_lock_guard(held, p->lock);
    p->waiting++;
    fl_wait_while(&p->cv, held, !p->ready);
    last = --p->owners == 0;
    fl_unlock(held);
    if (last) {
        memset(p, 0xff, sizeof *p);
        free(p);
    }
    return NULL;
}

static void freeing_after_notify(unsigned threads)
{
    static struct fl_lock lock;
    pthread_t t[64];

    for (unsigned round = 0; round < 400 * stress_size() / threads; round++) {
        struct parcel *p = calloc(1, sizeof *p);

        p->lock = &lock;
        p->owners = threads;
        for (unsigned i = 0; i < threads; i++)
            t[i] = stress_start(wait_and_free, p);
        for (unsigned waiting = 0; waiting != threads;) {
            fl_lock_guard(held, &lock);
            waiting = p->waiting;
            if (waiting == threads)
                p->ready = 1;
            if (waiting == threads && round % 2)
                fl_notify_all(&p->cv); /* with the lock held: nobody can return before */
        }
        if (round % 2 == 0)
            fl_notify_all(&p->cv); /* nobody has returned before: none of them had been woken */
        for (unsigned i = 0; i < threads; i++)
            pthread_join(t[i], NULL);
    }
}

int main(void)
{
    stress_begin("stress_condvar");
    for (int with_rw = 0; with_rw < 2; with_rw++) {
        producers_and_consumers(1, 1, with_rw);
        producers_and_consumers(4, 4, with_rw);
        producers_and_consumers(1, 16, with_rw);
        producers_and_consumers(32, 32, with_rw);
    }
    for (unsigned threads = 2; threads <= 32; threads *= 2)
        notifications_are_not_lost(threads);
    deadlines_do_not_eat_notifications();
    freeing_after_notify(1);
    freeing_after_notify(8);
    puts("ok");
    return 0;
}
