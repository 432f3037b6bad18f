/* The twin of moved_by_helper_ok: the result is looked at the wrong way round. */
#include "words.h"

static int try_give(fl_sender(text) tx, text *t)
{
    if (!ready())
        return -1;
    fl_unwrap(fl_send(tx, fl_move(*t)));
    return 0;
}

void wrong_way_round(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    if (try_give(tx, &t) == 0)
        text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
}

void not_dropped_when_kept(fl_sender(text) tx)
{
    text t = text_of("a");
    if (try_give(tx, &t) != 0)
        text_print(&t);
} //~ ERROR F0301 owned value `t` is never dropped
