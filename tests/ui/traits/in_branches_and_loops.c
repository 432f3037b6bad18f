/* However the call is reached. */
#include <fearless.h>

FL_THREAD_FN(void, use_rc, fl_rc(int), r)
{
    fl_auto(r);
}

int main(int argc, char **argv)
{
    (void)argv;
    fl_rc(int) r = fl_rc_new(int, 5);
    fl_auto(r);
    int n = 0;
    if (argc > 3)
        fl_detach(fl_spawn(use_rc, fl_clone(r))); //~ ERROR E0277 cannot be sent
again:
    switch (argc) {
    case 1:
        fl_detach(fl_spawn(use_rc, fl_clone(r))); //~ ERROR E0277 cannot be sent
        break;
    default:
        break;
    }
    if (n++ < 2)
        goto again;
    do
        fl_detach(fl_spawn(use_rc, fl_clone(r))); //~ ERROR E0277 cannot be sent
    while (n++ < 5);
    return 0;
}
