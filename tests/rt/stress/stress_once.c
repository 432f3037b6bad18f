/* Once under load: many threads come at the same moment; one runs, all see what it wrote; panics, threads that end
 * inside, and freeing when the last one is through. */
#include <fearless.h>

#include "stress.h"

#include <string.h>

enum { MOST = 64, SHOTS = 200 };

static void quiet(const struct fl_panic_info *info)
{
    (void)info;
}

/* Everything that a stampede is about, freed by the last thread that has come through. */
struct shot {
    struct fl_once once;
    fl_once_cell(uint64_t) cell;
    FL_ATOMIC(unsigned) inside, ran, failed;
    unsigned fail_first; /* this many runs fail */
    unsigned written;    /* plain, as the next: the once orders them */
    unsigned tries;      /* also what a failed run wrote */
    bool exits;          /* and fail by pthread_exit, where the other way is a panic */
};

struct stampede {
    struct shot *shots[SHOTS];
    FL_ATOMIC(unsigned) next, waiting; /* a gate for each shot */
    unsigned threads;
};

static struct stampede *now;

/* All threads leave it at nearly the same time. */
static void gather(unsigned shot)
{
    if (fl_add_acq_rel(&now->waiting, 1) + 1 == now->threads * (shot + 1))
        fl_store_release(&now->next, shot + 1);
    while (fl_load_acquire(&now->next) <= shot)
        sched_yield();
}

static void leave(struct shot *shot)
{
    if (fl_sub_acq_rel(&shot->inside, 1) == 1) {
        memset(shot, 0xff, sizeof *shot);
        free(shot);
    }
}

static void start_threads(void *(*fn)(void *), unsigned threads)
{
    now->threads = threads;
    stress_run(threads, fn, NULL);
}

static void prepare(unsigned threads, unsigned fail_first)
{
    uint64_t random = stress_random_for(threads);

    now = calloc(1, sizeof *now);
    for (int i = 0; i < SHOTS; i++) {
        struct shot *shot = calloc(1, sizeof *shot);

        fl_atomic_init(&shot->inside, threads);
        shot->fail_first = fail_first ? (unsigned)(stress_next(&random) % (fail_first + 1)) : 0;
        now->shots[i] = shot;
    }
}

/* ---- one runs, all see ---- */

static void write_once(void *arg)
{
    struct shot *shot = arg;

    stress_check(shot->written == 0);
    stress_check(fl_add_relaxed(&shot->ran, 1) == 0);
    if (stress_seed % 3 == 0)
        sched_yield();
    shot->written = 42;
}

static void *call_all(void *arg)
{
    for (unsigned i = 0; i < SHOTS; i++) {
        struct shot *shot = now->shots[i];

        gather(i);
        fl_call_once(&shot->once, write_once, shot);
        stress_check(shot->written == 42 && fl_once_done(&shot->once));
        leave(shot);
    }
    return arg;
}

static void calling(unsigned threads)
{
    prepare(threads, 0);
    start_threads(call_all, threads);
    free(now);
}

/* ---- cells: the first runs panic, the next one is tried; sets in between ---- */

static uint64_t make_or_panic(void *arg)
{
    struct shot *shot = arg;

    shot->tries++;
    if (fl_add_relaxed(&shot->ran, 1) < shot->fail_first) {
        fl_add_relaxed(&shot->failed, 1);
        fl_panic("not yet");
    }
    shot->written = 43;
    return 44;
}

static void get_or_make(void *arg)
{
    struct shot *shot = arg;

    stress_check(*fl_once_get_or_init(&shot->cell, make_or_panic, shot) == 44);
    stress_check(shot->written == 43 && shot->tries == shot->fail_first + 1);
}

static void *make_all(void *arg)
{
    uint64_t random = stress_random_for((uint64_t)pthread_self());

    for (unsigned i = 0; i < SHOTS; i++) {
        struct shot *shot = now->shots[i];

        gather(i);
        if (stress_next(&random) % 8 == 0) {
            const uint64_t *seen = fl_once_get(&shot->cell);
            stress_check(!seen || (*seen == 44 && shot->written == 43));
        }
        while (fl_catch(get_or_make, shot) != FL_OK)
            ;
        stress_check(fl_load_relaxed(&shot->failed) == shot->fail_first);
        stress_check(fl_load_relaxed(&shot->ran) == shot->fail_first + 1);
        stress_check(fl_once_set(&shot->cell, 1) == FL_ALREADY);
        leave(shot);
    }
    return arg;
}

static void making(unsigned threads)
{
    prepare(threads, 3);
    start_threads(make_all, threads);
    free(now);
}

static void *set_all(void *arg)
{
    for (unsigned i = 0; i < SHOTS; i++) {
        struct shot *shot = now->shots[i];

        gather(i);
        /* plain, of all threads the same: TSan would see a second writer */
        fl_status s = fl_once_set(&shot->cell, 7);
        stress_check(s == FL_OK || s == FL_ALREADY);
        if (s == FL_OK) {
            stress_check(fl_add_relaxed(&shot->ran, 1) == 0);
        }
        stress_check(*fl_once_get(&shot->cell) == 7);
        leave(shot);
    }
    return arg;
}

static void setting(unsigned threads)
{
    prepare(threads, 0);
    start_threads(set_all, threads);
    free(now);
}

/* ---- poison: it panics once, and everybody learns that, until one repairs ---- */

static void write_and_panic(void *arg)
{
    struct shot *shot = arg;

    fl_add_relaxed(&shot->ran, 1);
    shot->written++;
    fl_panic("on purpose");
}
static void call_to_panic(void *arg)
{
    struct shot *shot = arg;

    fl_call_once(&shot->once, write_and_panic, shot);
}
static void repair(void *arg)
{
    struct shot *shot = arg;

    stress_check(fl_once_poisoned(&shot->once));
    stress_check(shot->written == 1);
    shot->written = 2;
}

static void *poison_all(void *arg)
{
    for (unsigned i = 0; i < SHOTS; i++) {
        struct shot *shot = now->shots[i];

        gather(2 * i);
        stress_check(fl_catch(call_to_panic, shot) == FL_PANICKED);
        stress_check(fl_load_relaxed(&shot->ran) == 1);
        stress_check(shot->written == 1);
        gather(2 * i + 1); /* until all have seen it */
        fl_call_once_force(&shot->once, repair, shot);
        stress_check(shot->written == 2);
        leave(shot);
    }
    return arg;
}

static void poisoning(unsigned threads)
{
    prepare(threads, 0);
    start_threads(poison_all, threads);
    free(now);
}

/* ---- threads that end inside: somebody else takes over, nobody sleeps for ever ---- */

static void end_thread_or_write(void *arg)
{
    struct shot *shot = arg;

    shot->tries++;
    if (fl_add_relaxed(&shot->ran, 1) < shot->fail_first)
        pthread_exit(NULL);
    shot->written = 42;
}

static void *call_and_end(void *arg)
{
    struct shot *shot = arg;

    fl_call_once(&shot->once, end_thread_or_write, shot);
    stress_check(shot->written == 42);
    return NULL;
}

static void ending(unsigned threads)
{
    for (unsigned r = 0; r < 400 * stress_size() / threads; r++) {
        struct shot *shot = calloc(1, sizeof *shot);

        shot->fail_first = r % threads;
        stress_run(threads, call_and_end, shot);
        stress_check(fl_load_relaxed(&shot->ran) == shot->fail_first + 1);
        free(shot);
    }
}

/* ---- lazies ---- */

struct made {
    uint64_t a, b;
};
static FL_ATOMIC(unsigned) lazy_runs;
static struct made make_lazy(void)
{
    fl_add_relaxed(&lazy_runs, 1);
    return (struct made){ 5, 6 };
}
FL_LAZY(struct made, lazy, make_lazy);

static void *force_it(void *arg)
{
    for (unsigned i = 0; i < 20; i++) {
        const struct made *made = fl_force(&lazy);
        stress_check(made->a == 5 && made->b == 6);
    }
    return arg;
}

static void forcing(unsigned threads)
{
    for (unsigned r = 0; r < 100 * stress_size(); r++) {

        stress_run(threads, force_it, NULL);
        stress_check(fl_load_relaxed(&lazy_runs) == r + 1);
        lazy.fl_raw.fl_state.fl_word = 0; /* not for programs: as if the process began again */
    }
    fl_store_relaxed(&lazy_runs, 0);
}

int main(void)
{
    stress_begin("stress_once");
    fl_set_panic_hook(quiet);
    for (unsigned threads = 2; threads <= MOST; threads *= 2)
        for (unsigned r = 0; r < stress_size(); r++) {
            calling(threads);
            if (threads <= 16) {
                making(threads);
                poisoning(threads);
            }
            setting(threads);
        }
    ending(2);
    ending(16);
    forcing(2);
    forcing(8);
    puts("ok");
    return 0;
}
