/* Parking under load: no token is lost, whoever wakes, whatever else wakes, with deadlines that pass at the worst time. */
#include "park.h"
#include "stress.h"

#include <fearless/time.h>

/* ---- two threads wake each other in turn: one lost wake-up, and both sleep for ever ---- */

struct player {
    struct fl_parker parker;
    FL_ATOMIC(uint32_t) turns;
    struct player *other;
    uint32_t rounds;
};

static void *play(void *arg)
{
    struct player *me = arg;

    for (uint32_t i = 1; i <= me->rounds; i++) {
        fl_store_release(&me->other->turns, i);
        fl_parker_wake_(&me->other->parker);
        while (fl_load_acquire(&me->turns) < i)
            (void)fl_parker_wait_(&me->parker, FL_NEVER_NS_);
    }
    return NULL;
}

static void ping_pong(void)
{
    struct player a = { FL_PARKER_INIT_, FL_ATOMIC_INIT(0), NULL, 5000 * stress_size() };
    struct player b = { FL_PARKER_INIT_, FL_ATOMIC_INIT(0), &a, a.rounds };
    pthread_t t;

    a.other = &b;
    t = stress_start(play, &b);
    play(&a);
    pthread_join(t, NULL);
}

/* ---- one token for each round, and nothing else to go by: a token that is lost when a deadline passes at the same
 * moment is missed for ever. The data is plain: the token orders it. ---- */

struct tokens {
    struct fl_parker parker, back;
    uint32_t data, rounds;
};

static void *hand_out_tokens(void *arg)
{
    struct tokens *t = arg;
    uint64_t random = stress_random_for(6);

    for (uint32_t i = 1; i <= t->rounds; i++) {
        for (volatile uint64_t n = stress_next(&random) % 4096; n > 0; n--)
            ; /* the other one is looking for its token over and over: come at any moment of that */
        t->data = i;
        fl_parker_wake_(&t->parker);
        (void)fl_parker_wait_(&t->back, FL_NEVER_NS_);
    }
    return NULL;
}

static void one_token_each(void)
{
    static struct tokens t = { FL_PARKER_INIT_, FL_PARKER_INIT_, 0, 0 };
    pthread_t giver;

    t.rounds = 5000 * stress_size();
    giver = stress_start(hand_out_tokens, &t);
    for (uint32_t i = 1; i <= t.rounds; i++) {
        while (!fl_parker_wait_(&t.parker, 0)) /* a deadline that is over: to sleep and back at once */
            ;
        stress_check(t.data == i);
        fl_parker_wake_(&t.back);
    }
    pthread_join(giver, NULL);
}

/* ---- many wakers, one sleeper that counts what they did, sleeping with short deadlines ---- */

struct crowd {
    struct fl_parker parker;
    FL_ATOMIC(uint64_t) done;
    uint32_t each;
};

static void *wake_often(void *arg)
{
    struct crowd *crowd = arg;

    for (uint32_t i = 0; i < crowd->each; i++) {
        fl_add_release(&crowd->done, 1);
        fl_parker_wake_(&crowd->parker);
    }
    return NULL;
}

static void many_wakers(unsigned threads)
{
    struct crowd crowd = { FL_PARKER_INIT_, FL_ATOMIC_INIT(0), 20000 * stress_size() / threads };
    uint64_t all = (uint64_t)crowd.each * threads, random = stress_random_for(threads);
    pthread_t t[64];

    for (unsigned i = 0; i < threads; i++)
        t[i] = stress_start(wake_often, &crowd);
    while (fl_load_acquire(&crowd.done) < all) {
        int64_t ns = (int64_t)(stress_next(&random) % 50000);

        /* never: the last waker has left a token after its count, so this cannot hang */
        (void)fl_parker_wait_(&crowd.parker,
                              ns % 4 ? FL_NEVER_NS_ : fl_deadline_in(fl_nanos(ns)).fl_ns);
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_join(t[i], NULL);
}

/* ---- threads that come and go take parkers from the pool while stale wake-ups arrive ---- */

static FL_ATOMIC(struct fl_parker *) published;

static void *visit(void *arg)
{
    (void)arg;
    for (int i = 0; i < 3; i++) {
        fl_store_seq_cst(&published, fl_parker_self_());
        (void)fl_parker_wait_(fl_parker_self_(), fl_deadline_in(fl_micros(20)).fl_ns);
    }
    return NULL; /* without taking it back: the worst citizen there is */
}

static FL_ATOMIC(uint32_t) visits_over;

static void *wake_whoever(void *arg)
{
    (void)arg;
    while (!fl_load_acquire(&visits_over)) {
        struct fl_parker *parker = fl_swap_acq_rel(&published, NULL);

        if (parker)
            fl_parker_wake_(parker);
        else
            fl_yield_now_();
    }
    return NULL;
}

static void stale_wake_ups(void)
{
    pthread_t waker = stress_start(wake_whoever, NULL);

    for (unsigned round = 0; round < 200 * stress_size(); round++) {
        pthread_t t[4];

        for (int i = 0; i < 4; i++)
            t[i] = stress_start(visit, NULL);
        for (int i = 0; i < 4; i++)
            pthread_join(t[i], NULL);
    }
    fl_store_release(&visits_over, 1);
    pthread_join(waker, NULL);
}

int main(void)
{
    stress_begin("stress_park");
    ping_pong();
    one_token_each();
    for (unsigned threads = 2; threads <= 64; threads *= 2)
        many_wakers(threads);
    stale_wake_ups();
    puts("ok");
    return 0;
}
