/* A tree is built here, searched there, and comes back as the thread's result. */
#include <fearless.h>

#include <stdio.h>
#include <stdlib.h>

struct node {
    struct node *left, *right;
    int key;
};
typedef struct {
    struct node *root;
    size_t count;
} tree;

static void free_nodes(struct node *n)
{
    if (!n)
        return;
    free_nodes(n->left);
    free_nodes(n->right);
    free(n);
}
static void tree_drop(tree *t)
{
    free_nodes(t->root);
}
#define FL_OWNED tree, tree_drop
#include <fearless/owned.h>

static void tree_add(tree *t, int key)
{
    struct node **place = &t->root;
    while (*place)
        place = key < (*place)->key ? &(*place)->left : &(*place)->right;
    *place = calloc(1, sizeof **place);
    if (!*place)
        abort();
    (*place)->key = key;
    t->count++;
}

static int sum_of(const struct node *n)
{
    return n ? sum_of(n->left) + n->key + sum_of(n->right) : 0;
}

FL_THREAD_FN(tree, grow, tree, t, int, upto)
{
    for (int i = 0; i < upto; i++)
        tree_add(&t, (i * 7) % upto);
    return t;
}

int main(void)
{
    tree t = { 0 };
    tree_add(&t, 100);
    fl_join_handle(tree) h = fl_spawn(grow, fl_move(t), 10);
    tree grown = fl_joined(h);
    fl_auto(grown);
    printf("%zu nodes, sum %d\n", grown.count, sum_of(grown.root));
    return 0;
}
