/* A correct program: values go through many hands: lent, given, handed back, exchanged. */
#include "words.h"

static size_t lent(text t)
{
    return t.len + strlen(t.s);
}

static text decorated(text t, const char *with)
{
    text_append(&t, with);
    return t;
}

static void given(text t)
{
    fl_auto(t);
    text_print(&t);
}

static void exchange(text *a, text *b)
{
    text t = fl_move(*a);
    *a = fl_move(*b);
    *b = fl_move(t);
}

static void clear_all(text *texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        fl_drop(texts[i]);
}

static text first_of(text a, text b)
{
    if (a.len > 0) {
        fl_drop(b);
        return a;
    }
    fl_drop(a);
    return b;
}

static void init(text *t)
{
    t->s = NULL;
    t->len = 0;
}

static void reset(text *t, const char *s)
{
    fl_drop(*t);
    *t = text_of(s);
}

int main(void)
{
    text a = text_of("a"), b;
    init(&b);
    reset(&b, "b");
    printf("%zu\n", lent(a));
    a = decorated(fl_move(a), "?");
    exchange(&a, &b);
    text c = first_of(fl_move(a), fl_move(b));
    given(fl_move(c));
    given(text_of("d"));
    text many[4] = { 0 };
    for (int i = 0; i < 4; i++)
        many[i] = text_of("many");
    clear_all(many, 4);
    return 0;
}
