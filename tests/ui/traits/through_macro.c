/* The finding is where the macro is used. */
#include <fearless.h>

#define START(...) fl_detach(fl_spawn(__VA_ARGS__))
#define START_WITH(r) fl_detach(fl_spawn(use_rc, fl_clone(r)))

FL_THREAD_FN(void, use_rc, fl_rc(int), r)
{
    fl_auto(r);
}

int main(void)
{
    fl_rc(int) r = fl_rc_new(int, 5);
    fl_auto(r);
    START(use_rc, fl_clone(r)); //~ ERROR E0277 `fl_rc(int)` cannot be sent
    START_WITH(r); //~ ERROR E0277 `fl_rc(int)` cannot be sent
    return 0;
}
