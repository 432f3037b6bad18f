/* A correct program: a tree of boxes, built and dropped recursively. */
#include "words.h"

struct tree {
    text key;
    struct tree *left, *right;
};

static void tree_free(struct tree *t)
{
    if (!t)
        return;
    tree_free(t->left);
    tree_free(t->right);
    fl_drop(t->key);
    free(t);
}

typedef struct {
    struct tree *root;
    size_t len;
} set;

static void set_drop(set *s)
{
    tree_free(s->root);
}
#define FL_OWNED set, set_drop
#include <fearless/owned.h>

static bool set_add(set *s, text key)
{
    struct tree **at = &s->root;
    while (*at) {
        int order = strcmp(key.s, (*at)->key.s);
        if (order == 0) {
            fl_drop(key);
            return false;
        }
        at = order < 0 ? &(*at)->left : &(*at)->right;
    }
    struct tree *t = calloc(1, sizeof *t);
    if (!t) {
        fl_drop(key);
        return false;
    }
    t->key = fl_move(key);
    *at = t;
    s->len++;
    return true;
}

static void print_tree(const struct tree *t, int depth)
{
    if (!t)
        return;
    print_tree(t->left, depth + 1);
    printf("%*s%s\n", 2 * depth, "", t->key.s);
    print_tree(t->right, depth + 1);
}

FL_THREAD_FN(set, build, fl_receiver(text), words)
{
    fl_auto(words);
    set s = { 0 };
    fl_for_each (w, words)
        if (!set_add(&s, fl_move(w)))
            puts("seen before");
    return s;
}

int main(void)
{
    fl_sender(text) tx;
    fl_receiver(text) rx;
    fl_channel(&tx, &rx);
    fl_join_handle(set) h = fl_spawn(build, fl_move(rx));
    const char *words[] = { "m", "c", "x", "c" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        fl_unwrap(fl_send(tx, text_of(words[i])));
    fl_drop(tx);
    set s = fl_joined(h);
    fl_auto(s);
    print_tree(s.root, 0);
    return 0;
}
