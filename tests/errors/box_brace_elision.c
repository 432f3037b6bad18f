/* A value that is no value of the type. */
//~ max-lines 32
//~ first-line-has init
#include <fearless.h>

struct label {
    const char *text;
    int size;
};

void f(void)
{
    fl_box(struct label) b = fl_box_new(struct label, "hi"); //~ here
    fl_drop(b);
}
