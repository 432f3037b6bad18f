/* The chain names every struct between the Rc and the argument, with the field that holds it. */
#include <fearless.h>

struct cache {
    int hits;
    fl_rc(int) entry;
};
struct job {
    int id;
    struct cache caches[2];
};

static void job_drop(struct job *j)
{
    fl_drop(j->caches[0].entry);
    fl_drop(j->caches[1].entry);
}
#define FL_OWNED struct job, job_drop
#include <fearless/owned.h>

FL_THREAD_FN(void, work, struct job, j)
{
    fl_auto(j);
}

int main(void)
{
    struct job j = { .id = 1 };
    fl_detach(fl_spawn(work, fl_move(j))); //~ ERROR E0277 required because it appears within the type `struct cache`
    return 0;
}
