/* The accepted twins of taken_apart.c. */
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
struct texts make_texts(void);

/* Nobody's drop function. */
static void texts_free(struct texts *v)
{
    for (size_t i = 0; i < v->len; i++)
        fl_drop(v->items[i]);
    free(v->items);
    v->items = NULL;
    v->len = 0;
}

void union_is_filled_again(fl_sender(text) tx)
{
    union word w = { .t = text_of("a") };
    fl_unwrap(fl_send(tx, fl_move(w.t)));
    w.number = 3;
    printf("%d\n", w.number);
}

void all_parts(fl_sender(text) tx)
{
    struct job j = make_job();
    fl_unwrap(fl_send(tx, fl_move(j.name)));
    fl_drop(j.body);
}

void part_and_rest(fl_sender(text) tx)
{
    struct job j = make_job();
    fl_unwrap(fl_send(tx, fl_move(j.name)));
    fl_drop(j);
}

void moved_by_bytes(void)
{
    text t = text_of("a"), u;
    u = t;
    memset(&t, 0, sizeof t);
    fl_drop(u);
}

void by_hand(void)
{
    text t = text_of("a");
    text_drop(&t);
    t = text_of("b");
    fl_drop(t);
}

void by_hand_or_not(void)
{
    text t = text_of("a");
    if (ready())
        text_drop(&t);
    else
        fl_drop(t);
}

void swapped_with_nothing(void)
{
    text t = text_of("a"), none = { 0 };
    fl_swap(&t, &none);
    fl_drop(none);
}

void containers(void)
{
    struct texts v = { 0 }, w = { 0 }, x = make_texts();
    fl_auto(v);
    texts_push(&v, text_of("a"));
    texts_push(&v, text_of("b"));
    texts_push(&w, text_of("c"));
    texts_free(&w);
    texts_free(&x);
}

FL_THREAD_FN(void, work, int, n)
{
    printf("%d\n", n);
}

int lost_with_a_panic(void)
{
    fl_join_handle(void) a = fl_spawn(work, 1), b = fl_spawn(work, 2);
    if (fl_join(a) != FL_OK)
        return -1;
    fl_unwrap(fl_join(b));
    return 0;
}
