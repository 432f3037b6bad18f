/* Locks, condition variables, onces, barriers, semaphores, and a panic wherever the user's code is: what must hold is at
 * the head of points.h. Here in addition: poison is where it is documented, once, and nowhere else. */
#ifndef FL_TEST_PANICS_LOCKS_H
#define FL_TEST_PANICS_LOCKS_H

#include "points.h"

/* Both are the same, unless who changed them died between them. */
struct pair {
    int a, b;
};
static void change(struct pair *p, const char *between)
{
    panics_must(p->a == p->b || was_struck());
    p->b = p->a; /* what somebody left half done is mended */
    p->a++;
    point(between);
    p->b++;
}

/* fn in so many threads; `extra` in one more, if there is one. */
typedef void step_fn(unsigned i);
FL_THREAD_FN(void, do_steps, step_fn *, step)
{
    point("before the first");
    for (unsigned i = 0; i < panics_rounds; i++)
        step(i);
    point("after the last");
}
static void in_threads(step_fn *step)
{
    fl_scope (s) {
        fl_join_handle(void) h[64];
        for (unsigned i = 0; i < panics_width; i++)
            h[i] = fl_spawn_in(s, do_steps, step);
        for (unsigned i = 0; i < panics_width; i++)
            (void)lived(fl_join(h[i]));
    }
}
#define STEPS_POINTS "before the first", "after the last"

/* ---- poison: who finds it forgives, and counts ---- */

typedef fl_mutex(struct pair) pair_mutex;
typedef fl_rwlock(struct pair) pair_rwlock;
static pair_mutex mutex;
static pair_rwlock rwlock;
static FL_ATOMIC(int) forgiven;

static void forgive(void)
{
    fl_lock(s, n, &mutex);
    if (s == FL_POISONED) {
        n->b = n->a;
        fl_clear_poison(&mutex);
        fl_add_relaxed(&forgiven, 1);
    }
}
static void forgive_rwlock(void)
{
    fl_write_lock(s, n, &rwlock);
    if (s == FL_POISONED) {
        n->b = n->a;
        fl_clear_poison(&rwlock);
        fl_add_relaxed(&forgiven, 1);
    }
}
static void begin_locks(void)
{
    mutex = (pair_mutex)FL_MUTEX({ 0, 0 });
    rwlock = (pair_rwlock)FL_RWLOCK({ 0, 0 });
    fl_store_relaxed(&forgiven, 0);
}
/* After the run: one who died where that poisons, was found out once. */
static void end_locks(bool poisons)
{
    forgive();
    forgive_rwlock();
    panics_must(fl_load_relaxed(&forgiven) == poisons);
    panics_must(!fl_is_poisoned(&mutex) && !fl_is_poisoned(&rwlock));
    panics_must(fl_data_mut(&mutex)->a == fl_data_mut(&mutex)->b);
    panics_must(fl_data_mut(&rwlock)->a == fl_data_mut(&rwlock)->b);
}

/* A step that may find poison, which panics: forgives, and goes on. Who was struck dies of it. */
typedef void hold_fn(void);
struct holding {
    hold_fn *hold;
};
static void hold_caught(void *env)
{
    ((struct holding *)env)->hold();
}
static void hold_or_forgive(hold_fn *hold, hold_fn *mend)
{
    struct holding h = { hold };

    while (fl_catch(hold_caught, &h) != FL_OK) {
        if (strstr(fl_panic_message(), "struck: "))
            die_again();
        mend();
    }
}

/* ---- mutex ---- */

static void hold_guard(void)
{
    fl_guard(n, &mutex);
    change(n, "in a fl_guard");
    fl_unlock(n);
    point("after fl_unlock");
}
static void hold_with(void)
{
    fl_with (n, &mutex) change(n, "in a fl_with");
}
static void hold_try(void)
{
    for (;;) {
        fl_try_guard(n, &mutex);
        if (n) {
            change(n, "in a fl_try_guard");
            return;
        }
        sched_yield();
    }
}
static void hold_timeout(void)
{
    fl_guard_timeout(n, &mutex, fl_secs(1000));
    panics_must(n);
    change(n, "in a fl_guard_timeout");
}
static void hold_mapped(void)
{
    fl_guard(n, &mutex);
    fl_map_guard(a, n, &n->a);
    panics_must(fl_data_mut(&mutex)->b == *a || was_struck());
    fl_data_mut(&mutex)->b = *a;
    ++*a;
    point("in a fl_map_guard");
    fl_data_mut(&mutex)->b++;
}
static void hold_set(void)
{
    static struct fl_lock second;

    fl_guard_set(held, 2);
    struct pair *n = fl_guard_add(held, &mutex);
    (void)fl_guard_add(held, &second);
    change(n, "in a fl_guard_set");
}
static void mutex_step(unsigned i)
{
    static hold_fn *const ways[] = { hold_guard, hold_with, hold_try, hold_timeout, hold_mapped, hold_set };

    for (unsigned k = 0; k < 6; k++)
        hold_or_forgive(ways[(i + k) % 6], forgive);
}
static void lock_status_step(unsigned i)
{
    fl_lock(s, n, &mutex);
    (void)i;
    if (s == FL_POISONED) {
        fl_clear_poison(&mutex);
        fl_add_relaxed(&forgiven, 1);
    }
    change(n, "in a fl_lock");
}
static bool struck_between(void)
{
    return was_struck() && strncmp(armed_point, "in a ", 5) == 0;
}
static void mutexes(void)
{
    begin_locks();
    in_threads(mutex_step);
    end_locks(struck_between());
}
static void lock_statuses(void)
{
    begin_locks();
    in_threads(lock_status_step);
    end_locks(struck_between());
}

/* Raw: released, never poisoned; what is guarded is as it was left. */
static struct fl_lock raw_lock;
static struct pair raw_pair;
static void raw_step(unsigned i)
{
    (void)i;
    fl_lock_guard(held, &raw_lock);
    change(&raw_pair, "in a fl_lock_guard");
}
static void raw_locks(void)
{
    raw_pair = (struct pair){ 0, 0 };
    in_threads(raw_step);
    panics_must(fl_lock_try(&raw_lock));
    fl_lock_release(&raw_lock);
}

/* ---- rwlock ---- */

static void hold_read(void)
{
    fl_read_guard(n, &rwlock);
    panics_must(n->a == n->b || was_struck());
    point("while it reads");
}
static void hold_write(void)
{
    fl_write_guard(n, &rwlock);
    change(n, "in a fl_write_guard");
}
static void hold_downgraded(void)
{
    fl_with_write (n, &rwlock) {
        change(n, "in a fl_with_write");
        fl_downgrade_guard(n);
        point("while it reads, downgraded");
    }
}
static void hold_write_timeout(void)
{
    fl_write_guard_timeout(n, &rwlock, fl_secs(1000));
    panics_must(n);
    change(n, "in a fl_write_guard_timeout");
    fl_unlock(n);
    fl_with_read (r, &rwlock) {
        (void)r;
        point("while it reads, in a fl_with_read");
    }
}
static void rwlock_step(unsigned i)
{
    static hold_fn *const ways[] = { hold_read, hold_write, hold_downgraded, hold_write_timeout };

    for (unsigned k = 0; k < 4; k++)
        hold_or_forgive(ways[(i + k) % 4], forgive_rwlock);
}
static void rwlocks(void)
{
    begin_locks();
    in_threads(rwlock_step);
    end_locks(struck_between());
}

static struct fl_rw_lock raw_rw_lock;
static void raw_rw_step(unsigned i)
{
    if (i % 2) {
        fl_rw_write_guard(held, &raw_rw_lock);
        change(&raw_pair, "in a fl_rw_write_guard");
    } else {
        fl_rw_read_guard(held, &raw_rw_lock);
        panics_must(raw_pair.a == raw_pair.b || was_struck());
        point("in a fl_rw_read_guard");
    }
}
static void raw_rw_locks(void)
{
    raw_pair = (struct pair){ 0, 0 };
    in_threads(raw_rw_step);
    fl_rw_write_guard(held, &raw_rw_lock);
}

/* ---- condition variable: a queue whose makers say when they go, however they go ---- */

struct queue {
    unsigned count, makers, takers;
};
static fl_mutex(struct queue) queue;
static struct fl_condvar queue_changed;
static FL_ATOMIC(unsigned) queue_made, queue_taken;

/* Forgives at once: what the queue is has one word. */
#define queue_guard(n)                                                                             \
    fl_lock(n##_status, n, &queue);                                                                \
    if (n##_status == FL_POISONED) {                                                               \
        fl_clear_poison(&queue);                                                                   \
        fl_add_relaxed(&forgiven, 1);                                                              \
    }

typedef struct {
    bool makes, takes;
} membership;
static void membership_drop(membership *m)
{
    queue_guard(n);
    n->makers -= m->makes;
    n->takers -= m->takes;
    fl_notify_all(&queue_changed);
}
#define FL_OWNED membership, membership_drop
#include <fearless/owned.h>

static void note_poison(fl_status s)
{
    if (s == FL_POISONED) {
        fl_clear_poison(&queue);
        fl_add_relaxed(&forgiven, 1);
    }
}

FL_THREAD_FN(void, queue_maker, int, unused)
{
    membership me = { .makes = true };

    (void)unused;
    fl_auto(me);
    for (unsigned i = 0; i < panics_rounds; i++) {
        {
            queue_guard(n);
            while (n->count > 0 && n->takers > 0)
                note_poison(fl_wait_while(&queue_changed, n,
                                          (point("maybe in a condition"), n->count > 0 && n->takers > 0)));
            if (n->takers == 0)
                return;
            point("in the lock, before the change");
            n->count++;
            fl_add_relaxed(&queue_made, 1);
            point("in the lock, after the change");
            if (i % 2) {
                fl_notify_all(&queue_changed);
                point("in the lock, after fl_notify_all");
            }
        }
        point("after the lock, before fl_notify_all");
        fl_notify_all(&queue_changed);
    }
}
FL_THREAD_FN(void, queue_taker, int, unused)
{
    membership me = { .takes = true };

    (void)unused;
    fl_auto(me);
    for (;;) {
        queue_guard(n);
        while (n->count == 0 && n->makers > 0)
            note_poison(fl_wait_timeout_while(&queue_changed, n, fl_secs(1000),
                                              (point("maybe in a condition with a timeout"), n->count == 0 && n->makers > 0)));
        if (n->count == 0)
            return;
        n->count--;
        fl_add_relaxed(&queue_taken, 1);
        point("in the lock, after it has taken");
        fl_notify_all(&queue_changed);
    }
}
static void condvars(void)
{
    *fl_data_mut(&queue) = (struct queue){ 0, panics_width, panics_width };
    fl_store_relaxed(&forgiven, 0);
    fl_store_relaxed(&queue_made, 0);
    fl_store_relaxed(&queue_taken, 0);
    fl_scope (s) {
        fl_join_handle(void) h[128];
        for (unsigned i = 0; i < 2 * panics_width; i++)
            h[i] = i % 2 ? fl_spawn_in(s, queue_maker, 0) : fl_spawn_in(s, queue_taker, 0);
        for (unsigned i = 0; i < 2 * panics_width; i++)
            (void)lived(fl_join(h[i]));
    }
    panics_must(!fl_is_poisoned(&queue)); /* the one who died looked at it last, at least */
    panics_must(fl_load_relaxed(&forgiven) == (was_struck() && !strstr(armed_point, "after the lock")));
    panics_must(fl_load_relaxed(&queue_made) == fl_load_relaxed(&queue_taken));
}

/* ---- once ---- */

static struct fl_once once;
static FL_ATOMIC(int) once_runs;
static void once_function(void *env)
{
    (void)env;
    point("in the function of a once");
    fl_add_relaxed(&once_runs, 1);
}
static void forced_function(void *env)
{
    panics_must(fl_once_poisoned(&once) || !was_struck());
    once_function(env);
}
static void call_once(void)
{
    fl_call_once(&once, once_function, NULL);
}
static void force_once(void)
{
    fl_call_once_force(&once, forced_function, NULL);
}
static void once_step(unsigned i)
{
    (void)i;
    hold_or_forgive(call_once, force_once);
    panics_must(fl_once_done(&once));
    panics_must(fl_load_relaxed(&once_runs) == 1);
}
static void onces(void)
{
    memset(&once, 0, sizeof once);
    fl_store_relaxed(&once_runs, 0);
    in_threads(once_step);
    hold_or_forgive(call_once, force_once);
    panics_must(fl_load_relaxed(&once_runs) == 1);
}

typedef fl_once_cell(piece) piece_cell;
static piece_cell cell;
static piece make_piece(void *env)
{
    (void)env;
    point("in the function of a cell, before the value");
    piece p = piece_new();
    fl_auto(p);
    point("in the function of a cell, with the value");
    return fl_move(p);
}
static void cell_step(unsigned i)
{
    if (i % 2 && fl_once_get(&cell)) {
        fl_status s = FL_OK;
        drops_at("a drop of what a cell refuses") s = fl_once_set(&cell, piece_new());
        panics_must(s == FL_ALREADY);
    }
    panics_must(fl_once_get_or_init(&cell, make_piece, NULL)->number);
    point("after the cell has its value");
}
static void once_cells(void)
{
    cell = (piece_cell)FL_ONCE_CELL;
    in_threads(cell_step);
    if (was_struck() && strstr(armed_point, "function")) /* not poisoned: somebody else, or we, made it */
        panics_must(fl_once_get_or_init(&cell, make_piece, NULL)->number);
    fl_drop(cell);
}

static piece make_lazy(void)
{
    point("in the function of a lazy");
    return piece_new();
}
FL_LAZY(piece, lazy, make_lazy);
static FL_ATOMIC(int) lazy_refused;
static void force_lazy(void)
{
    panics_must(fl_force(&lazy)->number);
}
static void give_lazy_up(void)
{
    fl_store_relaxed(&lazy_refused, 1);
}
static void force_lazy_caught(void *env)
{
    (void)env;
    force_lazy();
}
static void lazy_step(unsigned i)
{
    (void)i;
    if (fl_catch(force_lazy_caught, NULL) == FL_OK)
        return;
    if (strstr(fl_panic_message(), "struck: "))
        die_again();
    panics_must(strstr(fl_panic_message(), "poisoned"));
    give_lazy_up();
}
static void lazies(void)
{
    static __typeof__(lazy) fresh;
    static bool is_kept;

    if (!is_kept)
        memcpy((void *)&fresh, (void *)(uintptr_t)&lazy, sizeof fresh);
    is_kept = true;
    fl_store_relaxed(&lazy_refused, 0);
    in_threads(lazy_step);
    if (was_struck_at("in the function of a lazy"))
        panics_must(fl_catch(force_lazy_caught, NULL) == FL_PANICKED && strstr(fl_panic_message(), "poisoned"));
    else
        panics_must(!fl_load_relaxed(&lazy_refused));
    if (!was_struck_at("in the function of a lazy")) {
        piece *p = (piece *)(uintptr_t)fl_force(&lazy);
        fl_drop(*p);
    }
    memcpy((void *)(uintptr_t)&lazy, (void *)&fresh, sizeof fresh);
}

/* ---- barrier and semaphore: nothing is given back by a panic but what the program gives back ---- */

static struct fl_barrier barrier;
static FL_ATOMIC(unsigned) leaders;
typedef struct {
    unsigned left; /* how many rounds it still has to come to */
} attendance;
static void attendance_drop(attendance *a)
{
    for (; a->left > 0; a->left--)
        if (fl_barrier_wait(&barrier))
            fl_add_relaxed(&leaders, 1);
}
#define FL_OWNED attendance, attendance_drop
#include <fearless/owned.h>

FL_THREAD_FN(void, attend, int, unused)
{
    attendance me = { panics_rounds };

    (void)unused;
    fl_auto(me);
    while (me.left > 0) {
        point("before a barrier");
        me.left--;
        if (fl_barrier_wait(&barrier)) {
            fl_add_relaxed(&leaders, 1);
            point("the leader, after a barrier");
        } else {
            point("after a barrier");
        }
    }
}
static void barriers(void)
{
    barrier = (struct fl_barrier)FL_BARRIER(panics_width);
    fl_store_relaxed(&leaders, 0);
    fl_scope (s) {
        fl_join_handle(void) h[64];
        for (unsigned i = 0; i < panics_width; i++)
            h[i] = fl_spawn_in(s, attend, 0);
        for (unsigned i = 0; i < panics_width; i++)
            (void)lived(fl_join(h[i]));
    }
    panics_must(fl_load_relaxed(&leaders) == panics_rounds);
}

static struct fl_semaphore semaphore;
typedef struct {
    bool is_mine;
} permit;
static void permit_drop(permit *p)
{
    if (p->is_mine)
        fl_release(&semaphore);
}
#define FL_OWNED permit, permit_drop
#include <fearless/owned.h>

static void semaphore_step(unsigned i)
{
    permit mine = { false };

    fl_auto(mine);
    if (i % 2)
        fl_acquire(&semaphore);
    else
        panics_must(fl_acquire_timeout(&semaphore, fl_secs(1000)) == FL_OK);
    mine.is_mine = true;
    point("with a permit");
}
static void semaphores(void)
{
    semaphore = (struct fl_semaphore)FL_SEMAPHORE(1);
    in_threads(semaphore_step);
    panics_must(fl_try_acquire(&semaphore) && !fl_try_acquire(&semaphore));
}

/* ---- the table ---- */

static const struct protocol lock_protocols[] = {
    { "fl_mutex, guards", mutexes,
      { STEPS_POINTS, "in a fl_guard", "after fl_unlock", "in a fl_with", "in a fl_try_guard", "in a fl_guard_timeout",
        "in a fl_map_guard", "in a fl_guard_set" } },
    { "fl_mutex, fl_lock", lock_statuses, { STEPS_POINTS, "in a fl_lock" } },
    { "struct fl_lock", raw_locks, { STEPS_POINTS, "in a fl_lock_guard" } },
    { "fl_rwlock", rwlocks,
      { STEPS_POINTS, "while it reads", "in a fl_write_guard", "in a fl_with_write", "while it reads, downgraded",
        "in a fl_write_guard_timeout", "while it reads, in a fl_with_read" } },
    { "struct fl_rw_lock", raw_rw_locks, { STEPS_POINTS, "in a fl_rw_write_guard", "in a fl_rw_read_guard" } },
    { "struct fl_condvar", condvars,
      { "maybe in a condition", "in the lock, before the change", "in the lock, after the change",
        "in the lock, after fl_notify_all", "after the lock, before fl_notify_all", "maybe in a condition with a timeout",
        "in the lock, after it has taken" } },
    { "struct fl_once", onces, { STEPS_POINTS, "in the function of a once" } },
    { "fl_once_cell", once_cells,
      { STEPS_POINTS, "in the function of a cell, before the value", "in the function of a cell, with the value",
        "after the cell has its value", "a drop of what a cell refuses" } },
    { "FL_LAZY", lazies, { STEPS_POINTS, "in the function of a lazy" } },
    { "struct fl_barrier", barriers, { "before a barrier", "after a barrier", "the leader, after a barrier" } },
    { "struct fl_semaphore", semaphores, { STEPS_POINTS, "with a permit" } },
};

#endif
