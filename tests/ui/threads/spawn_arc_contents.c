/* fl_get borrows from the handle; the handle's clone is what a thread wants. */
#include <fearless.h>

typedef fl_mutex(int) counter;

FL_THREAD_FN(void, use_contents, counter *, c)
{
    fl_with (n, c)
        *n += 1;
}
FL_THREAD_FN(void, use_arc, fl_arc(counter), c)
{
    fl_auto(c);
    fl_with (n, fl_get(c))
        *n += 1;
}

int main(void)
{
    fl_arc(counter) c = fl_arc_new(counter, FL_MUTEX(0));
    fl_auto(c);
    fl_detach(fl_spawn(use_contents, fl_get(c))); //~ ERROR E0373 may outlive borrowed value `c`
    fl_detach(fl_spawn(use_arc, fl_clone(c)));
    return 0;
}
