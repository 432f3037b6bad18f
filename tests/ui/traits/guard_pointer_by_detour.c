/* The same through a variable, a cast and a conditional expression. */
#include <fearless.h>

struct state {
    int a, b;
};
typedef fl_mutex(struct state) guarded_state;
static guarded_state shared_state;

FL_THREAD_FN(void, use_value, void *, n)
{
    (void)n;
}

int main(int argc, char **argv)
{
    (void)argv;
    fl_guard(s, &shared_state);
    int *field = argc > 1 ? &s->a : &s->b;
    void *hidden = (void *)field;
    fl_detach(fl_spawn(use_value, hidden)); //~ ERROR E0277 what a lock guards is reached only by the thread that holds the lock
    return 0;
}
