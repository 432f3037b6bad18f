/* The helper moves only when it says so by its result, or fills again. */
#include "words.h"

static int try_give(fl_sender(text) tx, text *t)
{
    if (!ready())
        return -1;
    fl_unwrap(fl_send(tx, fl_move(*t)));
    return 0;
}

static bool give_if_ready(fl_sender(text) tx, text *t)
{
    if (!ready())
        return false;
    fl_unwrap(fl_send(tx, fl_move(*t)));
    return true;
}

static void renew(fl_sender(text) tx, text *t)
{
    fl_unwrap(fl_send(tx, fl_move(*t)));
    *t = text_of("again");
}

void by_status(fl_sender(text) tx)
{
    text t = text_of("a");
    if (try_give(tx, &t) < 0) {
        text_print(&t);
        fl_drop(t);
    }
}

void by_bool(fl_sender(text) tx)
{
    text t = text_of("a");
    bool given = give_if_ready(tx, &t);
    puts("done");
    if (!given) {
        text_print(&t);
        fl_drop(t);
    }
}

void renewed(fl_sender(text) tx)
{
    text t = text_of("a");
    renew(tx, &t);
    text_print(&t);
    fl_drop(t);
}
