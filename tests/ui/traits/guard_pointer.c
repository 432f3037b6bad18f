/* What a guard gives belongs to the thread that holds the lock. The mutex itself may be shared. */
#include <fearless.h>

typedef fl_mutex(int) counter;
static counter hits = FL_MUTEX(0);

FL_THREAD_FN(void, use_value, int *, n)
{
    *n += 1;
}
FL_THREAD_FN(void, use_counter, counter *, c)
{
    fl_with (n, c)
        *n += 1;
}

int main(void)
{
    {
        fl_guard(n, &hits);
        fl_detach(fl_spawn(use_value, n)); //~ ERROR E0277 `int *` cannot be sent between threads safely
    }
    fl_detach(fl_spawn(use_counter, &hits));
    return 0;
}
