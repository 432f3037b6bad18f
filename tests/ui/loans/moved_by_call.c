// A call that moves what its argument points to ends what was borrowed from it: a helper always, `fl_send_or` and a case
// of fl_select when they have sent it.
#include "words.h"

static void give(fl_sender(text) tx, text *t)
{
    fl_unwrap(fl_send(tx, fl_move(*t)));
}

void by_helper(fl_sender(text) tx)
{
    text t = text_of("a");
    const char *p = t.s;
    give(tx, &t); //~ ERROR E0505 cannot move out of `t` because it is borrowed
    puts(p);
}
void by_send_or(fl_sender(text) tx)
{
    text t = text_of("a");
    const char *p = t.s;
    if (fl_send_or(tx, &t) != FL_OK) { //~ ERROR E0505 cannot move out of `t`
        fl_drop(t);
        return;
    }
    puts(p);
}
void by_status(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    const char *p = t.s;
    fl_status s = fl_try_send_or(tx, &t); //~ ERROR E0505 cannot move out of `t`
    if (s == FL_OK)
        puts(p);
}
void by_case(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    const char *p = t.s;
    if (fl_select(fl_on_send(tx, &t), fl_on_none()) == 0 && fl_selected() == FL_OK) //~ ERROR E0505 cannot move out of `t`
        puts(p);
}
void in_a_loop(fl_sender(text) tx)
{
    const char *last = "";
    for (int i = 0; i < 3; i++) {
        text t = text_of(last);
        last = t.s;
        give(tx, &t); //~ ERROR E0505 cannot move out of `t`
    }
}

void used_before(fl_sender(text) tx)
{
    text t = text_of("a");
    const char *p = t.s;
    puts(p);
    give(tx, &t);
}
void came_back(fl_sender(text) tx)
{
    text t = text_of("a");
    const char *p = t.s;
    if (fl_send_or(tx, &t) != FL_OK) {
        puts(p);
        fl_drop(t);
    }
}
void came_back_by_status(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    const char *p = t.s;
    fl_status s = fl_try_send_or(tx, &t);
    if (s == FL_FULL)
        puts(p);
    else if (s != FL_OK)
        puts(p);
}
void made_anew(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    const char *p = t.s;
    give(tx, &t);
    t = text_of("b");
    p = t.s;
    puts(p);
}
