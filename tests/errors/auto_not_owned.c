/* fl_auto of a struct that has owned fields, but no drop. */
//~ max-lines 12
//~ first-line-has give it a drop
#include <fearless.h>

struct event {
    fl_box(int) box;
};

int f(void)
{
    struct event e = {fl_box_new(int, 1)};
    fl_auto(e); //~ here
    return *fl_get(e.box);
}
