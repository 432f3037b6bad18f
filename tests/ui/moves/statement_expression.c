/* Moves inside ({ }). */
#include "words.h"

void inside(fl_sender(text) tx)
{
    text t = text_of("a");
    int sent = ({
        fl_unwrap(fl_send(tx, fl_move(t)));
        1;
    });
    printf("%d %s\n", sent, t.s); //~ ERROR E0382 use of moved value: `t`
}

void value_of_it(void)
{
    text t = text_of("a");
    text u = ({ fl_move(t); });
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
    fl_drop(u);
}
