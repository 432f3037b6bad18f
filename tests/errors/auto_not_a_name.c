/* fl_auto of a field: it takes a name. */
//~ max-lines 12
//~ first-line-has a name
#include <fearless.h>

struct worker {
    fl_box(int) box;
};

int f(struct worker *p)
{
    fl_auto(p->box); //~ here
    return *fl_get(p->box);
}
