/*
 * Move paths, after rustc: the places whose ownership is followed. A *root* is a local, or what a pointer
 * parameter points to; below it is a *node* for each field that some statement moves, drops or assigns.
 *
 *     j            node 0
 *     j.name       node 1, child of 0
 *
 * A union is one node, so is an array: which element a statement means is not followed. Places are
 * looked up by their address as a value expression, so with `text *p = &j.name` the place `*p` is node 1.
 */
#ifndef FEARLESS_CHECK_MOVES_MOVE_PATHS_H
#define FEARLESS_CHECK_MOVES_MOVE_PATHS_H

#include <glib.h>

#include "analysis/context.h"

#define MOVE_NODE_NONE UINT32_MAX

struct move_node {
    uint32_t parent;               /* MOVE_NODE_NONE for the root */
    uint32_t first_child, next_sibling;
    const struct ir_record *record; /* the field this node is */
    uint32_t field;
    const struct ir_type *type;
    const char *type_name;
    const char *name;              /* `j.name`; NULL when there is no name to show */
};

struct move_root {
    uint32_t local;                /* the local, or the pointer parameter whose pointee this is */
    bool is_pointee;
    bool is_param;                 /* a by-value parameter */
    bool is_lent;                  /* ... that its function never takes over */
    bool has_auto;                 /* a scope's end drops it */
    bool is_escaped;               /* its address is kept somewhere: not everything that happens to it is seen */
    bool has_element_takes;        /* elements of it are moved or dropped one by one */
    GArray *nodes;                 /* of struct move_node; 0 is the root itself */
};

/* Where a place is among the paths. */
struct move_ref {
    uint32_t root, node;
    bool is_exact;                 /* the place is the node; else it lies somewhere inside it */
    bool is_element;               /* ... in an array */
    bool is_member;                /* ... and is a union's member: it stands for the union */
};

struct move_paths {
    struct analysis *analysis;
    const struct ir_function *fn;
    struct cfg *cfg;
    struct values *values;
    GArray *roots;                 /* of struct move_root */
    GHashTable *by_address;        /* struct value * -> struct move_ref * */
};

/* Finds the roots and nodes of a function. NULL when it has none. */
struct move_paths *move_paths_new(struct analysis *analysis, const struct ir_function *fn);
void move_paths_free(struct move_paths *paths);

bool move_paths_find(const struct move_paths *paths, struct flow_point at, const struct ir_place *place,
                     struct move_ref *ret);
/* The same for what a pointer value points to. */
bool move_paths_find_address(const struct move_paths *paths, const struct value *address, struct move_ref *ret);

static inline struct move_root *move_root(const struct move_paths *paths, uint32_t root)
{
    return &g_array_index(paths->roots, struct move_root, root);
}

static inline struct move_node *move_node(const struct move_paths *paths, uint32_t root, uint32_t node)
{
    return &g_array_index(move_root(paths, root)->nodes, struct move_node, node);
}

/* A variable of its own name, as opposed to temporaries and compound literals. */
static inline bool local_is_named(const struct ir_local *local)
{
    return local->name && (local->kind == IR_LOCAL_VARIABLE || local->kind == IR_LOCAL_PARAM);
}

#endif
