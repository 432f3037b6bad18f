/* The C side's `String`: an owned text. What Rust's std gives for nothing stands here. */
#include <fearless.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *s;
} text;
static void text_drop(text *t)
{
    free(t->s);
}
#define FL_OWNED text, text_drop
#include <fearless/owned.h>

static inline text text_of(const char *s)
{
    text t = { strdup(s) };
    return t;
}
static inline void show(const text *t)
{
    printf("%s\n", t->s);
}
static inline void push(text *t)
{
    t->s[0] = 'x';
}
static inline void take(text t)
{
    fl_auto(t);
    show(&t);
}

struct two {
    text a, b;
};
FL_DROP_FIELDS(struct two, two_drop, a, b)
#define FL_OWNED struct two, two_drop
#include <fearless/owned.h>

typedef fl_mutex(int) counter;
