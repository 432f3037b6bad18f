/* fl_get_mut gives a pointer as long as there is one owner: a clone ends that. */
#include "words.h"

void cloned(void)
{
    fl_arc(int) a = fl_arc_new(int, 1);
    int *p = fl_get_mut(a);
    fl_arc(int) b = fl_clone(a); //~ ERROR E0502 cannot borrow `a` as immutable because it is also borrowed as mutable
    if (p)
        *p = 2;
    fl_drop(a);
    fl_drop(b);
}

FL_THREAD_FN(void, show, fl_arc(int), a)
{
    fl_auto(a);
    printf("%d\n", *fl_get(a));
}

void given_to_a_thread(fl_arc(int) a)
{
    int *p = fl_get_mut(a);
    fl_detach(fl_spawn(show, fl_clone(a))); //~ ERROR E0502
    if (p)
        *p = 2;
    fl_drop(a);
}

void in_the_next_pass(fl_rc(int) r)
{
    int *p = fl_get_mut(r);
    for (int i = 0; p && i < 3; i++) {
        *p = i;
        fl_rc(int) other = fl_clone(r); //~ ERROR E0502
        fl_drop(other);
    }
    fl_drop(r);
}

void dropped(fl_arc(int) a)
{
    int *p = fl_get_mut(a);
    fl_drop(a); //~ ERROR E0505 cannot drop `a` because it is borrowed
    if (p)
        *p = 2;
}

void written_before(void)
{
    fl_arc(int) a = fl_arc_new(int, 1);
    int *p = fl_get_mut(a);
    if (p)
        *p = 2;
    fl_arc(int) b = fl_clone(a);
    fl_drop(a);
    fl_drop(b);
}

int only_reads(fl_arc(int) a)
{
    const int *p = fl_get(a);
    fl_arc(int) b = fl_clone(a);
    int value = *p;
    fl_drop(a);
    fl_drop(b);
    return value;
}

void of_another(fl_arc(int) a, fl_arc(int) b)
{
    int *p = fl_get_mut(a);
    fl_arc(int) c = fl_clone(b);
    if (p)
        *p = 1;
    fl_drop(c);
    fl_drop(b);
    fl_drop(a);
}

void asked_again(fl_arc(int) a)
{
    int *p = fl_get_mut(a);
    if (p)
        *p = 1;
    fl_arc(int) b = fl_clone(a);
    fl_drop(b);
    p = fl_get_mut(a);
    if (p)
        *p = 2;
    fl_drop(a);
}
