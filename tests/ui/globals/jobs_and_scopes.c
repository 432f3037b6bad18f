/* Bound jobs and scoped threads run beside others, too; so does what is called through a pointer. */
#include <fearless.h>

static int done, in_scope, by_pointer, given;

FL_THREAD_FN(void, work, int, n)
{
    done += n; //~ ERROR E0133 use of mutable static `done`
}
FL_THREAD_FN(void, run, fl_job, job)
{
    fl_auto(job);
    fl_call(job);
}
FL_THREAD_FN(void, scoped, int, n)
{
    if (n)
        in_scope = n; //~ ERROR E0133 use of mutable static `in_scope`
}

static void step(int n)
{
    by_pointer = n; //~ ERROR E0133 use of mutable static `by_pointer`
}
static void (*const steps[])(int) = { step };
FL_THREAD_FN(void, walks, int, n)
{
    steps[0](n);
}
FL_THREAD_FN(void, fills, int *, to)
{
    *to = 1; /* lent for the scope: nobody else uses it meanwhile */
}

int main(void)
{
    fl_join_handle(void) a = fl_spawn(run, fl_bind(work, 3));
    fl_scope (s) {
        fl_spawn_in(s, scoped, 1);
        fl_spawn_in(s, walks, 2);
        fl_spawn_in(s, fills, &given);
    }
    fl_joined(a);
    return 0;
}
