/* The lock under load: exclusion, no lost wake-up, freeing right after unlocking, deadlines, poison. */
#include <fearless/mutex.h>

#include "asymmetric.h"
#include "stress.h"

#include <string.h>

/* ---- exclusion: plain counters under the lock, by all ways to take it ---- */

typedef struct {
    uint64_t count;
    uint64_t twice; /* always 2 * count while nobody is inside */
} tally;
typedef fl_mutex(tally) shared_tally;

struct counting {
    shared_tally m;
    struct fl_lock raw;
    uint64_t raw_count;
    uint32_t each;
    FL_ATOMIC(uint64_t) given_up;
};
struct counter {
    struct counting *all;
    uint64_t number;
};

static void add_one(tally *t)
{
    stress_check(t->twice == 2 * t->count);
    t->count += 1;
    t->twice += 2;
}

static void *count(void *arg)
{
    struct counter *me = arg;
    struct counting *all = me->all;
    uint64_t random = stress_random_for(me->number);

    for (uint32_t i = 0; i < all->each; i++) {
        switch (stress_next(&random) % 6) {
        case 0: {
            fl_try_guard(t, &all->m);
            if (t)
                add_one(t);
            else
                fl_add_relaxed(&all->given_up, 1);
            break;
        }
        case 1: {
            fl_guard_timeout(t, &all->m, fl_nanos((int64_t)(stress_next(&random) % 20000)));
            if (t)
                add_one(t);
            else
                fl_add_relaxed(&all->given_up, 1);
            break;
        }
        case 2: {
            fl_lock(status, t, &all->m);
            stress_check(status == FL_OK);
            add_one(t);
            fl_unlock(t);
            break;
        }
        case 3: {
            fl_lock_guard(held, &all->raw);
            all->raw_count++;
            fl_add_relaxed(&all->given_up, 1);
            break;
        }
        default:
            fl_with (t, &all->m)
                add_one(t);
        }
    }
    return NULL;
}

static void exclusion(unsigned threads)
{
    struct counting *all = calloc(1, sizeof *all);
    struct counter who[64];
    pthread_t t[64];

    all->each = 100000 * stress_size() / threads;
    for (unsigned i = 0; i < threads; i++) {
        who[i] = (struct counter){ all, i + threads };
        t[i] = stress_start(count, &who[i]);
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_join(t[i], NULL);
    fl_with (sum, &all->m)
        stress_check(sum->count + fl_load_relaxed(&all->given_up) == (uint64_t)threads * all->each);
    free(all);
}

/* ---- the last one to unlock frees: nobody may touch the lock after it was released ---- */

struct parcel {
    fl_mutex(int) owners;
    char rest[40];
};

static void *let_go(void *arg)
{
    struct parcel **slot = arg;
    uint64_t random = stress_random_for((uint64_t)pthread_self());

    for (int i = 0; slot[i]; i++) {
        struct parcel *p = slot[i];
        bool last = false;

        fl_with (n, &p->owners) {
            last = --*n == 0;
            if (stress_next(&random) % 4 == 0)
                sched_yield(); /* so that others come to wait, and the slow path of unlocking is taken */
        }
        if (last) {
            memset(p, 0xff, sizeof *p); /* what was a free lock becomes a held one of nobody */
            free(p);
        }
    }
    return NULL;
}

static void freeing_after_unlock(unsigned threads)
{
    enum { PARCELS = 500 };
    unsigned rounds = 4 * stress_size();

    for (unsigned r = 0; r < rounds; r++) {
        struct parcel *slot[PARCELS + 1] = { NULL };

        for (int i = 0; i < PARCELS; i++) {
            slot[i] = calloc(1, sizeof *slot[i]);
            *fl_data_mut(&slot[i]->owners) = (int)threads;
        }
        stress_run(threads, let_go, slot);
    }
}

/* ---- poison: every panic under the lock is seen by the next one who comes ---- */

struct fragile {
    fl_mutex(uint64_t) m;
    FL_ATOMIC(uint64_t) panics, repairs;
    uint32_t each;
};

static void quiet(const struct fl_panic_info *info)
{
    (void)info;
}

static void panic_inside(void *arg)
{
    struct fragile *f = arg;

    fl_lock(status, n, &f->m);
    if (status == FL_POISONED) {
        fl_add_relaxed(&f->repairs, 1);
        fl_clear_poison(&f->m);
    }
    *n += 1;
    if (*n % 7 == 0) {
        fl_add_relaxed(&f->panics, 1);
        fl_panic("on purpose");
    }
}

static void *panic_now_and_then(void *arg)
{
    struct fragile *f = arg;

    for (uint32_t i = 0; i < f->each; i++) {
        fl_status status = fl_catch(panic_inside, f);

        stress_check(status == FL_OK || status == FL_PANICKED);
    }
    return NULL;
}

static void poison(unsigned threads)
{
    struct fragile *f = calloc(1, sizeof *f);
    uint64_t all;

    f->each = 2000 * stress_size() / threads;
    stress_run(threads, panic_now_and_then, f);
    all = (uint64_t)f->each * threads;
    stress_check(*fl_data_mut(&f->m) == all);
    stress_check(fl_load_relaxed(&f->panics) == all / 7);
    stress_check(fl_load_relaxed(&f->repairs) + fl_is_poisoned(&f->m) == all / 7);
    free(f);
}

/* A handful of locks that are mostly asleep for: every hand-over goes through the lot, and nobody comes by later to
 * repair a wake-up that was lost. */
enum { PASSES = 300 };
static struct fl_lock turn_lock = FL_LOCK;
static unsigned turn;

static void *take_turns(void *arg)
{
    unsigned me = (unsigned)(uintptr_t)arg;

    for (unsigned i = 0; i < PASSES;) {
        fl_lock_acquire(&turn_lock);
        if (turn % 2 == me) {
            turn++;
            i++;
        }
        if (i % 8 == 0) /* held while asleep or swapped out, so that the other goes to sleep, too */
            sched_yield();
        fl_lock_release(&turn_lock);
    }
    return NULL;
}

static void hand_over(void)
{
    pthread_t other;

    turn = 0;
    other = stress_start(take_turns, (void *)1);
    take_turns((void *)0);
    pthread_join(other, NULL);
    stress_check(turn == 2 * PASSES);
}

static void all(void)
{
    for (unsigned threads = 2; threads <= 64; threads *= 2)
        exclusion(threads);
    freeing_after_unlock(2);
    freeing_after_unlock(8);
    hand_over();
    poison(2);
    poison(16);
}

int main(void)
{
    stress_begin("stress_mutex");
    fl_set_panic_hook(quiet);
    all();
    fl_asymmetric_off_(); /* as where the kernel has no membarrier */
    all();
    puts("ok");
    return 0;
}
