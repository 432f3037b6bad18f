/* An Rc counts without atomics: neither it nor its clone may go to another thread. An Arc may. */
#include <fearless.h>

FL_THREAD_FN(void, use_rc, fl_rc(int), r)
{
    fl_auto(r);
}
FL_THREAD_FN(void, use_arc, fl_arc(int), a)
{
    fl_auto(a);
}

int main(void)
{
    fl_rc(int) r = fl_rc_new(int, 5);
    fl_arc(int) a = fl_arc_new(int, 5);
    fl_auto(a);
    fl_detach(fl_spawn(use_rc, fl_move(r))); //~ ERROR E0277 `fl_rc(int)` cannot be sent between threads safely
    fl_detach(fl_spawn(use_arc, fl_clone(a)));
    return 0;
}
