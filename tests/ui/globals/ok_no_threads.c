/* Without a thread a static is C as usual; a job that is called here is a call. */
#include <fearless.h>

static int hits;
static int results[3];

FL_THREAD_FN(void, work, int, n)
{
    results[n] = n;
}

static void hit(void)
{
    hits++;
}

int main(void)
{
    fl_arc(int) a = fl_arc_new(int, 1);
    fl_auto(a);
    fl_job job = fl_bind(work, 2);
    fl_auto(job);
    hit();
    fl_call(job);
    return hits + results[2] + *fl_get(a) - 2;
}
