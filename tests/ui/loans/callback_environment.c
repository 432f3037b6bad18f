// A function out of view that is given a function and a `void *` for it may call it later: what the environment leads to is
// borrowed for good. Unless somebody may have taken it back, or the function is known to be done when it returns.
#include <fearless.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    char *s;
    size_t len;
} text;
static inline void text_drop(text *t)
{
    free(t->s);
}
#define FL_OWNED text, text_drop
#include <fearless/owned.h>

text text_of(const char *s);
void keep(text t FL_MOVED);
void on_tick(void (*fn)(void *), void *env);
void off_tick(void (*fn)(void *));
void on_key(int key, void *env, int (*fn)(int, void *));
void each(void (*fn)(void *), __attribute__((annotate("fl.lent"))) void *env);
int ready(void);

static void show(void *env)
{
    const text *t = env;
    puts(t->s);
}
static void count(void *env)
{
    ++*(int *)env;
}
static int on_enter(int key, void *env)
{
    return key + ((text *)env)->s[0];
}
struct window {
    const char *name;
    text *title;
};
static void paint(void *env)
{
    puts(((struct window *)env)->title->s);
}

void moved(void)
{
    text t = text_of("a");
    on_tick(show, &t);
    keep(fl_move(t)); //~ ERROR E0505 cannot move out of `t` because it is borrowed
}
void dropped(void)
{
    text t = text_of("a");
    on_tick(show, &t);
    fl_drop(t); //~ ERROR E0505 cannot drop `t` because it is borrowed
}
void environment_first(void)
{
    text t = text_of("a");
    on_key('\n', &t, on_enter);
    keep(fl_move(t)); //~ ERROR E0505 cannot move out of `t`
}
void contents(void)
{
    fl_box(int) n = fl_box_new(int, 3);
    on_tick(count, fl_get(n));
    fl_drop(n); //~ ERROR E0505 cannot drop `n`
}
void at_the_end(void)
{
    text t = text_of("a");
    fl_auto(t);
    on_tick(show, &t); //~ ERROR E0597 `t` does not live long enough
}
void in_a_struct(void)
{
    text t = text_of("a");
    struct window w = { "main", &t };
    on_tick(paint, &w);
    fl_drop(t); //~ ERROR E0505 cannot drop `t`
}
void on_one_way(int later)
{
    text t = text_of("a");
    if (later)
        on_tick(show, &t);
    fl_drop(t); //~ ERROR E0505 cannot drop `t`
}

void done_when_it_returns(void)
{
    text t = text_of("a");
    each(show, &t);
    fl_drop(t);
}
void taken_back(void)
{
    text t = text_of("a");
    on_tick(show, &t);
    off_tick(show);
    fl_drop(t);
}
void moved_before(void)
{
    text t = text_of("a");
    text *p = malloc(sizeof *p);
    *p = fl_move(t);
    on_tick(show, p);
}
void plain_data(void)
{
    int n = 0;
    on_tick(count, &n);
    printf("%d\n", n);
}
static int by_length(const void *a, const void *b)
{
    return ((const text *)a)->len < ((const text *)b)->len ? -1 : 1;
}
void sorted(void)
{
    text t[2] = { text_of("a"), text_of("b") };
    qsort(t, 2, sizeof t[0], by_length);
    fl_drop(t);
}
static void run(void (*fn)(void *), void *env)
{
    fn(env);
}
void in_view(void)
{
    text t = text_of("a");
    run(show, &t);
    fl_drop(t);
}
void for_good(fl_box(text) t)
{
    text *p = fl_get(t);
    fl_forget(t);
    on_tick(show, p);
}
