/*
 * The cursors of one function as a tree, read by a single recursive visit.
 *
 * The visitor reports children with their parent, in preorder; a stack of the open nodes says where
 * each belongs. libclang visits statements with a work list, so that depth costs no stack here.
 */
#include <clang-c/Index.h>
#include <glib.h>
#include <string.h>

#include "front/body.h"

enum { CHUNK_NODES = 1024 };

struct tree {
    GPtrArray *chunks;   /* of CHUNK_NODES nodes; kept from function to function */
    size_t used;         /* nodes taken of all chunks */
    GPtrArray *open;     /* the path from the root to the node read last */
    GPtrArray *last;     /* for each of them its last child so far */
    GHashTable *numbers; /* `for` or asm -> its number + 1; some parents show a child twice */
};

struct tree *tree_new(void)
{
    struct tree *tree = g_new0(struct tree, 1);

    tree->chunks = g_ptr_array_new_with_free_func(g_free);
    tree->open = g_ptr_array_new();
    tree->last = g_ptr_array_new();
    tree->numbers = g_hash_table_new(NULL, NULL);
    return tree;
}

void tree_free(struct tree *tree)
{
    if (!tree)
        return;
    g_ptr_array_free(tree->chunks, TRUE);
    g_ptr_array_free(tree->open, TRUE);
    g_ptr_array_free(tree->last, TRUE);
    g_hash_table_destroy(tree->numbers);
    g_free(tree);
}

static struct node *new_node(struct tree *tree, CXCursor cursor)
{
    struct node *node;

    if (tree->used == (size_t)tree->chunks->len * CHUNK_NODES)
        g_ptr_array_add(tree->chunks, g_new(struct node, CHUNK_NODES));
    node = (struct node *)tree->chunks->pdata[tree->used / CHUNK_NODES] + tree->used % CHUNK_NODES;
    tree->used++;
    memset(node, 0, sizeof *node);
    node->cursor = cursor;
    node->kind = cursor.kind;
    return node;
}

/* clang_equalCursors without the call: a statement is its data[1], a declaration its data[0]. */
static bool same_cursor(const CXCursor *a, const CXCursor *b)
{
    if (a->kind != b->kind || a->data[0] != b->data[0])
        return false;
    return clang_isDeclaration(a->kind) || a->data[1] == b->data[1];
}

/* Gives a statement its number among those of its kind. */
static uint32_t number_of(struct tree *tree, CXCursor stmt, uint32_t *count)
{
    gpointer known = g_hash_table_lookup(tree->numbers, stmt.data[1]);

    if (known)
        return GPOINTER_TO_UINT(known) - 1;
    g_hash_table_insert(tree->numbers, (gpointer)stmt.data[1], GUINT_TO_POINTER(*count + 1));
    return (*count)++;
}

static enum CXChildVisitResult read_one(CXCursor cursor, CXCursor parent, CXClientData data)
{
    struct tree *tree = data;
    GPtrArray *open = tree->open, *last = tree->last;
    struct node *node = new_node(tree, cursor);
    struct node *above, *before;

    while (open->len > 1) {
        above = open->pdata[open->len - 1];
        if (same_cursor(&above->cursor, &parent))
            break;
        g_ptr_array_set_size(open, (int)open->len - 1);
        g_ptr_array_set_size(last, (int)last->len - 1);
    }
    above = open->pdata[open->len - 1];
    before = last->pdata[last->len - 1];
    if (before)
        before->next = node;
    else
        above->first = node;
    above->child_count++;
    node->in_block = above->in_block || above->kind == CXCursor_BlockExpr;
    if (node->in_block)
        ; /* clang prints a block as ^{ } */
    else if (cursor.kind == CXCursor_ForStmt)
        node->for_index = number_of(tree, cursor, &((struct node *)open->pdata[0])->for_index);
    else if (cursor.kind == CXCursor_GCCAsmStmt)
        node->asm_index = number_of(tree, cursor, &((struct node *)open->pdata[0])->asm_index);
    last->pdata[last->len - 1] = node;
    g_ptr_array_add(open, node);
    g_ptr_array_add(last, NULL);
    return CXChildVisit_Recurse;
}

struct node *tree_read(struct tree *tree, CXCursor root)
{
    struct node *node;

    tree->used = 0;
    g_hash_table_remove_all(tree->numbers);
    g_ptr_array_set_size(tree->open, 0);
    g_ptr_array_set_size(tree->last, 0);
    node = new_node(tree, root);
    g_ptr_array_add(tree->open, node);
    g_ptr_array_add(tree->last, NULL);
    clang_visitChildren(root, read_one, tree);
    return node;
}

struct node *node_child(const struct node *node, uint32_t index)
{
    struct node *child = node ? node->first : NULL;

    while (child && index--)
        child = child->next;
    return child;
}

struct node *node_last(const struct node *node)
{
    struct node *child = node ? node->first : NULL;

    while (child && child->next)
        child = child->next;
    return child;
}
