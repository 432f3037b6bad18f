/* A list owns its nodes, so it is Send when what they hold is; recursion is no obstacle. */
#include <fearless.h>

#include <stdlib.h>

struct node {
    struct node *next;
    char *word;
};
typedef struct {
    struct node *head;
} words;

static void free_nodes(struct node *n)
{
    while (n) {
        struct node *next = n->next;
        free(n->word);
        free(n);
        n = next;
    }
}
static void words_drop(words *w)
{
    free_nodes(w->head);
}
#define FL_OWNED words, words_drop
#include <fearless/owned.h>

struct rc_node {
    struct rc_node *next;
    fl_rc(int) value;
};
typedef struct {
    struct rc_node *head;
} counts;

static void counts_drop(counts *c)
{
    for (struct rc_node *n = c->head, *next; n; n = next) {
        next = n->next;
        fl_drop(n->value);
        free(n);
    }
}
#define FL_OWNED counts, counts_drop
#include <fearless/owned.h>

FL_THREAD_FN(void, take_words, words, w)
{
    fl_auto(w);
}
FL_THREAD_FN(void, take_counts, counts, c)
{
    fl_auto(c);
}

int main(void)
{
    words w = { 0 };
    counts c = { 0 };
    fl_detach(fl_spawn(take_words, fl_move(w)));
    fl_detach(fl_spawn(take_counts, fl_move(c))); //~ ERROR E0277 required because it appears within the type `struct rc_node`
    return 0;
}
