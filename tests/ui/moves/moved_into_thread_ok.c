#include "words.h"

int main(void)
{
    text t = text_of("a");
    text_print(&t);
    fl_join_handle(void) h = fl_spawn(print_text, fl_move(t));
    fl_unwrap(fl_join(h));

    for (int i = 0; i < 2; i++) {
        text u = text_of("b");
        fl_detach(fl_spawn(print_text, fl_move(u)));
    }
    return 0;
}
