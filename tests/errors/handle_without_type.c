/* A handle without its element type. */
//~ max-lines 12
//~ first-line-has the element type is missing: write fl_box(int)
#include <fearless.h>

void f(void)
{
    fl_box() b; //~ here
    (void)b;
}
