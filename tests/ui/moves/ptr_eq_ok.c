/* To ask whether two handles share a value moves none of them, nor copies one. */
#include <fearless.h>

int main(void)
{
    fl_arc(int) a = fl_arc_new(int, 1);
    fl_arc(int) b = fl_clone(a);
    fl_auto(a);
    fl_auto(b);
    return fl_ptr_eq(a, b) && fl_ptr_eq(a, a) ? 0 : 1;
}
