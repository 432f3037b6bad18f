/* The drop function says which pointers a type owns: `s` is freed, `label` is somebody else's. */
#include <fearless.h>

#include <stdlib.h>
#include <string.h>

typedef struct {
    char *s;
    const char *label;
} named_text;

static void named_text_drop(named_text *t)
{
    free(t->s);
}
#define FL_OWNED named_text, named_text_drop
#include <fearless/owned.h>

FL_THREAD_FN(void, work, named_text, t)
{
    fl_auto(t);
}

static char *lookup(const char *key)
{
    return getenv(key);
}

int main(void)
{
    named_text good = { strdup("own"), "literal" };
    named_text bad = { strdup("own"), lookup("HOME") };
    fl_detach(fl_spawn(work, fl_move(good)));
    fl_detach(fl_spawn(work, fl_move(bad))); //~ ERROR E0277 within `named_text`
    return 0;
}
