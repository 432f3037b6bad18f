/* The barrier under load: rounds that do not mix, one leader each, what was written before is seen after, more threads
 * than its size, freeing when the last one is through. */
#include <fearless/barrier.h>

#include "stress.h"

#include <string.h>

/* ---- as many threads as it is for ---- */

enum { MOST = 64 };

struct team {
    struct fl_barrier barrier;
    unsigned threads, rounds;
    unsigned value[MOST]; /* written by one before a round, read by all after it */
    FL_ATOMIC(unsigned) leaders;
};
struct member {
    struct team *team;
    unsigned number;
};

static void *play(void *arg)
{
    struct member *me = arg;
    struct team *team = me->team;
    uint64_t random = stress_random_for(me->number);

    for (unsigned round = 1; round <= team->rounds; round++) {
        team->value[me->number] = round;
        if (fl_barrier_wait(&team->barrier))
            fl_add_relaxed(&team->leaders, 1);
        for (unsigned i = 0; i < team->threads; i++)
            stress_check(team->value[i] == round);
        if (stress_next(&random) % 64 == 0)
            sched_yield();
        if (fl_barrier_wait(&team->barrier))
            fl_add_relaxed(&team->leaders, 1);
    }
    return NULL;
}

static void rounds(unsigned threads)
{
    struct team *team = calloc(1, sizeof *team);
    struct member who[MOST];
    pthread_t t[MOST];

    team->barrier = (struct fl_barrier)FL_BARRIER(threads);
    team->threads = threads;
    team->rounds = 4000 * stress_size() / threads;
    for (unsigned i = 0; i < threads; i++) {
        who[i] = (struct member){ team, i };
        t[i] = stress_start(play, &who[i]);
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_join(t[i], NULL);
    stress_check(fl_load_relaxed(&team->leaders) == 2 * team->rounds);
    free(team);
}

/* ---- more threads than it is for: a wait for each ticket, and as many tickets as fill whole rounds ---- */

struct crowd {
    struct fl_barrier barrier;
    unsigned size, tickets;
    FL_ATOMIC(unsigned) taken, through, leaders;
};

static void *mingle(void *arg)
{
    struct crowd *crowd = arg;

    while (fl_add_relaxed(&crowd->taken, 1) < crowd->tickets) {
        if (fl_barrier_wait(&crowd->barrier))
            fl_add_relaxed(&crowd->leaders, 1);
        unsigned through = fl_add_relaxed(&crowd->through, 1) + 1;
        /* nobody is through before his round is full */
        stress_check(through <= fl_load_relaxed(&crowd->taken) / crowd->size * crowd->size);
    }
    return NULL;
}

static void crowds(unsigned size, unsigned threads)
{
    struct crowd *crowd = calloc(1, sizeof *crowd);

    crowd->barrier = (struct fl_barrier)FL_BARRIER(size);
    crowd->size = size;
    crowd->tickets = size * (5000 * stress_size() / size);
    stress_run(threads, mingle, crowd);
    stress_check(fl_load_relaxed(&crowd->through) == crowd->tickets);
    stress_check(fl_load_relaxed(&crowd->leaders) == crowd->tickets / size);
    free(crowd);
}

/* ---- the last one whose wait has returned frees it ---- */

struct single_use {
    struct fl_barrier barrier;
    FL_ATOMIC(unsigned) inside;
};
static struct single_use **uses;

static void *use_up(void *arg)
{
    for (struct single_use **u = uses; *u; u++) {
        struct single_use *use = *u;

        fl_barrier_wait(&use->barrier);
        if (fl_sub_acq_rel(&use->inside, 1) == 1) {
            memset(use, 0xff, sizeof *use);
            free(use);
        }
    }
    return arg;
}

static void freeing(unsigned threads)
{
    unsigned count = 3000 * stress_size() / threads;

    uses = calloc(count + 1, sizeof *uses);
    for (unsigned i = 0; i < count; i++) {
        uses[i] = calloc(1, sizeof *uses[i]);
        uses[i]->barrier = (struct fl_barrier)FL_BARRIER(threads);
        fl_atomic_init(&uses[i]->inside, threads);
    }
    stress_run(threads, use_up, NULL);
    free(uses);
}

int main(void)
{
    stress_begin("stress_barrier");
    for (unsigned threads = 2; threads <= MOST; threads *= 2)
        rounds(threads);
    crowds(2, 3);
    crowds(2, 16);
    crowds(3, 8);
    crowds(7, 64);
    freeing(2);
    freeing(8);
    puts("ok");
    return 0;
}
