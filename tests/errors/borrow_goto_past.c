/* A goto past a borrow: its cleanup would end what was never begun. */
//~ max-lines 24
//~ first-line-has jump
#include <fearless.h>

static fl_refcell(int) words = FL_REFCELL(0);

int f(int k)
{
    if (k == 7)
        goto out; //~ here
    fl_borrow_mut(w, &words);
    *w += k;
out:
    return k;
}
