/* A list whose drop frees only its first node does not own the others: they are borrowed pointers. */
#include <fearless.h>

#include <stdlib.h>

struct node {
    struct node *next;
    int n;
};
typedef struct {
    struct node *head;
} one;

static void one_drop(one *o)
{
    free(o->head);
}
#define FL_OWNED one, one_drop
#include <fearless/owned.h>

FL_THREAD_FN(void, take, one, o)
{
    fl_auto(o);
}

int main(void)
{
    struct node *second = malloc(sizeof *second);
    struct node *first = malloc(sizeof *first);
    if (!first || !second)
        abort();
    *second = (struct node){ NULL, 2 };
    *first = (struct node){ second, 1 };
    one o = { first };
    fl_detach(fl_spawn(take, fl_move(o))); //~ ERROR E0277 `struct node *` cannot be sent
    return 0;
}
