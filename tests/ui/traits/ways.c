// The ways by which something reaches a thread, and what must not.
#include <fearless.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Recursive through arcs.
struct bar;
struct foo {
    fl_arc(struct bar) b;
    fl_rc(int) r;
};
struct bar {
    fl_arc(struct foo) f;
};
static void foo_drop(struct foo *f)
{
    fl_drop(f->b);
    fl_drop(f->r);
}
#define FL_OWNED struct foo, foo_drop
#include <fearless/owned.h>
static void bar_drop(struct bar *b)
{
    fl_drop(b->f);
}
#define FL_OWNED struct bar, bar_drop
#include <fearless/owned.h>
FL_THREAD_FN(void, use_bar, struct bar, b)
{
    fl_auto(b);
}
void round_in_arcs(struct bar b)
{
    fl_detach(fl_spawn(use_bar, fl_move(b))); //~ ERROR E0277
}

// Scope pointer to a plain thread.
FL_THREAD_FN(void, use_scope, struct fl_scope *, s)
{
    (void)s;
}
void pointer_to_a_scope(void)
{
    fl_scope (s) {
        fl_detach(fl_spawn(use_scope, s)); //~ ERROR E0373
    }
}

// Scoped rc by value.
FL_THREAD_FN(void, use_rc, fl_rc(int), r)
{
    fl_auto(r);
}
void into_a_scope(fl_rc(int) r)
{
    fl_scope (s) {
        fl_spawn_in(s, use_rc, fl_clone(r)); //~ ERROR E0277
    }
    fl_drop(r);
}

// Bind of rc, kept in this thread, is E0277 as well (fl_job is Send).
void into_a_job(fl_rc(int) r)
{
    fl_job j = fl_bind(use_rc, fl_move(r)); //~ ERROR E0277
    fl_call(j);
}

// Try_spawn & spawn_with.
void tried(fl_rc(int) r)
{
    fl_join_handle(void) h;
    if (fl_try_spawn(&h, use_rc, fl_clone(r)) == FL_OK) //~ ERROR E0277
        fl_detach(fl_move(h));
    fl_drop(r);
}
void with_options(fl_rc(int) r)
{
    struct fl_thread_options o = { .name = "x" };
    fl_detach(fl_spawn_with(&o, use_rc, fl_clone(r))); //~ ERROR E0277
    fl_drop(r);
}

// In a conditional.
struct job {
    int kind;
    struct {
        struct {
            fl_rc_weak(int) w;
        } in;
    } deep[2];
};
FL_THREAD_FN(void, use_job, struct job, j)
{
    fl_drop(j.deep[0].in.w);
    fl_drop(j.deep[1].in.w);
}
void deep_inside(int k)
{
    struct job j = { 0 };
    if (k) {
        fl_detach(fl_spawn(use_job, fl_move(j))); //~ ERROR E0277
    }
}

// Pthread: struct with rc behind void* casts.
struct ctx {
    int n;
    fl_rc(int) r;
};
static void *run(void *p)
{
    struct ctx *c = (struct ctx *)p;
    printf("%d", c->n);
    return NULL;
}
void through_casts(void)
{
    struct ctx c = { 1, fl_rc_new(int, 1) };
    pthread_t t;
    void *arg = (void *)(char *)&c;
    if (pthread_create(&t, NULL, run, arg) == 0) //~ ERROR E0277
        pthread_join(t, NULL);
    fl_drop(c.r);
}

// Arc clone of rc container.
typedef struct {
    fl_rc(int) * items;
    size_t n;
} rcs;
static void rcs_drop(rcs *r)
{
    for (size_t i = 0; i < r->n; i++)
        fl_drop(r->items[i]);
    free(r->items);
}
#define FL_OWNED rcs, rcs_drop
#include <fearless/owned.h>
FL_THREAD_FN(void, use_rcs, rcs, r)
{
    fl_auto(r);
}
void array_behind_owned_pointer(rcs r)
{
    fl_detach(fl_spawn(use_rcs, fl_move(r))); //~ ERROR E0277
}

// Channel of channels of rc.
FL_THREAD_FN(void, use_cc, fl_sender(fl_receiver(fl_rc(int))), tx)
{
    fl_auto(tx);
}
void channel_of_channels(fl_sender(fl_receiver(fl_rc(int))) tx)
{
    fl_detach(fl_spawn(use_cc, fl_move(tx))); //~ ERROR E0277
}

// Rc in a mutex in an arc.
typedef fl_mutex(fl_rc(int)) mrc;
FL_THREAD_FN(void, use_mrc, fl_arc(mrc), m)
{
    fl_auto(m);
}
void behind_a_lock(fl_arc(mrc) m)
{
    fl_detach(fl_spawn(use_mrc, fl_clone(m))); //~ ERROR E0277
}

// Slice of a local to a plain thread.
typedef fl_slice(int) ints;
FL_THREAD_FN(void, use_slice, ints, s)
{
    if (s.len)
        s.data[0] = 1;
}
void slice_of_a_local(void)
{
    int a[4] = { 0 };
    ints s = fl_slice_of(a, 4);
    fl_detach(fl_spawn(use_slice, s)); //~ ERROR E0373
}

// Raw lock guarded struct pointer from heap.
struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
};
FL_THREAD_FN(void, use_acc, struct account *, a)
{
    fl_lock_guard(g, &a->lock);
    a->balance++;
}
void has_a_lock_but_no_owner(void)
{
    struct account *a = calloc(1, sizeof *a);
    fl_detach(fl_spawn(use_acc, a)); //~ ERROR E0277
    free(a);
}

// Block-scope static with rc.
FL_THREAD_FN(int, own_static, int, n)
{
    static fl_rc(int) kept; //~ ERROR E0277
    if (!kept)
        kept = fl_rc_new(int, n);
    return *fl_get(kept);
}
void static_of_a_function(void)
{
    fl_detach(fl_spawn(own_static, 1));
}
