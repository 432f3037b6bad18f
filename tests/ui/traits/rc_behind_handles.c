/* A box or an Arc sends what is in it. */
#include <fearless.h>

FL_THREAD_FN(void, use_box, fl_box(fl_rc(int)), b)
{
    fl_auto(b);
}
FL_THREAD_FN(void, use_arc, fl_arc(fl_rc(int)), a)
{
    fl_auto(a);
}
FL_THREAD_FN(void, use_good, fl_box(fl_arc(int)), b)
{
    fl_auto(b);
}

int main(void)
{
    fl_box(fl_rc(int)) b = fl_box_new(fl_rc(int), fl_rc_new(int, 1));
    fl_arc(fl_rc(int)) a = fl_arc_new(fl_rc(int), fl_rc_new(int, 1));
    fl_box(fl_arc(int)) good = fl_box_new(fl_arc(int), fl_arc_new(int, 1));
    fl_detach(fl_spawn(use_box, fl_move(b))); //~ ERROR E0277 required for `fl_box(fl_rc(int))` to implement `Send`
    fl_detach(fl_spawn(use_arc, fl_move(a))); //~ ERROR E0277 required for `fl_arc(fl_rc(int))` to implement `Send`
    fl_detach(fl_spawn(use_good, fl_move(good)));
    return 0;
}
