/* Values taken apart, filled and dropped by hand: unions, parts, bytes, drop functions called directly, containers. */
#include "words.h"

struct texts {
    text *items;
    size_t len;
};
static void texts_drop(struct texts *v)
{
    for (size_t i = 0; i < v->len; i++)
        fl_drop(v->items[i]);
    free(v->items);
}
#define FL_OWNED struct texts, texts_drop
#include <fearless/owned.h>

static void texts_push(struct texts *v, text t)
{
    v->items = realloc(v->items, (v->len + 1) * sizeof *v->items);
    v->items[v->len++] = fl_move(t);
}

union word {
    text t;
    int number;
};

struct job make_job(void);

void union_is_one(fl_sender(text) tx)
{
    union word w = { .t = text_of("a") };
    fl_unwrap(fl_send(tx, fl_move(w.t)));
    text_print(&w.t); //~ ERROR E0382 borrow of moved value: `w`
}

void rest_is_lost(fl_sender(text) tx)
{
    struct job j = make_job();
    fl_unwrap(fl_send(tx, fl_move(j.name)));
} //~ ERROR F0301 owned value `j` is never dropped

void zeroed(void)
{
    text t = text_of("a");
    memset(&t, 0, sizeof t); //~ ERROR F0303 `t` is overwritten while it owns a value
}

void by_hand_and_again(void)
{
    text t = text_of("a");
    text_drop(&t);
    fl_drop(t); //~ ERROR F0302 `t` is dropped twice
}

void by_hand_and_at_the_end(void)
{
    text t = text_of("a");
    fl_auto(t);
    if (ready())
        text_drop(&t);
} //~ ERROR F0302 `t` is dropped twice

void by_hand_and_used(void)
{
    text t = text_of("a");
    text_drop(&t);
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
}

void container_is_lost(void)
{
    struct texts v = { 0 };
    texts_push(&v, text_of("a"));
    texts_push(&v, text_of("b"));
} //~ ERROR F0301 owned value `v` is never dropped
