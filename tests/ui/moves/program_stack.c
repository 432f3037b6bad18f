/* A correct program: a growing container that owns what is in it. */
#include "words.h"

typedef struct {
    text *items;
    size_t len, cap;
} text_stack;

static void text_stack_drop(text_stack *s)
{
    for (size_t i = 0; i < s->len; i++)
        fl_drop(s->items[i]);
    free(s->items);
    *s = (text_stack){ 0 };
}
#define FL_OWNED text_stack, text_stack_drop
#include <fearless/owned.h>

static bool text_stack_push(text_stack *s, text t)
{
    if (s->len == s->cap) {
        size_t cap = s->cap ? 2 * s->cap : 4;
        text *items = realloc(s->items, cap * sizeof *items);
        if (!items) {
            fl_drop(t);
            return false;
        }
        s->items = items;
        s->cap = cap;
    }
    s->items[s->len++] = fl_move(t);
    return true;
}

static bool text_stack_pop(text_stack *s, text *ret_text)
{
    if (s->len == 0)
        return false;
    *ret_text = fl_move(s->items[--s->len]);
    return true;
}

static size_t text_stack_total(const text_stack *s)
{
    size_t total = 0;
    for (const text *t = s->items; t != s->items + s->len; t++)
        total += t->len;
    return total;
}

static void reverse(text_stack *s)
{
    for (size_t i = 0, j = s->len; i + 1 < j; i++) {
        j--;
        text t = s->items[i];
        s->items[i] = s->items[j];
        s->items[j] = t;
    }
}

FL_THREAD_FN(size_t, measure, text_stack, s)
{
    fl_auto(s);
    return text_stack_total(&s);
}

int main(void)
{
    text_stack s = { 0 };
    fl_auto(s);
    for (int i = 0; i < 100; i++)
        if (!text_stack_push(&s, text_of("word")))
            return 1;
    reverse(&s);
    text t;
    while (text_stack_pop(&s, &t)) {
        if (t.len == 3) {
            fl_drop(t);
            break;
        }
        text_print(&t);
        fl_drop(t);
    }
    fl_join_handle(size_t) h = fl_spawn(measure, fl_move(s));
    printf("%zu\n", fl_joined(h));
    return 0;
}
