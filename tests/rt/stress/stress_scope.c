/* Scopes that grow by themselves, whose handles are joined, given up, ignored, passed to siblings and to threads outside
 * that join while the scope is ending; panics among them. Nobody may outlive the scope, nothing is dropped twice, and a
 * handle from before is never taken for another.
 *
 * FL_STRESS and FL_SEED as in stress.h. */
#include <fearless.h>

#include "stress.h"

#include <string.h>

static FL_ATOMIC(long) alive; /* values */
static FL_ATOMIC(long) inside; /* threads, of all scopes */

typedef struct {
    unsigned *owned; /* on the heap */
} value;
static value value_of(unsigned n)
{
    value v = {malloc(sizeof *v.owned)};
    *v.owned = n;
    fl_add_relaxed(&alive, 1);
    return v;
}
static void value_drop(value *v)
{
    if (!v->owned)
        return;
    free(v->owned);
    fl_sub_relaxed(&alive, 1);
}
#define FL_OWNED value, value_drop
#include <fearless/owned.h>

static void quiet(const struct fl_panic_info *info)
{
    (void)info;
}

/* What a scope's threads share: on the heap, and freed right after the scope. */
struct shared {
    FL_ATOMIC(long) started, ended;
    long plain[64]; /* each thread its own element */
};

static void mark_end(struct shared **sh)
{
    fl_sub_relaxed(&inside, 1);
    fl_add_relaxed(&(*sh)->ended, 1);
}

enum { RETURNS, PANICS, EXITS };
struct plan {
    struct fl_scope *s;
    struct shared *sh;
    uint64_t random;
    int depth, fate;
    long *own; /* NULL, or this thread's element */
};

static value work(struct plan p, value v);
static FL_THREAD_FN(value, node, struct plan, p, value, v)
{
    return work(p, v);
}
static FL_THREAD_FN(unsigned, join_it, fl_join_handle(value), h)
{
    fl_auto(h);
    value v = {NULL};
    fl_auto(v);
    return fl_join(h, &v) == FL_OK ? *v.owned : 0;
}

static struct plan child_of(struct plan *p, int fate)
{
    fl_add_relaxed(&p->sh->started, 1);
    return (struct plan){.s = p->s, .sh = p->sh, .random = stress_random_for(stress_next(&p->random)),
                         .depth = p->depth - 1, .fate = fate};
}

static FL_ATOMIC(long) strangers;
static FL_THREAD_FN(void, stranger, fl_join_handle(value), h)
{
    fl_auto(h);
    value v = {NULL};
    fl_auto(v);
    /* the scope may have ended: then this panics, and that is all */
    fl_ignore(fl_join(h, &v));
}
static FL_THREAD_FN(void, strange_thread, fl_job, job)
{
    fl_auto(job);
    fl_ignore(fl_try_call(job));
    fl_sub_release(&strangers, 1);
}

/* Starts one more in the scope, and does something with its handle. */
static void start_one(struct plan *p, int fate)
{
    const unsigned n = (unsigned)(stress_next(&p->random) >> 33) | 1;
    fl_join_handle(value) h = fl_spawn_in(p->s, node, child_of(p, fate), value_of(n));
    switch (stress_next(&p->random) % (fate == RETURNS ? 8 : 2)) {
    case 0:
        fl_detach(fl_move(h));
        break;
    case 1:
        break; /* ignored */
    case 2:
        fl_drop(h);
        break;
    case 3: {
        value v;
        stress_check(fl_join(h, &v) == FL_OK && *v.owned == n);
        fl_drop(v);
        break;
    }
    case 4:
        while (!fl_is_finished(h))
            fl_yield();
        fl_drop(h);
        break;
    case 5: { /* a sibling joins, perhaps when the body has ended */
        fl_join_handle(unsigned) sibling = fl_spawn_in(p->s, join_it, fl_move(h));
        if (stress_next(&p->random) % 2) {
            unsigned got;
            stress_check(fl_join(sibling, &got) == FL_OK && got == n);
        }
        break;
    }
    case 6: {
        fl_thread t = fl_thread_of(h);
        fl_auto(t);
        stress_check(fl_thread_id(t) > 0);
        break;
    }
    default:
        fl_add_relaxed(&strangers, 1);
        fl_detach(fl_spawn(strange_thread, fl_bind(stranger, fl_move(h))));
    }
}

static value work(struct plan p, value v)
{
    fl_auto(v);
    __attribute__((cleanup(mark_end))) struct shared *sh = p.sh;
    fl_add_relaxed(&inside, 1);
    for (int i = 0; i < 2 && p.depth > 0; i++)
        if (stress_next(&p.random) % 4 > 0)
            start_one(&p, RETURNS);
    if (p.own)
        *p.own += 1;
    for (volatile unsigned i = 0; i < (unsigned)(stress_next(&p.random) % 4000); i++)
        ;
    if (p.fate == PANICS)
        fl_panic("planned");
    if (p.fate == EXITS)
        pthread_exit(NULL);
    return fl_move(v);
}

struct round {
    int width;
    uint64_t random;
    struct shared *sh;
    int panics, body_panics;
};

/* Width threads in one scope, some of which start more. */
static void one_scope(void *env)
{
    struct round *const r = env;
    fl_scope (s) {
        struct plan p = {.s = s, .sh = r->sh, .random = r->random, .depth = 3};
        for (int i = 0; i < r->width; i++) {
            if (i == r->panics) {
                start_one(&p, stress_next(&p.random) % 2 ? PANICS : EXITS);
            } else if (i % 4 == 0) {
                struct plan c = child_of(&p, RETURNS);
                c.own = &r->sh->plain[i];
                fl_spawn_in(s, node, c, value_of(1));
            } else {
                start_one(&p, RETURNS);
            }
        }
        if (r->body_panics)
            fl_panic("body");
    }
}

static void one_round(int width, uint64_t random)
{
    struct round r = {.width = width, .random = random, .sh = calloc(1, sizeof *r.sh), .panics = -1};
    if (stress_next(&random) % 4 == 0)
        r.panics = (int)(stress_next(&random) % (unsigned)width);
    r.body_panics = stress_next(&random) % 16 == 0;
    const fl_status status = fl_catch(one_scope, &r);
    /* all have ended, and freed what they had, and nobody writes any more */
    stress_check(fl_atomic_own(&r.sh->started) == fl_atomic_own(&r.sh->ended));
    stress_check((status == FL_PANICKED) == (r.panics >= 0 || r.body_panics));
    if (status == FL_PANICKED)
        stress_check((strcmp(fl_panic_message(), "body") == 0) == r.body_panics);
    for (int i = 0; i < width; i += 4)
        stress_check(r.sh->plain[i] == (i != r.panics));
    memset(r.sh, 0xff, sizeof *r.sh);
    free(r.sh);
}

static FL_THREAD_FN(void, many_scopes, int, width, int, rounds, uint64_t, random)
{
    for (int i = 0; i < rounds; i++)
        one_round(width, stress_random_for(stress_next(&random)));
}

int main(void)
{
    stress_begin("stress_scope");
    fl_set_panic_hook(quiet);
    uint64_t random = stress_random_for(0);
    /* wide scopes, one after the other */
    for (int width = 2; width <= 64; width *= 2)
        for (unsigned i = 0; i < 160 * stress_size() / (unsigned)width + 1; i++)
            one_round(width, stress_random_for(stress_next(&random)));
    /* many scopes at once */
    fl_scope (s)
        for (int i = 0; i < 16; i++)
            fl_spawn_in(s, many_scopes, 4, (int)(6 * stress_size()), stress_random_for(stress_next(&random)));
    while (fl_load_acquire(&strangers) > 0)
        fl_yield();
    stress_check(fl_atomic_own(&alive) == 0);
    stress_check(fl_atomic_own(&inside) == 0);
    return 0;
}
