/* A box has one owner. */
//~ max-lines 12
//~ first-line-has a handle that can have several owners
#include <fearless.h>

void f(fl_box(int) b)
{
    fl_box(int) c = fl_clone(b); //~ here
    fl_drop(c);
}
