/* Two threads of one scope, or a thread and the code beside it, use one thing, and one of them writes it. */
#include <fearless.h>

#include <stdio.h>

struct pair {
    int a, b;
};
typedef fl_slice(int) ints;

FL_THREAD_FN(void, adds, int *, to)
{
    *to += 1;
}
FL_THREAD_FN(int, looks, const int *, at)
{
    return *at;
}
FL_THREAD_FN(void, swaps, struct pair *, p)
{
    int t = p->a;
    p->a = p->b;
    p->b = t;
}
FL_THREAD_FN(void, fills, ints, part, int, with)
{
    for (size_t i = 0; i < part.len; i++)
        part.data[i] = with;
}

static void both_write(void)
{
    int x = 0;
    fl_scope (s) {
        fl_spawn_in(s, adds, &x);
        fl_spawn_in(s, adds, &x); //~ ERROR E0499 cannot borrow `x` as mutable more than once at a time
    }
}
static void one_reads(void)
{
    int x = 0;
    fl_scope (s) {
        fl_spawn_in(s, looks, &x);
        fl_spawn_in(s, adds, &x); //~ ERROR E0502 cannot borrow `x` as mutable because it is also borrowed as immutable
    }
    fl_scope (s) {
        fl_spawn_in(s, adds, &x);
        fl_spawn_in(s, looks, &x); //~ ERROR E0502 cannot borrow `x` as immutable because it is also borrowed as mutable
    }
}
static void assigned_beside(int n)
{
    int x = 0;
    fl_scope (s) {
        fl_spawn_in(s, looks, &x);
        if (n)
            x = n; //~ ERROR E0506 cannot assign to `x` because it is borrowed
    }
    x = 2;
    fl_scope (s) {
        fl_spawn_in(s, adds, &x);
        printf("%d\n", x); //~ ERROR E0502 cannot borrow `x` as immutable because it is also borrowed as mutable
    }
}
static void whole_and_field(struct pair *p)
{
    fl_scope (s) {
        fl_spawn_in(s, swaps, p);
        fl_spawn_in(s, adds, &p->a); //~ ERROR E0499
    }
}
static void helper(int *x)
{
    *x = 3;
}
static void helper_beside(void)
{
    int x = 0;
    fl_scope (s) {
        fl_spawn_in(s, looks, &x);
        helper(&x); //~ ERROR E0502
    }
}
static void same_slice(ints all)
{
    fl_scope (s) {
        fl_spawn_in(s, fills, all, 1);
        fl_spawn_in(s, fills, all, 2); //~ ERROR E0499
    }
}
static void each_pass(int n)
{
    int x = 0, parts[4] = { 0 };
    fl_scope (s) {
        for (int i = 0; i < n; i++)
            fl_spawn_in(s, adds, &x); //~ ERROR E0499 cannot borrow `x` as mutable more than once at a time
    }
    fl_scope (s) {
        for (int i = 0; i < n; i++)
            fl_spawn_in(s, adds, &parts[1]); //~ ERROR E0499
    }
}
static void joined_too_late(void)
{
    int x = 0;
    fl_scope (s) {
        fl_join_handle(void) h = fl_spawn_in(s, adds, &x);
        x++; //~ ERROR E0506
        fl_joined(h);
    }
}
static int table[4], cell;
static void statics(void)
{
    fl_scope (s) {
        fl_spawn_in(s, adds, &table[0]);
        fl_spawn_in(s, adds, &table[1]);
        fl_spawn_in(s, adds, &cell);
        cell = 1; //~ ERROR E0506
        fl_spawn_in(s, adds, &table[0]); //~ ERROR E0499
    }
}

int main(void)
{
    struct pair p = { 1, 2 };
    int n[4] = { 0 };
    both_write();
    one_reads();
    assigned_beside(1);
    whole_and_field(&p);
    helper_beside();
    same_slice((ints)fl_slice_of(n, 4));
    each_pass(2);
    joined_too_late();
    statics();
    return 0;
}
