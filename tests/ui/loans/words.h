/* What the tests of this folder own and borrow. */
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

struct pair {
    text a, b;
};
FL_DROP_FIELDS(struct pair, pair_drop, a, b)
#define FL_OWNED struct pair, pair_drop
#include <fearless/owned.h>

struct view {
    const char *from;
    size_t len;
};

/* Defined in another file. */
text text_of(const char *s);
void keep(text t);
int ready(void);
