/* What the tests of this folder own: a text, and a struct that owns two of them. */
#include <fearless.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Defined in another file, so that nothing but their declarations is known. */
text text_of(const char *s);
void text_print(const text *t);
void text_append(text *t, const char *more);
int ready(void);

struct job {
    int id;
    text name, body;
};
FL_DROP_FIELDS(struct job, job_drop, name, body)
#define FL_OWNED struct job, job_drop
#include <fearless/owned.h>

FL_THREAD_FN(void, print_text, text, t)
{
    fl_auto(t);
    text_print(&t);
}
