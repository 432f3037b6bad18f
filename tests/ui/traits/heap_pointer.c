/* A plain pointer to the heap says neither who frees it nor who else uses it. A box says both. */
#include <fearless.h>

#include <stdlib.h>

FL_THREAD_FN(void, use_pointer, int *, p)
{
    free(p);
}
FL_THREAD_FN(void, use_box, fl_box(int), b)
{
    fl_auto(b);
}

int main(void)
{
    int *p = malloc(sizeof *p);
    if (!p)
        return 1;
    *p = 5;
    fl_detach(fl_spawn(use_pointer, p)); //~ ERROR E0277 `int *` cannot be sent between threads safely
    fl_detach(fl_spawn(use_box, fl_box_new(int, 5)));
    return 0;
}
