/* A compound literal is a local without a name: it is gone at the end of its block. At file scope it lasts. */
#include <fearless.h>

struct options {
    int level;
};
FL_THREAD_FN(void, use, const struct options *, o)
{
    (void)o;
}
FL_THREAD_FN(void, use_value, struct options, o)
{
    (void)o;
}
static const struct options *const defaults = &(const struct options){ 3 };

int main(void)
{
    fl_detach(fl_spawn(use, &(struct options){ 1 })); //~ ERROR E0716 temporary value dropped while borrowed
    fl_detach(fl_spawn(use_value, (struct options){ 1 }));
    fl_detach(fl_spawn(use, defaults));
    return 0;
}
