/* The finding is where the macro is used. */
#include <fearless.h>

#define LEND(x) (&(x))
#define START(x) fl_detach(fl_spawn(use, LEND(x)))

FL_THREAD_FN(void, use, int *, p)
{
    (void)p;
}
static int lasting;

int main(void)
{
    int n = 0;
    START(n); //~ ERROR E0373 borrows `n`
    fl_detach(fl_spawn(use, LEND(n))); //~ ERROR E0373 borrows `n`
    START(lasting);
    return 0;
}
