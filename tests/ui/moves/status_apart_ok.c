/* What a status, or a select, says about a variable, on every path apart; and what is only looked at in place. */
#include "words.h"

struct shelf {
    text *items;
    size_t count;
};

static void print_one(text t)
{
    text_print(&t);
}

void quit_or_value(fl_receiver(text) rx, fl_receiver(void) quit)
{
    for (;;) {
        text t;
        switch (fl_select(fl_on_recv(rx, &t), fl_on_recv(quit, NULL))) {
        case 0:
            if (fl_selected() != FL_OK)
                return;
            text_print(&t);
            fl_drop(t);
            break;
        case 1:
            return;
        }
    }
}

void value_or_timeout(fl_receiver(text) rx)
{
    text t;
    int chosen = fl_select(fl_on_recv(rx, &t), fl_on_timeout(fl_millis(5)));
    if (chosen == 0 && fl_selected() == FL_OK)
        fl_drop(t);
}

void neither_of_the_others(fl_receiver(text) rx)
{
    text t;
    fl_status s = fl_try_recv(rx, &t);
    if (s == FL_EMPTY)
        return;
    if (s == FL_CLOSED)
        return;
    text_print(&t);
    fl_drop(t);
}

FL_THREAD_FN(text, make_text, int, n)
{
    (void)n;
    return text_of("made");
}

void did_not_panic(void)
{
    fl_join_handle(text) h = fl_spawn(make_text, 1);
    text t;
    fl_status s = fl_join(h, &t);
    if (s == FL_PANICKED)
        return;
    fl_drop(t);
}

void lent_in_place(struct shelf *s, fl_box(text) b)
{
    for (size_t i = 0; i < s->count; i++)
        print_one(s->items[i]);
    print_one(*fl_get(b));
}

void joined_by_nobody_else(fl_sender(int) tx)
{
    fl_detach(fl_spawn(make_text, 2));
    text old = { 0 };
    text was = fl_replace(&old, text_of("new"));
    fl_drop(was);
    fl_drop(old);
    (void)tx;
}
