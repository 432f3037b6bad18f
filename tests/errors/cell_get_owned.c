/* fl_cell_get copies, and what is owned has no copy. */
//~ max-lines 12
//~ first-line-has use fl_cell_take or fl_cell_replace
#include <fearless.h>

typedef struct {
    char *s;
} text;
void text_drop(text *t);
#define FL_OWNED text, text_drop
#include <fearless/owned.h>

static fl_cell(text) name;

char *f(void)
{
    text t = fl_cell_get(&name); //~ here
    return t.s;
}
