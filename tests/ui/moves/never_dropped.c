/* A way out on which a value is still owned. */
#include "words.h"

void at_end(void)
{
    text t = text_of("a");
    text_print(&t);
} //~ ERROR F0301 owned value `t` is never dropped

int early_return(void)
{
    text t = text_of("a");
    if (!ready())
        return -1; //~ ERROR F0301 owned value `t` is never dropped
    fl_drop(t);
    return 0;
}

int goto_past(void)
{
    int rc = -1;
    text t = text_of("a");
    if (!ready())
        goto out;
    rc = 0;
    fl_drop(t);
out:
    return rc; //~ ERROR F0301 owned value `t` is never dropped
}

void in_loop(void)
{
    for (int i = 0; i < 3; i++) {
        text t = text_of("a");
        if (i == 1)
            continue; //~ ERROR F0301 owned value `t` is never dropped
        fl_drop(t);
    }
}

void one_branch(fl_sender(text) tx)
{
    text t = text_of("a");
    if (ready())
        fl_unwrap(fl_send(tx, fl_move(t)));
} //~ ERROR F0301 owned value `t` is never dropped

void field(void)
{
    struct { text name; int n; } s = { text_of("a"), 1 };
    text_print(&s.name);
} //~ ERROR F0301 owned value `s.name` is never dropped

FL_THREAD_FN(void, thread, text, t)
{
    text_print(&t);
} //~ ERROR F0301 owned value `t` is never dropped

void received(fl_receiver(text) rx)
{
    text t;
    if (fl_recv(rx, &t) == FL_OK)
        text_print(&t);
} //~ ERROR F0301 owned value `t` is never dropped

void discarded(void)
{
    text_of("a"); //~ ERROR F0301 owned value is never dropped
}

void handle(void)
{
    text t = text_of("a");
    fl_join_handle(void) h = fl_spawn(print_text, fl_move(t));
    puts("not waiting");
} //~ ERROR F0301 owned value `h` is never dropped
