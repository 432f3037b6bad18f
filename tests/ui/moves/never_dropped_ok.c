/* Every way out drops, moves, or ends the program. */
#include "words.h"

int early_return(void)
{
    text t = text_of("a");
    if (!ready()) {
        fl_drop(t);
        return -1;
    }
    fl_drop(t);
    return 0;
}

int with_auto(void)
{
    text t = text_of("a");
    fl_auto(t);
    for (int i = 0; i < 3; i++) {
        text u = text_of("b");
        fl_auto(u);
        if (i == 1)
            continue;
        if (i == 2)
            return -1;
    }
    return 0;
}

void ends_the_program(void)
{
    text t = text_of("a");
    if (!ready())
        abort();
    if (!ready())
        fl_panic("not ready");
    fl_drop(t);
}

static void die(const char *why)
{
    fputs(why, stderr);
    exit(1);
}

void dies_in_helper(void)
{
    text t = text_of("a");
    if (!ready())
        die("not ready");
    fl_drop(t);
}

void received(fl_receiver(text) rx)
{
    text t;
    while (fl_recv(rx, &t) == FL_OK) {
        text_print(&t);
        fl_drop(t);
    }
}

int received_or_returns(fl_receiver(text) rx)
{
    text t;
    fl_status s = fl_recv(rx, &t);
    if (s)
        return -1;
    text_print(&t);
    fl_drop(t);
    return 0;
}

void sent_or_kept(fl_sender(text) tx)
{
    text t = text_of("a");
    if (fl_send_or(tx, &t) != FL_OK) {
        text_print(&t);
        fl_drop(t);
    }
}

void stored(struct job *j)
{
    text t = text_of("a");
    fl_drop(j->name);
    j->name = fl_move(t);
}

void handle(void)
{
    fl_join_handle(void) h = fl_spawn(print_text, text_of("a"));
    fl_unwrap(fl_join(h));
    fl_join_handle(void) g = fl_spawn(print_text, text_of("b"));
    fl_detach(fl_move(g));
    fl_join_handle(void) k = fl_spawn(print_text, text_of("c"));
    fl_auto(k);
}
