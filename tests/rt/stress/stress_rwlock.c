/* The read-write lock under load: consistency, no lost wake-up, writers that give up, freeing right after releasing. */
#include <fearless/rwlock.h>
#include <fearless/time.h>

#include "asymmetric.h"
#include "stress.h"

#include <string.h>

/* ---- readers see what one writer left, and all writes are there at the end ---- */

typedef struct {
    uint64_t count;
    uint64_t twice; /* always 2 * count when nobody writes */
} pair;
typedef fl_rwlock(pair) shared_pair;

struct crowd {
    shared_pair rw;
    struct fl_rw_lock raw;
    uint64_t raw_count;
    uint32_t each;
    FL_ATOMIC(uint64_t) written, raw_written;
};
struct member {
    struct crowd *all;
    uint64_t number;
};

static void check(const pair *p)
{
    uint64_t count = p->count;

    stress_check(p->twice == 2 * count);
    stress_check(p->count == count);
}

static void add_one(struct crowd *all, pair *p)
{
    check(p);
    p->count += 1;
    p->twice += 2;
    fl_add_relaxed(&all->written, 1);
}

static struct fl_duration a_moment(uint64_t *random)
{
    return fl_nanos((int64_t)(stress_next(random) % 20000));
}

static void *live(void *arg)
{
    struct member *me = arg;
    struct crowd *all = me->all;
    uint64_t random = stress_random_for(me->number);

    for (uint32_t i = 0; i < all->each; i++) {
        switch (stress_next(&random) % 16) {
        case 0: {
            fl_write_guard(p, &all->rw);
            add_one(all, p);
            break;
        }
        case 1: {
            fl_try_write_guard(p, &all->rw);
            if (p)
                add_one(all, p);
            break;
        }
        case 2: {
            fl_write_guard_timeout(p, &all->rw, a_moment(&random));
            if (p)
                add_one(all, p);
            break;
        }
        case 3: {
            uint64_t count;
            fl_write_guard(p, &all->rw);
            add_one(all, p);
            count = p->count;
            fl_downgrade_guard(p);
            check(p);
            stress_check(p->count == count); /* no writer came in between */
            break;
        }
        case 4: {
            fl_rw_write_guard(held, &all->raw);
            all->raw_count++;
            fl_add_relaxed(&all->raw_written, 1);
            break;
        }
        case 5: {
            fl_rw_read_guard(held, &all->raw);
            stress_check(all->raw_count <= fl_load_relaxed(&all->raw_written) + 64);
            break;
        }
        case 6: {
            fl_try_read_guard(p, &all->rw);
            if (p)
                check(p);
            break;
        }
        case 7: {
            fl_read_guard_timeout(p, &all->rw, a_moment(&random));
            if (p)
                check(p);
            break;
        }
        case 8: {
            fl_read_guard(p, &all->rw);
            check(p);
            sched_yield(); /* so that others come to wait */
            check(p);
            break;
        }
        default:
            fl_with_read (p, &all->rw) check(p);
        }
    }
    return NULL;
}

static void consistency(unsigned threads)
{
    struct crowd *all = calloc(1, sizeof *all);
    struct member who[64];
    pthread_t t[64];

    all->each = 60000 * stress_size() / threads;
    for (unsigned i = 0; i < threads; i++) {
        who[i] = (struct member){ all, i + threads };
        t[i] = stress_start(live, &who[i]);
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_join(t[i], NULL);
    fl_with_read (p, &all->rw) {
        check(p);
        stress_check(p->count == fl_load_relaxed(&all->written));
    }
    stress_check(all->raw_count == fl_load_relaxed(&all->raw_written));
    stress_check(fl_load_relaxed(&all->rw.fl_raw.fl_state) == 0);
    stress_check(fl_load_relaxed(&all->raw.fl_state) == 0);
    free(all);
}

/* ---- writers that give up, while one reader stays in: no reader may stay outside ----
 *
 * (A writer that came again at once would stop the readers again, for ever. It waits until one got in.) */

struct patience {
    shared_pair rw;
    FL_ATOMIC(uint32_t) readers_done;
    FL_ATOMIC(uint64_t) reads;
    uint32_t each, readers;
};

static void *read_on(void *arg)
{
    struct patience *p = arg;

    for (uint32_t i = 0; i < p->each; i++) {
        fl_with_read (v, &p->rw) check(v);
        fl_add_relaxed(&p->reads, 1);
    }
    fl_add_relaxed(&p->readers_done, 1);
    return NULL;
}

static void *try_to_write(void *arg)
{
    struct patience *p = arg;
    uint64_t random = stress_random_for((uint64_t)pthread_self());

    while (fl_load_relaxed(&p->readers_done) != p->readers) {
        uint64_t reads = fl_load_relaxed(&p->reads);
        fl_write_guard_timeout(v, &p->rw, a_moment(&random));
        stress_check(!v);
        while (fl_load_relaxed(&p->reads) == reads && fl_load_relaxed(&p->readers_done) != p->readers)
            sched_yield();
    }
    return NULL;
}

static void giving_up(unsigned readers, unsigned writers)
{
    struct patience *p = calloc(1, sizeof *p);
    pthread_t t[64];

    p->each = 3000 * stress_size() / readers;
    p->readers = readers;
    {
        fl_read_guard(stays, &p->rw); /* nobody ever gets to write, and nobody ever releases the last read */
        for (unsigned i = 0; i < readers + writers; i++)
            t[i] = stress_start(i < readers ? read_on : try_to_write, p);
        for (unsigned i = 0; i < readers + writers; i++)
            pthread_join(t[i], NULL);
        check(stays);
    }
    stress_check(fl_load_relaxed(&p->rw.fl_raw.fl_state) == 0);
    free(p);
}

/* ---- one writer at a time among those that always come again, and a writer gets in however many read ---- */

static void *read_until_written(void *arg)
{
    struct patience *p = arg;

    for (bool done = false; !done;)
        fl_with_read (v, &p->rw) {
            done = v->count == p->each;
            sched_yield();
        }
    return NULL;
}

static void *write_all(void *arg)
{
    struct patience *p = arg;

    for (uint32_t i = 0; i < p->each; i++)
        fl_with_write (v, &p->rw) {
            v->count++;
            v->twice += 2;
        }
    return NULL;
}

static void a_writer_among_readers(unsigned readers)
{
    struct patience *p = calloc(1, sizeof *p);
    pthread_t t[64];

    p->each = 2000 * stress_size() / readers;
    for (unsigned i = 0; i < readers; i++)
        t[i] = stress_start(read_until_written, p);
    t[readers] = stress_start(write_all, p);
    for (unsigned i = 0; i <= readers; i++)
        pthread_join(t[i], NULL);
    free(p);
}

/* ---- the last one to release frees: nobody may touch the lock after it was released ---- */

struct parcel {
    fl_rwlock(int) owners;
    char rest[40];
};

static void *let_go(void *arg)
{
    struct parcel **slot = arg;
    uint64_t random = stress_random_for((uint64_t)pthread_self());

    for (int i = 0; slot[i]; i++) {
        struct parcel *p = slot[i];
        bool last = false;
        uint64_t dice = stress_next(&random);

        if (dice % 4 == 0)
            fl_with_read (n, &p->owners) {
                stress_check(*n >= 1);
                if (dice % 8 == 0)
                    sched_yield(); /* so that a writer comes to wait */
            }
        if (dice % 8 == 1) {
            fl_write_guard_timeout(n, &p->owners, fl_nanos((int64_t)(dice % 1000)));
            if (n)
                stress_check(*n >= 1);
        }
        fl_with_write (n, &p->owners) {
            last = --*n == 0;
            if (dice % 5 == 0)
                sched_yield();
        }
        if (last) {
            memset(p, 0xff, sizeof *p);
            free(p);
        }
    }
    return NULL;
}

static void freeing_after_release(unsigned threads)
{
    enum { PARCELS = 300 };
    static struct parcel *slot[PARCELS + 1];

    for (unsigned round = 0; round < 4 * stress_size(); round++) {
        for (int i = 0; i < PARCELS; i++) {
            slot[i] = calloc(1, sizeof *slot[i]);
            *fl_data_mut(&slot[i]->owners) = (int)threads;
        }
        stress_run(threads, let_go, slot);
    }
}

/* ---- one holds the lock, one comes, and nobody comes after them: a wake-up that is lost stays lost ---- */

struct meeting {
    shared_pair rw;
    FL_ATOMIC(uint32_t) held, done; /* rounds */
    uint32_t rounds;
};

static void until(struct meeting *m, bool is_done, uint32_t round)
{
    while (fl_load_acquire(is_done ? &m->done : &m->held) != round)
        sched_yield();
}

static void *hold(void *arg)
{
    struct meeting *m = arg;
    uint64_t random = stress_random_for(1);

    for (uint32_t round = 1; round <= m->rounds; round++) {
        uint64_t moment = stress_next(&random) % 256; /* about as long as the other one spins, and longer */
        bool reads = round % 3 == 0;

        if (reads)
            fl_rw_read_acquire(&m->rw.fl_raw);
        else
            fl_rw_write_acquire(&m->rw.fl_raw);
        fl_store_release(&m->held, round);
        for (uint64_t i = 0; i < moment; i++)
            fl_cpu_relax_();
        if (round % 3 == 1)
            fl_rw_downgrade(&m->rw.fl_raw);
        if (round % 3 != 2)
            fl_rw_read_release(&m->rw.fl_raw);
        else
            fl_rw_write_release(&m->rw.fl_raw);
        until(m, true, round);
    }
    return NULL;
}

static void *come(void *arg)
{
    struct meeting *m = arg;

    for (uint32_t round = 1; round <= m->rounds; round++) {
        until(m, false, round);
        if (round % 2 && round % 3)
            fl_with_read (p, &m->rw) check(p);
        else
            fl_with_write (p, &m->rw) p->count++, p->twice += 2;
        fl_store_release(&m->done, round);
    }
    return NULL;
}

static void meetings(void)
{
    struct meeting *m = calloc(1, sizeof *m);
    pthread_t t[2];

    m->rounds = 20000 * stress_size();
    t[0] = stress_start(hold, m);
    t[1] = stress_start(come, m);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    stress_check(fl_load_relaxed(&m->rw.fl_raw.fl_state) == 0);
    free(m);
}

int main(void)
{
    stress_begin("stress_rwlock");
    meetings();
    for (unsigned threads = 2; threads <= 64; threads *= 2)
        consistency(threads);
    giving_up(2, 1);
    giving_up(8, 3);
    giving_up(40, 16);
    a_writer_among_readers(2);
    a_writer_among_readers(30);
    freeing_after_release(2);
    freeing_after_release(12);
    fl_asymmetric_off_(); /* as where the kernel has no membarrier */
    meetings();
    consistency(4);
    giving_up(8, 3);
    freeing_after_release(3);
    puts("ok");
    return 0;
}
