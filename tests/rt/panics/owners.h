/* Who owns what: Arc, Rc, Box, RefCell, jobs, threads, scopes, thread-locals; and a panic wherever the user's code is: what
 * must hold is at the head of points.h. */
#ifndef FL_TEST_PANICS_OWNERS_H
#define FL_TEST_PANICS_OWNERS_H

#include "points.h"

static bool is_caught(void (*fn)(void *env))
{
    return !lived(fl_catch(fn, NULL));
}

/* ---- Arc: many threads, each with a handle, the value dropped by whoever is last ---- */

FL_THREAD_FN(void, hold_arc, fl_arc(piece), a)
{
    fl_auto(a);
    for (unsigned i = 0; i < panics_rounds; i++) {
        fl_weak(piece) w = fl_downgrade(a);
        fl_auto(w);
        fl_arc(piece) b = fl_upgrade(w);
        fl_auto(b);
        panics_must(b && fl_get(b)->number);
        point("with handles of an Arc");
    }
    drops_at("maybe a drop of an Arc's value, by the last of many") fl_drop(a);
    point("after the drop of a handle");
}
FL_THREAD_FN(void, watch_arc, fl_weak(piece), w)
{
    fl_auto(w);
    for (;;) {
        fl_arc(piece) a = fl_upgrade(w);
        fl_auto(a);
        if (!a)
            return;
        point("maybe with an upgraded handle");
        sched_yield();
    }
}
static void arcs(void)
{
    fl_scope (s) {
        fl_join_handle(void) h[64], watcher;
        fl_arc(piece) a = fl_arc_new(piece, piece_new());

        fl_auto(a);
        fl_weak(piece) w = fl_downgrade(a);
        fl_auto(w);
        watcher = fl_spawn_in(s, watch_arc, fl_clone(w));
        for (unsigned i = 0; i < panics_width; i++)
            h[i] = fl_spawn_in(s, hold_arc, fl_clone(a));
        fl_drop(a);
        for (unsigned i = 0; i < panics_width; i++)
            (void)lived(fl_join(h[i]));
        (void)lived(fl_join(watcher));
        panics_must(!fl_upgrade(w));
    }
}

/* ---- Arc, Rc, Box in one thread: what may panic is given to them ---- */

static piece copy_piece(const piece *p)
{
    panics_must(p->number);
    point("in a clone function, before the value");
    piece copy = piece_new();
    fl_auto(copy);
    point("in a clone function, with the value");
    return fl_move(copy);
}

/* The other handle goes while the value is copied, so fl_make_mut has the last one of the old value. */
static fl_arc(piece) last_other_arc;
static fl_rc(piece) last_other_rc;
static piece copy_and_drop_other_arc(const piece *p)
{
    piece copy = copy_piece(p);
    fl_drop(last_other_arc);
    return copy;
}
static piece copy_and_drop_other_rc(const piece *p)
{
    piece copy = copy_piece(p);
    fl_drop(last_other_rc);
    return copy;
}

typedef struct {
    piece inside;
    fl_weak(void) self;
} arc_node;
FL_DROP_FIELDS(arc_node, arc_node_drop, inside, self)
#define FL_OWNED arc_node, arc_node_drop
#include <fearless/owned.h>
typedef struct {
    piece inside;
    fl_rc_weak(void) self;
} rc_node;
FL_DROP_FIELDS(rc_node, rc_node_drop, inside, self)
#define FL_OWNED rc_node, rc_node_drop
#include <fearless/owned.h>

static arc_node make_arc_node(fl_weak(arc_node) self, void *env)
{
    arc_node n = { .inside = piece_new() };

    (void)env;
    fl_auto(n);
    panics_must(!fl_upgrade(self));
    point("in a cyclic value's function");
    return fl_move(n);
}
static rc_node make_rc_node(fl_rc_weak(rc_node) self, void *env)
{
    rc_node n = { .inside = piece_new() };

    (void)env;
    fl_auto(n);
    panics_must(!fl_upgrade(self));
    point("in a cyclic value's function");
    return fl_move(n);
}

static void use_arcs(void *env)
{
    (void)env;
    fl_arc(piece) a = fl_arc_new(piece, piece_new());
    fl_auto(a);
    fl_arc(piece) b = fl_clone(a);
    fl_auto(b);
    panics_must(fl_make_mut(&b, copy_piece)->number);
    fl_auto(last_other_arc);
    last_other_arc = fl_clone(b);
    drops_at("a drop in fl_make_mut") panics_must(fl_make_mut(&b, copy_and_drop_other_arc)->number);
    fl_weak(piece) w = fl_downgrade(a);
    fl_auto(w);
    panics_must(fl_make_mut(&a, copy_piece)->number && !fl_upgrade(w));
    fl_arc(arc_node) cyclic = fl_arc_new_cyclic(arc_node, make_arc_node, NULL);
    fl_auto(cyclic);
    drops_at("a drop of the last handle") fl_drop(cyclic);
    drops_at("a drop of the last handle") fl_drop(a);
    point("with a handle whose value is moved");
}
static void use_rcs(void *env)
{
    (void)env;
    fl_rc(piece) a = fl_rc_new(piece, piece_new());
    fl_auto(a);
    fl_rc(piece) b = fl_clone(a);
    fl_auto(b);
    panics_must(fl_make_mut(&b, copy_piece)->number);
    fl_auto(last_other_rc);
    last_other_rc = fl_clone(b);
    drops_at("a drop in fl_make_mut") panics_must(fl_make_mut(&b, copy_and_drop_other_rc)->number);
    fl_rc_weak(piece) w = fl_downgrade(a);
    fl_auto(w);
    panics_must(fl_make_mut(&a, copy_piece)->number && !fl_upgrade(w));
    fl_rc(rc_node) cyclic = fl_rc_new_cyclic(rc_node, make_rc_node, NULL);
    fl_auto(cyclic);
    drops_at("a drop of the last handle") fl_drop(cyclic);
    drops_at("a drop of the last handle") fl_drop(a);
    point("with a handle whose value is moved");
}
static void arcs_of_one_thread(void)
{
    panics_must(is_caught(use_arcs) == was_struck());
}
static void rcs(void)
{
    panics_must(is_caught(use_rcs) == was_struck());
}

static void use_boxes(void *env)
{
    (void)env;
    fl_box(piece) b = fl_box_new(piece, piece_new());
    fl_auto(b);
    point("with a box");
    drops_at("a drop of a box") fl_drop(b);
}
static void boxes(void)
{
    panics_must(is_caught(use_boxes) == was_struck());
}

typedef fl_refcell(piece) piece_refcell;
static void use_refcell(void *env)
{
    piece_refcell *c = env;
    {
        fl_borrow(r, c);
        fl_borrow(also, c);
        panics_must(r->number == also->number);
        point("in a fl_borrow");
    }
    fl_borrow_mut(w, c);
    point("in a fl_borrow_mut");
    drops_at("a drop in a fl_borrow_mut") fl_drop(*w);
    *w = piece_new();
    fl_unlock(w);
}
static void refcells(void)
{
    piece_refcell c = FL_REFCELL({ 0 });

    *fl_data_mut(&c) = piece_new();
    panics_must(!lived(fl_catch(use_refcell, (void *)(uintptr_t)&c)) == was_struck());
    {
        fl_try_borrow_mut(w, &c);
        panics_must(w);
    }
    fl_drop(c);
}

/* ---- jobs: called by many threads, as a pool's workers would ---- */

FL_THREAD_FN(piece, work, piece, argument)
{
    fl_auto(argument);
    point("in a job");
    fl_drop(argument); /* not by the return, which would lose its value if that panicked: no cleanup can reach it */
    return piece_new();
}
FL_THREAD_FN(void, call_jobs, int, unused)
{
    (void)unused;
    for (unsigned i = 0; i < panics_rounds; i++) {
        fl_job j = fl_bind(work, piece_new());
        fl_auto(j);
        point("with a job");
        drops_at("a drop of a job's result or argument") {
            if (i % 3 == 0)
                fl_call(j);
            else if (i % 3 == 1)
                (void)lived(fl_try_call(j));
            else
                fl_drop(j);
        }
    }
}
static void jobs(void)
{
    fl_scope (s) {
        fl_join_handle(void) h[64];
        for (unsigned i = 0; i < panics_width; i++)
            h[i] = fl_spawn_in(s, call_jobs, 0);
        for (unsigned i = 0; i < panics_width; i++)
            (void)lived(fl_join(h[i]));
    }
}

/* ---- threads: joined, detached; results that nobody wants ---- */

/* Nobody waits for a detached thread, so the system tells of its very end. */
static FL_ATOMIC(int) detached_running;
static pthread_key_t detached_key;
static void detached_ended(void *unused)
{
    (void)unused;
    fl_sub_acq_rel(&detached_running, 1);
}
static void make_detached_key(void)
{
    panics_must(pthread_key_create(&detached_key, detached_ended) == 0);
}
static void detached_begins(void)
{
    static pthread_once_t made = PTHREAD_ONCE_INIT;

    pthread_once(&made, make_detached_key);
    panics_must(pthread_setspecific(detached_key, &detached_running) == 0);
}
static void detached_have_ended(void)
{
    while (fl_load_acquire(&detached_running) > 0)
        sched_yield();
}

static FL_ATOMIC(int) all_detached; /* who detaches a thread that has ended drops its result himself */

FL_THREAD_FN(piece, give_piece, piece, argument, const char *, result_drop)
{
    detached_begins();
    fl_auto(argument);
    point("in a thread, before its result");
    fl_drop(argument); /* not by the return: see above */
    drop_point = result_drop; /* stays for this thread, in which that happens */
    while (result_drop && !fl_load_acquire(&all_detached))
        sched_yield();
    return piece_new();
}
static void start_and_join(void *env)
{
    piece result = { 0 };

    (void)env;
    fl_auto(result);
    fl_add_relaxed(&detached_running, 2);
    fl_join_handle(piece) h = fl_spawn(give_piece, piece_new(), NULL);
    fl_auto(h); /* detached, if this one dies */
    fl_join_handle(piece) other = fl_spawn(give_piece, piece_new(), NULL);
    fl_auto(other);
    point("between fl_spawn and fl_join");
    if (lived(fl_join(h, &result)))
        panics_must(result.number);
    drops_at("a drop of a result in fl_join") (void)lived(fl_join(other));
}
static void joined_threads(void)
{
    (void)is_caught(start_and_join);
    detached_have_ended();
}
static void detached_threads(void)
{
    fl_add_relaxed(&detached_running, (int)panics_width);
    fl_store_release(&all_detached, 0);
    for (unsigned i = 0; i < panics_width; i++)
        fl_detach(fl_spawn(give_piece, piece_new(), "a drop of a detached thread's result"));
    fl_store_release(&all_detached, 1);
    detached_have_ended();
}

/* ---- scopes: all are joined, and the panic that nobody joined is the scope's ---- */

FL_THREAD_FN(piece, scoped, const piece *, borrowed)
{
    panics_must(*borrowed->number < PIECES_MOST); /* alive: the scope waits */
    point("in a scope's thread");
    return piece_new();
}
static FL_ATOMIC(int) scope_went_on;
static void open_scope(void *env)
{
    piece borrowed = piece_new();

    (void)env;
    fl_auto(borrowed);
    drops_at("a drop of a scope's results") {
        fl_scope (s) {
            for (unsigned i = 0; i < panics_width; i++)
                fl_spawn_in(s, scoped, &borrowed);
            fl_join_handle(piece) h = fl_spawn_in(s, scoped, &borrowed);
            point("in a scope, before fl_join");
            (void)lived(fl_join(h));
            point("in a scope, after fl_join");
        }
    }
    fl_store_relaxed(&scope_went_on, 1);
}
static void scopes(void)
{
    fl_store_relaxed(&scope_went_on, 0);
    bool caught = is_caught(open_scope);
    panics_must(caught != fl_load_relaxed(&scope_went_on));
    panics_must(!caught || was_struck());
    /* a thread that was joined takes its panic along: only then the scope went on */
    panics_must(caught || !was_struck() || was_struck_at("in a scope's thread"));
}

/* ---- thread-locals ---- */

static piece make_first(void)
{
    point("in a thread-local's function");
    return piece_new();
}
FL_THREAD_LOCAL(piece, first_local, make_first);

typedef struct {
    piece inside;
} late_user;
static void late_user_drop(late_user *l)
{
    if (!l->inside.number)
        return;
    (void)fl_local(&first_local); /* NULL, or made once more */
    drops_at("a drop of a thread-local") fl_drop(l->inside);
}
#define FL_OWNED late_user, late_user_drop
#include <fearless/owned.h>

static late_user make_second(void)
{
    point("in a thread-local's function, with another");
    return (late_user){ piece_new() };
}
FL_THREAD_LOCAL(late_user, second_local, make_second);
static late_user make_third(void)
{
    return (late_user){ piece_new() };
}
FL_THREAD_LOCAL(late_user, third_local, make_third);

FL_THREAD_FN(void, use_locals, int, unused)
{
    (void)unused;
    panics_must(fl_local(&third_local)->inside.number);
    panics_must(fl_local(&first_local)->number);
    panics_must(fl_local(&second_local)->inside.number);
    point("with thread-locals");
}
static void *use_locals_of_a_pthread(void *env)
{
    use_locals(0);
    return env;
}
static void locals(void)
{
    fl_scope (s) {
        fl_join_handle(void) h[64];
        pthread_t t[64];
        for (unsigned i = 0; i < panics_width; i++) {
            h[i] = fl_spawn_in(s, use_locals, 0);
            panics_must(pthread_create(&t[i], NULL, use_locals_of_a_pthread, NULL) == 0);
        }
        for (unsigned i = 0; i < panics_width; i++) {
            fl_status status = fl_join(h[i]);
            if (status != FL_OK)
                (void)lived(status);
            pthread_join(t[i], NULL);
        }
    }
}

/* ---- the table ---- */

static const struct protocol owner_protocols[] = {
    { "fl_arc, many threads", arcs,
      { "with handles of an Arc", "maybe a drop of an Arc's value, by the last of many", "after the drop of a handle",
        "maybe with an upgraded handle" } },
    { "fl_arc", arcs_of_one_thread,
      { "in a clone function, before the value", "in a clone function, with the value", "a drop in fl_make_mut",
        "in a cyclic value's function", "a drop of the last handle", "with a handle whose value is moved" } },
    { "fl_rc", rcs,
      { "in a clone function, before the value", "in a clone function, with the value", "a drop in fl_make_mut",
        "in a cyclic value's function", "a drop of the last handle", "with a handle whose value is moved" } },
    { "fl_box", boxes, { "with a box", "a drop of a box" } },
    { "fl_refcell", refcells, { "in a fl_borrow", "in a fl_borrow_mut", "a drop in a fl_borrow_mut" } },
    { "fl_job", jobs, { "with a job", "in a job", "a drop of a job's result or argument" } },
    { "fl_spawn, fl_join", joined_threads,
      { "in a thread, before its result", "between fl_spawn and fl_join", "a drop of a result in fl_join" } },
    { "fl_detach", detached_threads, { "in a thread, before its result", "a drop of a detached thread's result" } },
    { "fl_scope", scopes,
      { "in a scope's thread", "in a scope, before fl_join", "in a scope, after fl_join", "a drop of a scope's results" } },
    { "FL_THREAD_LOCAL", locals,
      { "in a thread-local's function", "in a thread-local's function, with another", "with thread-locals",
        "a drop of a thread-local" } },
};

#endif
