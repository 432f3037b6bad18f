/* The scope joins what is left, so a scoped handle need not be dropped; but one that was joined is gone. */
#include <fearless.h>

FL_THREAD_FN(long, twice, const int *, n)
{
    return *n * 2L;
}

long joined_again(void)
{
    int n = 1;
    long sum = 0;
    fl_scope (s) {
        fl_join_handle(long) h = fl_spawn_in(s, twice, &n);
        sum += fl_joined(h);
        sum += fl_joined(h); //~ ERROR E0382 use of moved value: `h`
    }
    return sum;
}

long dropped_in_one_branch(int early)
{
    int n = 1;
    long sum = 0;
    fl_scope (s) {
        fl_join_handle(long) h = fl_spawn_in(s, twice, &n);
        if (early)
            fl_drop(h);
        sum = fl_joined(h); //~ ERROR E0382 use of moved value: `h`
    }
    return sum;
}

/* The same outside of a scope is nobody's to join. */
void no_scope(void)
{
    static const int n = 1;
    fl_join_handle(long) h = fl_spawn(twice, &n);
    (void)h;
} //~ ERROR F0301 owned value `h` is never dropped
