/* Threads of a scope: they borrow, their handles may be joined, dropped, or left alone (the scope joins). */
#include <fearless.h>

#include <stdio.h>

typedef fl_slice(const int) ints;

FL_THREAD_FN(long, sum, ints, part, const int *, bias)
{
    long n = *bias;
    for (size_t i = 0; i < part.len; i++)
        n += part.data[i];
    return n;
}

static long halves(ints all, int bias)
{
    ints left, right;
    long n = 0;
    fl_split_at(all, all.len / 2, &left, &right);
    fl_scope (s) {
        fl_join_handle(long) a = fl_spawn_in(s, sum, left, &bias);
        fl_join_handle(long) b = fl_spawn_in(s, sum, right, &bias);
        n = fl_joined(a) + fl_joined(b);
    }
    return n;
}

static void left_alone(ints all)
{
    int bias = 1;
    fl_scope (s) {
        fl_spawn_in(s, sum, all, &bias);
        fl_join_handle(long) r = fl_spawn_in(s, sum, all, &bias);
        (void)r;
    }
}

/* Also on the ways out that are not the end. */
static int in_a_loop(ints all)
{
    int bias = 2;
    for (int i = 0; i < 3; i++) {
        fl_scope (s) {
            fl_join_handle(long) h = fl_spawn_in(s, sum, all, &bias);
            if (i == 0)
                continue;
            if (i == 1)
                goto out;
            return (int)fl_joined(h);
        }
    }
out:
    return bias;
}

static fl_status if_there_is_a_thread(ints all)
{
    int bias = 4;
    fl_status status = FL_OK;
    fl_scope (s) {
        fl_join_handle(long) h;
        status = fl_try_spawn_in(&h, s, sum, all, &bias);
    }
    return status;
}

/* The handle's variable used again: the first thread is still the scope's. */
static void one_variable(ints all)
{
    int bias = 3;
    fl_scope (s) {
        fl_join_handle(long) h = fl_spawn_in(s, sum, all, &bias);
        h = fl_spawn_in(s, sum, all, &bias);
        fl_drop(h);
    }
}

int main(void)
{
    const int v[4] = { 1, 2, 3, 4 };
    ints all = fl_slice_of(v, 4);
    printf("%ld\n", halves(all, 0));
    left_alone(all);
    one_variable(all);
    if (if_there_is_a_thread(all) != FL_OK)
        puts("no thread left");
    return in_a_loop(all) - 2;
}
