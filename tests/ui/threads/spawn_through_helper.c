/* The helper is fine; the caller that lends a local is not. Also two helpers deep, and by a helper's result. */
#include <fearless.h>

struct job {
    int *counter;
};
FL_THREAD_FN(void, use, int *, p)
{
    (void)p;
}
static int lasting;

static void start(int *p)
{
    fl_detach(fl_spawn(use, p));
}
static void start_job(const struct job *j)
{
    start(j->counter);
}
static int *second(int *a)
{
    return a + 1;
}
static void fill(struct job *j, int *p)
{
    j->counter = p;
}

int main(void)
{
    int a[2] = { 0 }, b = 0, c = 0;
    struct job j = { &b }, k = { &lasting }, m = { 0 };
    start(a); //~ ERROR E0373 may outlive borrowed value `a`
    start(&lasting);
    start_job(&j); //~ ERROR E0373 borrows `b`
    start_job(&k);
    fl_detach(fl_spawn(use, second(a))); //~ ERROR E0373 borrows `a`
    fill(&m, &c);
    fl_detach(fl_spawn(use, m.counter)); //~ ERROR E0373 borrows `c`
    return 0;
}
