/* Arcs in many threads: clones, drops, weak handles and races to get the value back. Each value is dropped or handed
 * out exactly once, which the value itself counts. */
#include <fearless.h>

#include "stress.h"

static FL_ATOMIC(long) alive, ends;

typedef struct {
    long *memory; /* for the sanitizers: plain memory that the last owner frees */
} value;
static value value_new(void)
{
    value v = {malloc(sizeof(long))};
    *v.memory = 42;
    fl_add_relaxed(&alive, 1);
    return v;
}
static void value_drop(value *v)
{
    if (!v->memory)
        return;
    stress_check(*v->memory >= 42);
    *v->memory = 0;
    free(v->memory);
    fl_sub_relaxed(&alive, 1);
    fl_add_relaxed(&ends, 1);
}
static value value_copy(const value *v)
{
    value copy = value_new();
    *copy.memory = *v->memory;
    return copy;
}
#define FL_OWNED value, value_drop
#include <fearless/owned.h>

/* What one thread does with the handle it was given. */
FL_THREAD_FN(int, use, fl_arc(value), a, fl_weak(value), w, uint64_t, random)
{
    fl_auto(a);
    fl_auto(w);
    int got = 0;
    for (int i = 0; i < 200; i++) {
        switch (stress_next(&random) % 7) {
        case 0: {
            fl_arc(value) b = fl_clone(a);
            fl_auto(b);
            stress_check(*fl_get(b)->memory >= 42);
            break;
        }
        case 1: {
            fl_weak(value) v = fl_downgrade(a);
            fl_auto(v);
            fl_arc(value) b = fl_upgrade(v);
            stress_check(b != NULL);
            fl_drop(b);
            break;
        }
        case 2: {
            fl_arc(value) b = fl_upgrade(w); /* may be gone: others cut weak ones off */
            fl_auto(b);
            if (b)
                stress_check(*fl_get(b)->memory >= 42);
            break;
        }
        case 3: {
            value *mine = fl_get_mut(a);
            if (mine)
                ++*mine->memory;
            break;
        }
        case 4:
            if (i % 16 == 0)
                ++*fl_make_mut(&a, value_copy)->memory;
            break;
        default:
            stress_check(*fl_get(a)->memory >= 42);
        }
    }
    value out;
    if (stress_next(&random) % 2 ? fl_into_inner(&a, &out) : fl_try_unwrap(&a, &out)) {
        fl_drop(out);
        got = 1;
    }
    return got;
}

/* All give their handle back with fl_into_inner: exactly one gets the value. */
FL_THREAD_FN(int, give_back, fl_arc(value), a)
{
    value out;
    if (!fl_into_inner(&a, &out))
        return 0;
    stress_check(*out.memory == 42);
    fl_drop(out);
    return 1;
}

int main(void)
{
    stress_begin("stress_arc");
    uint64_t random = stress_random_for(0);
    for (unsigned round = 0; round < 12 * stress_size(); round++) {
        const int threads = 2 << (round % 6); /* 2 .. 64 */
        fl_join_handle(int) handles[64];
        fl_arc(value) a = fl_arc_new(value, value_new());
        fl_weak(value) w = fl_downgrade(a);
        for (int i = 0; i < threads; i++)
            handles[i] = fl_spawn(use, fl_clone(a), fl_clone(w), stress_next(&random) | 1);
        fl_drop(a);
        for (int i = 0; i < threads; i++)
            (void)fl_joined(handles[i]);
        fl_arc(value) gone = fl_upgrade(w);
        stress_check(gone == NULL);
        fl_drop(w);
        stress_check(fl_load_relaxed(&alive) == 0);

        a = fl_arc_new(value, value_new());
        for (int i = 0; i < threads; i++)
            handles[i] = fl_spawn(give_back, i + 1 < threads ? fl_clone(a) : fl_move(a));
        int got = 0;
        for (int i = 0; i < threads; i++)
            got += fl_joined(handles[i]);
        stress_check(got == 1);
        stress_check(fl_load_relaxed(&alive) == 0);
    }
    printf("%ld values ended once each\n", fl_load_relaxed(&ends));
    return 0;
}
