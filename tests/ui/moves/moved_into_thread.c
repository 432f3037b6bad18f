/* Moved into a thread, in a loop and twice. */
#include "words.h"

int main(void)
{
    text t = text_of("a");
    fl_join_handle(void) h = fl_spawn(print_text, fl_move(t));
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
    fl_unwrap(fl_join(h));

    text u = text_of("b");
    for (int i = 0; i < 2; i++)
        fl_detach(fl_spawn(print_text, fl_move(u))); //~ ERROR E0382 use of moved value: `u`
    return 0;
}
