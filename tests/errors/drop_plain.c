/* fl_drop of something that owns nothing. */
//~ max-lines 12
//~ first-line-has give it a drop
#include <fearless.h>

void f(int n)
{
    fl_drop(n); //~ here
}
