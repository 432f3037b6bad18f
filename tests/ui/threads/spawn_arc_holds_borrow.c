/* What was moved into a handle travels with it. */
#include <fearless.h>

struct config {
    const char *name;
    int level;
};
FL_THREAD_FN(void, use, fl_arc(struct config), c)
{
    fl_auto(c);
}

int main(void)
{
    char buffer[8] = "local";
    fl_arc(struct config) bad = fl_arc_new(struct config, { buffer, 1 });
    fl_arc(struct config) good = fl_arc_new(struct config, { "literal", 1 });
    fl_auto(bad);
    fl_auto(good);
    fl_detach(fl_spawn(use, fl_clone(bad))); //~ ERROR E0373 borrows `buffer`
    fl_detach(fl_spawn(use, fl_clone(good)));
    return 0;
}
