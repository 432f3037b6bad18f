/* An owned local: the repair is to move it. */
#include <fearless.h>

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

FL_THREAD_FN(void, borrow, const text *, t)
{
    (void)t;
}
FL_THREAD_FN(void, take, text, t)
{
    fl_auto(t);
}
FL_THREAD_FN(void, read_bytes, const char *, s)
{
    (void)s;
}

int main(void)
{
    text t = { strdup("hi") };
    text u = { strdup("hi") };
    text v = { strdup("hi") };
    fl_auto(t);
    fl_auto(u);
    fl_detach(fl_spawn(borrow, &t)); //~ ERROR E0373 pass `fl_move(t)`
    fl_detach(fl_spawn(read_bytes, u.s)); //~ ERROR E0373 may outlive borrowed value `u`
    fl_detach(fl_spawn(take, fl_move(v)));
    return 0;
}
