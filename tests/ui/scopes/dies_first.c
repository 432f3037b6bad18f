/* A thread of a scope may borrow what is declared before the scope. */
#include <fearless.h>

FL_THREAD_FN(int, looks, const int *, at)
{
    return *at;
}

static void inside(void)
{
    fl_scope (s) {
        int x = 1;
        fl_spawn_in(s, looks, &x); //~ ERROR E0597 `x` does not live long enough
    }
}
static void in_a_loop(int n)
{
    fl_scope (s) {
        for (int i = 0; i < n; i++) {
            int mine = i;
            const int *p = &mine;
            fl_spawn_in(s, looks, p); //~ ERROR E0597 `mine` does not live long enough
        }
    }
}
static void joined_before(void)
{
    fl_scope (s) {
        int x = 1;
        fl_join_handle(int) h = fl_spawn_in(s, looks, &x);
        fl_joined(h);
    }
}
static void before_the_scope(void)
{
    int x = 1;
    fl_scope (s)
        fl_spawn_in(s, looks, &x);
}

int main(void)
{
    inside();
    in_a_loop(2);
    joined_before();
    before_the_scope();
    return 0;
}
