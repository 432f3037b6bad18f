/* One of the ways leads to the heap. */
#include <fearless.h>

#include <stdlib.h>

static int fallback;

FL_THREAD_FN(void, work, int *, p)
{
    (void)p;
}

int main(int argc, char **argv)
{
    (void)argv;
    int *p = argc > 1 ? malloc(sizeof *p) : &fallback;
    int *q = argc > 2 ? NULL : &fallback;
    fl_detach(fl_spawn(work, p)); //~ ERROR E0277 `int *` cannot be sent
    fl_detach(fl_spawn(work, q));
    return 0;
}
