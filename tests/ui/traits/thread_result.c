/* What a thread returns is sent, too: to who joins it. */
#include <fearless.h>

FL_THREAD_FN(fl_rc(int), make_rc, int, n)
{
    return fl_rc_new(int, n);
}
FL_THREAD_FN(fl_box(int), make_box, int, n)
{
    return fl_box_new(int, n);
}

int main(void)
{
    fl_detach(fl_spawn(make_rc, 1)); //~ ERROR E0277 what a thread returns is sent to the thread that joins it
    fl_detach(fl_spawn(make_box, 1));
    return 0;
}
