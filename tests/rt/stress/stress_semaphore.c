/* The semaphore under load: no permit is lost, doubled or slept through; freeing right after acquiring. */
#include <fearless/semaphore.h>

#include "stress.h"

#include <string.h>

enum { MOST = 64 };

/* ---- permits that are taken and given back ---- */

struct pool {
    struct fl_semaphore permits;
    unsigned size, each;
    FL_ATOMIC(unsigned) inside;
    FL_ATOMIC(uint64_t) given_up;
};
struct user {
    struct pool *pool;
    uint64_t number;
};

static bool take_somehow(struct pool *pool, uint64_t random)
{
    switch (random % 4) {
    case 0:
        return fl_try_acquire(&pool->permits);
    case 1:
        return fl_acquire_timeout(&pool->permits, fl_nanos((int64_t)(random / 4 % 30000))) == FL_OK;
    default:
        fl_acquire(&pool->permits);
        return true;
    }
}

static void *use(void *arg)
{
    struct user *me = arg;
    struct pool *pool = me->pool;
    uint64_t random = stress_random_for(me->number);

    for (unsigned i = 0; i < pool->each; i++) {
        if (!take_somehow(pool, stress_next(&random))) {
            fl_add_relaxed(&pool->given_up, 1);
            continue;
        }
        stress_check(fl_add_relaxed(&pool->inside, 1) < pool->size);
        if (stress_next(&random) % 8 == 0)
            sched_yield();
        fl_sub_relaxed(&pool->inside, 1);
        fl_release(&pool->permits);
    }
    return NULL;
}

static void pools(unsigned size, unsigned threads)
{
    struct pool *pool = calloc(1, sizeof *pool);
    struct user who[MOST];
    pthread_t t[MOST];

    pool->permits = (struct fl_semaphore)FL_SEMAPHORE(size);
    pool->size = size;
    pool->each = 20000 * stress_size() / threads;
    for (unsigned i = 0; i < threads; i++) {
        who[i] = (struct user){ pool, i + threads };
        t[i] = stress_start(use, &who[i]);
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_join(t[i], NULL);
    stress_check(pool->permits.fl_state.fl_word == size); /* all back, and nobody is counted as waiting */
    free(pool);
}

/* ---- permits from some threads to others, also many at once; what they stand for is there ---- */

enum { BATCHES = 400, LARGEST = 5 };

struct line {
    struct fl_semaphore ready;
    FL_ATOMIC(unsigned) next;            /* the next item to take: claimed after a permit */
    unsigned item[BATCHES * LARGEST];    /* plain: the permits order them */
    unsigned count;
};

static void *consume(void *arg)
{
    struct line *line = arg;

    for (;;) {
        fl_acquire(&line->ready);
        /* acquire and release: the permit that lets us at item n may have been somebody else's, who claimed before us */
        unsigned n = fl_add_acq_rel(&line->next, 1);
        if (n >= line->count)
            return NULL; /* one of those that end us */
        stress_check(line->item[n] == n + 1);
    }
}

static void lines(unsigned threads)
{
    for (unsigned r = 0; r < 4 * stress_size(); r++) {
        struct line *line = calloc(1, sizeof *line);
        pthread_t t[MOST];
        uint64_t random = stress_random_for(r);
        unsigned made = 0;

        line->count = BATCHES * LARGEST;
        for (unsigned i = 0; i < threads; i++)
            t[i] = stress_start(consume, line);
        while (made < line->count) {
            unsigned batch = 1 + (unsigned)(stress_next(&random) % LARGEST);

            if (batch > line->count - made)
                batch = line->count - made;
            for (unsigned i = 0; i < batch; i++, made++)
                line->item[made] = made + 1;
            fl_release(&line->ready, batch);
        }
        fl_release(&line->ready, threads);
        for (unsigned i = 0; i < threads; i++)
            pthread_join(t[i], NULL);
        stress_check(line->ready.fl_state.fl_word == 0);
        free(line);
    }
}

/* ---- who has acquired frees: the one who released does not touch it any more ---- */

struct mailbox {
    FL_ATOMIC(struct fl_semaphore *) to_release;
    FL_ATOMIC(bool) over;
};

static void *release_what_comes(void *arg)
{
    struct mailbox *box = arg;

    while (!fl_load_acquire(&box->over)) {
        struct fl_semaphore *s = fl_swap_acq_rel(&box->to_release, NULL);

        if (s)
            fl_release(s);
        else
            sched_yield();
    }
    return NULL;
}

static void freeing(void)
{
    struct mailbox *box = calloc(1, sizeof *box);
    uint64_t random = stress_random_for(99);
    pthread_t t = stress_start(release_what_comes, box);

    for (unsigned i = 0; i < 5000 * stress_size(); i++) {
        struct fl_semaphore *s = calloc(1, sizeof *s);

        fl_store_release(&box->to_release, s);
        if (stress_next(&random) % 2 == 0)
            sched_yield();
        fl_acquire(s);
        memset(s, 0xff, sizeof *s);
        free(s);
    }
    fl_store_release(&box->over, true);
    pthread_join(t, NULL);
    free(box);
}

/* ---- deadlines that pass just as permits come ---- */

struct race {
    struct fl_semaphore s;
    FL_ATOMIC(uint64_t) taken;
    FL_ATOMIC(bool) over;
    unsigned each;
};

static void *take_in_time(void *arg)
{
    struct race *race = arg;
    uint64_t random = stress_random_for((uint64_t)pthread_self());

    while (!fl_load_acquire(&race->over))
        if (fl_acquire_timeout(&race->s, fl_nanos((int64_t)(stress_next(&random) % 60000))) == FL_OK)
            fl_add_relaxed(&race->taken, 1);
    return NULL;
}

static void *give(void *arg)
{
    struct race *race = arg;

    for (unsigned i = 0; i < race->each; i++) {
        fl_release(&race->s);
        if (i % 16 == 0)
            sched_yield();
    }
    return NULL;
}

static void *take_for_sure(void *arg)
{
    struct race *race = arg;

    for (unsigned i = 0; i < race->each / 2; i++)
        fl_acquire(&race->s); /* hangs if a wake-up is lost to somebody whose time was over */
    return NULL;
}

static void races(unsigned threads)
{
    struct race *race = calloc(1, sizeof *race);
    pthread_t t[MOST], giver, sure;
    uint64_t left;

    race->each = 10000 * stress_size();
    sure = stress_start(take_for_sure, race);
    for (unsigned i = 0; i < threads; i++)
        t[i] = stress_start(take_in_time, race);
    giver = stress_start(give, race);
    pthread_join(giver, NULL);
    fl_store_release(&race->over, true);
    for (unsigned i = 0; i < threads; i++)
        pthread_join(t[i], NULL);
    fl_release(&race->s, race->each); /* enough for the last one in any case */
    pthread_join(sure, NULL);
    for (left = 0; fl_try_acquire(&race->s);)
        left++;
    stress_check(fl_load_relaxed(&race->taken) + race->each / 2 + left == 2 * (uint64_t)race->each);
    free(race);
}

int main(void)
{
    stress_begin("stress_semaphore");
    for (unsigned threads = 2; threads <= MOST; threads *= 2)
        pools(1 + threads / 8, threads);
    pools(1, 2);
    pools(1, 8);
    lines(1);
    lines(3);
    lines(16);
    freeing();
    races(1);
    races(6);
    puts("ok");
    return 0;
}
