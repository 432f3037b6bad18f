/* A correct program: a linked list on the heap; nodes are taken apart one by one. */
#include "words.h"

struct node {
    text value;
    struct node *next;
};

struct list {
    struct node *first, **last;
    size_t len;
};

static void list_init(struct list *l)
{
    l->first = NULL;
    l->last = &l->first;
    l->len = 0;
}

static void list_append(struct list *l, text value)
{
    struct node *n = malloc(sizeof *n);
    if (!n)
        abort();
    n->value = fl_move(value);
    n->next = NULL;
    *l->last = n;
    l->last = &n->next;
    l->len++;
}

static bool list_take(struct list *l, text *ret_value)
{
    struct node *n = l->first;
    if (!n)
        return false;
    l->first = n->next;
    if (!l->first)
        l->last = &l->first;
    l->len--;
    *ret_value = fl_move(n->value);
    free(n);
    return true;
}

static struct node *list_find(const struct list *l, const char *s)
{
    for (struct node *n = l->first; n; n = n->next)
        if (strcmp(n->value.s, s) == 0)
            return n;
    return NULL;
}

static void list_clear(struct list *l)
{
    struct node *next;
    for (struct node *n = l->first; n; n = next) {
        next = n->next;
        fl_drop(n->value);
        free(n);
    }
    list_init(l);
}

int main(void)
{
    struct list l;
    list_init(&l);
    list_append(&l, text_of("a"));
    text b = text_of("b");
    list_append(&l, fl_move(b));
    struct node *n = list_find(&l, "a");
    if (n) {
        fl_drop(n->value);
        n->value = text_of("A");
    }
    text first;
    if (list_take(&l, &first)) {
        text_print(&first);
        fl_drop(first);
    }
    list_clear(&l);
    return 0;
}
