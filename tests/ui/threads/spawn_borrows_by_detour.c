/* Through a pointer variable, a field, an array, a cast, a conditional expression, pointer arithmetic. */
#include <fearless.h>

#include <stdint.h>

struct range {
    int *from, *to;
};
struct outer {
    struct range inner;
};
FL_THREAD_FN(void, use, void *, p)
{
    (void)p;
}
FL_THREAD_FN(void, use_range, struct range, r)
{
    (void)r;
}
FL_THREAD_FN(void, use_outer, struct outer, o)
{
    (void)o;
}
static int lasting[4];

static void by_variable(void)
{
    int a[4] = { 0 };
    int *p = a;
    int *q = p + 2;
    fl_detach(fl_spawn(use, q)); //~ ERROR E0373 borrows `a`
}
static void by_field(void)
{
    int a[4] = { 0 };
    struct range bad = { lasting, a + 4 };
    struct range good = { lasting, lasting + 4 };
    fl_detach(fl_spawn(use_range, bad)); //~ ERROR E0373 borrows `a`
    fl_detach(fl_spawn(use_range, good));
}
static void by_nested_field(void)
{
    int n = 0;
    struct outer o = { .inner = { lasting, lasting } };
    o.inner.to = &n;
    struct outer copy = o;
    fl_detach(fl_spawn(use_outer, copy)); //~ ERROR E0373 borrows `n`
    o.inner.to = lasting;
    fl_detach(fl_spawn(use_outer, o));
}
static void by_array(void)
{
    int n = 0;
    int *pointers[2] = { lasting, &n };
    fl_detach(fl_spawn(use, pointers[1])); //~ ERROR E0373 borrows `n`
}
static void by_cast(void)
{
    long n = 0;
    uintptr_t bits = (uintptr_t)&n;
    fl_detach(fl_spawn(use, (void *)bits)); //~ ERROR E0373 borrows `n`
}
static void by_choice(int c)
{
    int n = 0;
    int *p = c ? &n : lasting;
    fl_detach(fl_spawn(use, p)); //~ ERROR E0373 borrows `n`
    p = lasting;
    fl_detach(fl_spawn(use, p));
}
static void by_pointer_to_pointer(void)
{
    int n = 0;
    int *p = lasting;
    int **pp = &p;
    *pp = &n;
    fl_detach(fl_spawn(use, p)); //~ ERROR E0373 borrows `n`
}

int main(void)
{
    by_variable();
    by_field();
    by_nested_field();
    by_array();
    by_cast();
    by_choice(1);
    by_pointer_to_pointer();
    return 0;
}
