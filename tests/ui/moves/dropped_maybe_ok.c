/* fl_drop of what is perhaps empty is what the empty value is for. */
#include "words.h"

void maybe_moved(fl_sender(text) tx)
{
    text t = text_of("a");
    if (ready())
        fl_unwrap(fl_send(tx, fl_move(t)));
    fl_drop(t);
}

void maybe_filled(void)
{
    text t = { 0 };
    if (ready())
        t = text_of("a");
    fl_drop(t);
}

int clean_up_at_the_end(fl_sender(text) tx)
{
    int rc = -1;
    text a = { 0 }, b = { 0 };
    a = text_of("a");
    if (!ready())
        goto out;
    b = text_of("b");
    if (fl_send(tx, fl_move(b)) != FL_OK)
        goto out;
    rc = 0;
out:
    fl_drop(a);
    fl_drop(b);
    return rc;
}
