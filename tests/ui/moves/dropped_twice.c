/* fl_drop of what is certainly empty: dropped before, or moved. */
#include "words.h"

void twice(void)
{
    text t = text_of("a");
    fl_drop(t);
    fl_drop(t); //~ ERROR E0382 use of moved value: `t`
}

void uses_dropped(void)
{
    text t = text_of("a");
    fl_drop(t);
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
}

void in_loop(void)
{
    text t = text_of("a");
    while (ready())
        text_print(&t);
    fl_drop(t);
    for (int i = 0; i < 3; i++)
        text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
}
