/* Through an Arc. */
#include <fearless.h>

typedef fl_mutex(int) counter;

FL_THREAD_FN(void, good, fl_arc(counter), c)
{
    fl_auto(c);
    fl_with (n, fl_get(c))
        *n += 1;
}
FL_THREAD_FN(void, bad, fl_arc(counter), c)
{
    fl_auto(c);
    fl_get(c)->fl_data += 1; //~ ERROR F0101 the value of `c` is written without its lock
}

int main(void)
{
    fl_arc(counter) c = fl_arc_new(counter, FL_MUTEX(0));
    fl_auto(c);
    fl_detach(fl_spawn(good, fl_clone(c)));
    fl_detach(fl_spawn(bad, fl_clone(c)));
    return 0;
}
