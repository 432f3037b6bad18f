/* A mutex makes Sync what is Send; an Rc is not. A plain int is. */
#include <fearless.h>

typedef fl_mutex(fl_rc(int)) bad_cell;
typedef fl_mutex(int) good_cell;

FL_THREAD_FN(void, use_bad, fl_arc(bad_cell), a)
{
    fl_auto(a);
}
FL_THREAD_FN(void, use_good, fl_arc(good_cell), a)
{
    fl_auto(a);
}

static void start(fl_arc(bad_cell) bad, fl_arc(good_cell) good)
{
    fl_detach(fl_spawn(use_bad, fl_clone(bad))); //~ ERROR E0277 `fl_rc(int)` cannot be sent between threads safely
    fl_detach(fl_spawn(use_good, fl_clone(good)));
}

int main(void)
{
    fl_arc(bad_cell) bad = fl_arc_new(bad_cell, { 0 });
    fl_arc(good_cell) good = fl_arc_new(good_cell, FL_MUTEX(0));
    fl_auto(bad);
    fl_auto(good);
    start(bad, good);
    return 0;
}
