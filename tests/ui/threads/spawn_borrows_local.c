/* The address of a local given to fl_spawn, joined or not. A value, a static or a moved value is fine. */
#include <fearless.h>

FL_THREAD_FN(void, use_pointer, const int *, p)
{
    (void)p;
}
FL_THREAD_FN(void, use_value, int, n)
{
    (void)n;
}

static int lasting = 3;

int main(void)
{
    int local = 3;
    fl_join_handle(void) h = fl_spawn(use_pointer, &local); //~ ERROR E0373 may outlive borrowed value `local`
    fl_unwrap(fl_join(h));
    fl_detach(fl_spawn(use_pointer, &lasting));
    fl_detach(fl_spawn(use_value, local));
    return 0;
}
