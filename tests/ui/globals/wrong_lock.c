/* A lock that is not held at every access, or not the same lock. */
#include <fearless.h>

static struct fl_lock lock = FL_LOCK, other = FL_LOCK;
static fl_mutex(int) m = FL_MUTEX(0);
static int sometimes, two_locks, too_late, early_exit;

FL_THREAD_FN(void, one, int, n)
{
    {
        fl_lock_guard(held, &lock);
        sometimes++;
        two_locks++; //~ ERROR E0133 use of mutable static `two_locks`
    }
    fl_lock_acquire(&lock);
    if (n > 3) {
        fl_lock_release(&lock);
        early_exit = n; //~ ERROR E0133 use of mutable static `early_exit`
        return;
    }
    early_exit++;
    fl_lock_release(&lock);
}
FL_THREAD_FN(void, two, int, n)
{
    sometimes = n; //~ ERROR E0133 use of mutable static `sometimes`
    fl_lock_acquire(&other);
    two_locks--; //~ ERROR E0133 use of mutable static `two_locks`
    fl_lock_release(&other);
    fl_with (v, &m)
        *v += n;
    too_late = n; //~ ERROR E0133 use of mutable static `too_late`
}

int main(void)
{
    fl_join_handle(void) a = fl_spawn(one, 1);
    fl_join_handle(void) b = fl_spawn(two, 2);
    fl_joined(a);
    fl_joined(b);
    return 0;
}
