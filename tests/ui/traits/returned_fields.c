// A struct that a helper makes: each field leads where it led there.
#include <fearless.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *s;
    const char *label;
} text;
static void text_drop(text *t)
{
    free(t->s);
}
#define FL_OWNED text, text_drop
#include <fearless/owned.h>

FL_THREAD_FN(void, print, text, t)
{
    fl_auto(t);
    printf("%s: %s\n", t.label, t.s);
}

static text text_of(const char *s)
{
    return (text){ strdup(s), "made" };
}
static text text_with(const char *s, const char *label)
{
    text t = text_of(s);
    if (label)
        t.label = label;
    return t;
}
static text text_on_heap(const char *s)
{
    text t = { strdup(s), NULL };
    t.label = strdup(s);
    return t;
}

void literal(void)
{
    text t = text_of("x");
    fl_detach(fl_spawn(print, fl_move(t)));
}
void through_two(void)
{
    text t = text_with("x", "by hand");
    fl_detach(fl_spawn(print, fl_move(t)));
}
void of_a_local(void)
{
    char label[8] = "local";
    text t = text_with("x", label);
    fl_detach(fl_spawn(print, fl_move(t))); //~ ERROR E0373
}
void nobody_owns_it(void)
{
    text t = text_on_heap("x");
    fl_detach(fl_spawn(print, fl_move(t))); //~ ERROR E0277 in this field
}

struct message {
    const char *kind;
    text text;
};
static void message_drop(struct message *m)
{
    fl_drop(m->text);
}
#define FL_OWNED struct message, message_drop
#include <fearless/owned.h>
FL_THREAD_FN(void, receive, fl_receiver(struct message), rx)
{
    fl_auto(rx);
    fl_for_each (m, rx)
        printf("%s %s\n", m.kind, m.text.s);
}
void in_a_message(fl_receiver(struct message) rx, fl_sender(struct message) tx)
{
    fl_auto(tx);
    fl_detach(fl_spawn(receive, fl_move(rx)));
    fl_ignore(fl_send(tx, { "hello", text_of("world") }));
    struct message m = { "again", text_with("world", NULL) };
    fl_ignore(fl_send(tx, fl_move(m)));
}
void in_a_message_that_outlives(fl_sender(struct message) tx)
{
    fl_auto(tx);
    char kind[8] = "local";
    fl_ignore(fl_send(tx, { kind, text_of("world") })); //~ ERROR E0597 `kind` does not live long enough
}
