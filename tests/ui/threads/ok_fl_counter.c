/* A counter that is shared by an Arc, and one that is static. */
#include <fearless.h>

#include <stdio.h>

typedef fl_mutex(long) counter;
static counter total = FL_MUTEX(0);

struct limits {
    int threads;
    int rounds;
};
static const struct limits limits = { 4, 100 };

FL_THREAD_FN(void, count, fl_arc(counter), own, counter *, shared, const struct limits *, lim)
{
    fl_auto(own);
    for (int i = 0; i < lim->rounds; i++) {
        fl_with (n, fl_get(own))
            *n += 1;
        fl_guard(t, shared);
        *t += 1;
    }
}

static long value_of(counter *c)
{
    fl_guard(n, c);
    return *n;
}

int main(void)
{
    fl_arc(counter) own = fl_arc_new(counter, FL_MUTEX(0));
    fl_auto(own);
    fl_join_handle(void) handles[8];

    for (int i = 0; i < limits.threads; i++)
        handles[i] = fl_spawn(count, fl_clone(own), &total, &limits);
    for (int i = 0; i < limits.threads; i++)
        fl_unwrap(fl_join(handles[i]));

    printf("%ld %ld\n", value_of(fl_get(own)), value_of(&total));
    fl_try_guard(n, &total);
    if (n && *n != 400)
        return 1;
    return 0;
}
