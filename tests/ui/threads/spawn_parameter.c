/* A parameter's own storage is the function's; what a thread function owns dies with it. */
#include <fearless.h>

FL_THREAD_FN(void, use, int *, p)
{
    (void)p;
}
FL_THREAD_FN(void, nested, int, n)
{
    fl_detach(fl_spawn(use, &n)); //~ ERROR E0373 borrows `n`
}
static void start(int n)
{
    fl_detach(fl_spawn(use, &n)); //~ ERROR E0373 borrows `n`
}

int main(int argc, char **argv)
{
    (void)argv;
    fl_detach(fl_spawn(nested, 1));
    start(1);
    fl_detach(fl_spawn(use, &argc)); //~ ERROR E0373 borrows `argc`
    return 0;
}
