// A handle is no number, and no bytes: what is written over it so is F0902; what is lost by that, F0303.
#include <fearless.h>
#include <stdint.h>
#include <string.h>

typedef fl_arc(int) count;
struct box {
    count c;
    int n;
};

void as_a_number(count a, long bits)
{
    count b = NULL;
    *(long *)&b = bits; //~ ERROR F0902 a handle that is written as a number cannot be vouched for
    fl_forget(b);
    (void)a;
}
void over_one_that_owns(long bits)
{
    count a = fl_arc_new(int, 1);
    *(long *)&a = bits; //~ ERROR F0303 `a` is overwritten while it owns a value
    fl_drop(a);
}
void in_a_struct(struct box *b, uintptr_t bits)
{
    *(uintptr_t *)&b->c = bits; //~ ERROR F0902 written as a number
}
void behind_a_pointer(count *c)
{
    *(uintptr_t *)c |= 1; //~ ERROR F0902 written as a number
}
void filled(void)
{
    count a;
    memset(&a, 0xff, sizeof a); //~ ERROR F0902 bytes that become an owned value cannot be vouched for
    (void)a;
}
void zeroed_while_it_owns(void)
{
    count a = fl_arc_new(int, 1);
    memset(&a, 0, sizeof a); //~ ERROR F0303 `a` is overwritten while it owns a value
}

// Zeros are the empty value; a number that is read is a number; a neighbour is no handle.
void zeroed(void)
{
    count a;
    memset(&a, 0, sizeof a);
    fl_drop(a);
}
void zeroed_as_a_number(struct box *b)
{
    *(long *)&b->c = 0;
    *(unsigned *)&b->n = 7;
    memset(&b->n, 0xff, sizeof b->n);
}
uintptr_t hashed(count a)
{
    return *(uintptr_t *)&a >> 4;
}
void vouched_for(count *c)
{
    fl_unsafe { *(uintptr_t *)c |= 1; }
}
