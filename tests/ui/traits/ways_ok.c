// The same ways, with what may go along them.
#include <fearless.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdint.h>

// Recursive arcs without rc.
struct bar;
struct foo {
    fl_weak(struct bar) b;
    int n;
};
struct bar {
    fl_arc(struct foo) f;
};
static void foo_drop(struct foo *f)
{
    fl_drop(f->b);
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
    fl_detach(fl_spawn(use_bar, fl_move(b)));
}

// Scope pointer nested.
FL_THREAD_FN(void, leaf, int *, n)
{
    *n = 1;
}
FL_THREAD_FN(void, parent, struct fl_scope *, s, int *, n)
{
    fl_spawn_in(s, leaf, n);
}
void nested_scope(void)
{
    int n = 0;
    fl_scope (s) {
        fl_spawn_in(s, parent, s, &n);
    }
    printf("%d", n);
}

// Static accounts given by pointer.
struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
};
static struct account accounts[2];
FL_THREAD_FN(void, use_acc, struct account *, a)
{
    fl_lock_guard(g, &a->lock);
    a->balance++;
}
void static_structs(void)
{
    for (int i = 0; i < 2; i++)
        fl_detach(fl_spawn(use_acc, &accounts[i]));
}

// Arc account.
FL_THREAD_FN(void, use_arc, fl_arc(struct account), a)
{
    fl_auto(a);
    fl_lock_guard(g, &fl_get(a)->lock);
    fl_get(a)->balance++;
}
void arc_of_a_lock(void)
{
    fl_arc(struct account) a = fl_arc_new(struct account, { FL_LOCK, 0 });
    fl_detach(fl_spawn(use_arc, fl_clone(a)));
    fl_drop(a);
}

// Slices in scopes.
typedef fl_slice(int) ints;
FL_THREAD_FN(long, sum, ints, s)
{
    long t = 0;
    for (size_t i = 0; i < s.len; i++)
        t += s.data[i];
    return t;
}
void slices(void)
{
    int a[8] = { 1, 2, 3 };
    ints l, r;
    fl_split_at(((ints)fl_slice_of(a, 8)), 4, &l, &r);
    long x = 0, y = 0;
    fl_scope (s) {
        fl_join_handle(long) p = fl_spawn_in(s, sum, l), q = fl_spawn_in(s, sum, r);
        x = fl_joined(p);
        y = fl_joined(q);
    }
    printf("%ld", x + y);
}

// Scoped: mutex by pointer, rwlock, atomics, semaphores, barrier, condvar, once.
typedef fl_mutex(int) counter;
typedef fl_rwlock(int) rw;
struct shared {
    counter m;
    rw l;
    _Atomic int n;
    struct fl_semaphore s;
    struct fl_barrier b;
    struct fl_condvar cv;
    struct fl_once o;
};
FL_THREAD_FN(void, use_shared, struct shared *, s)
{
    fl_with (n, &s->m)
        ++*n;
    s->n++;
    fl_acquire(&s->s);
    fl_release(&s->s);
    fl_notify_one(&s->cv);
}
void everything_that_locks(void)
{
    struct shared sh = { .m = FL_MUTEX(0),
                         .l = FL_RWLOCK(0),
                         .s = FL_SEMAPHORE(1),
                         .b = FL_BARRIER(2),
                         .cv = FL_CONDVAR,
                         .o = FL_ONCE };
    fl_scope (s) {
        for (int i = 0; i < 2; i++)
            fl_spawn_in(s, use_shared, &sh);
    }
}

// Void* key used as number in pthread.
static void *run(void *p)
{
    printf("%ld", (long)(intptr_t)p);
    return NULL;
}
void number_as_a_pointer(void)
{
    pthread_t t[3];
    int n = 0;
    for (; n < 3; n++)
        if (pthread_create(&t[n], NULL, run, (void *)(intptr_t)n))
            break;
    while (n--)
        pthread_join(t[n], NULL);
}

// Function table static.
struct ops {
    int (*f)(int);
    const char *name;
};
static int inc(int n)
{
    return n + 1;
}
static const struct ops table[] = { { inc, "inc" } };
FL_THREAD_FN(int, run_ops, const struct ops *, o, int, n)
{
    return o->f(n);
}
void static_table(void)
{
    fl_join_handle(int) h = fl_spawn(run_ops, &table[0], 1);
    printf("%d", fl_joined(h));
}

// Owned with borrowed label that is literal.
typedef struct {
    char *s;
    const char *label;
} text;
static void text_drop(text *t)
{
    free(t->s);
}
#define FL_OWNED text, text_drop
#include <fearless/owned.h>
static text text_of(const char *s)
{
    return (text){ strdup(s), "made" };
}
FL_THREAD_FN(void, use_text, text, t)
{
    fl_auto(t);
    puts(t.s);
    puts(t.label);
}
void owned_text(void)
{
    text t = text_of("x");
    fl_detach(fl_spawn(use_text, fl_move(t)));
}

// Channel of struct with literal pointers.
struct msg {
    const char *kind;
    text t;
};
static void msg_drop(struct msg *m)
{
    fl_drop(m->t);
}
#define FL_OWNED struct msg, msg_drop
#include <fearless/owned.h>
FL_THREAD_FN(void, recv_all, fl_receiver(struct msg), rx)
{
    fl_auto(rx);
    fl_for_each (m, rx)
        printf("%s %s\n", m.kind, m.t.s);
}
void messages(void)
{
    fl_sender(struct msg) tx;
    fl_receiver(struct msg) rx;
    fl_channel(&tx, &rx);
    fl_auto(tx);
    fl_detach(fl_spawn(recv_all, fl_move(rx)));
    fl_ignore(fl_send(tx, { "a", text_of("b") }));
    text t = text_of("c");
    struct msg m = { "kind", fl_move(t) };
    fl_ignore(fl_send(tx, fl_move(m)));
}

// Reply channels in messages.
struct ask {
    int n;
    fl_sender(int) reply;
};
static void ask_drop(struct ask *a)
{
    fl_drop(a->reply);
}
#define FL_OWNED struct ask, ask_drop
#include <fearless/owned.h>
FL_THREAD_FN(void, server, fl_receiver(struct ask), rx)
{
    fl_auto(rx);
    fl_for_each (a, rx)
        fl_ignore(fl_send(a.reply, a.n + 1));
}
int main(int argc, char **argv)
{
    fl_sender(struct ask) tx;
    fl_receiver(struct ask) rx;
    fl_channel(&tx, &rx);
    fl_join_handle(void) h = fl_spawn(server, fl_move(rx));
    fl_sender(int) reply;
    fl_receiver(int) answer;
    fl_channel(&reply, &answer);
    fl_auto(answer);
    fl_ignore(fl_send(tx, { 1, fl_move(reply) }));
    int n = 0;
    fl_ignore(fl_recv(answer, &n));
    fl_drop(tx);
    fl_unwrap(fl_join(h));

    return n + argc + !argv;
}
