#include "base/shared_array.h"

#include <glib.h>
#include <string.h>

enum { BITS = 4, SLOTS = 1 << BITS, MOST_LEVELS = 32 / BITS };

/* In the lowest level the slots are the values, above it nodes. */
struct shared_node {
    uint32_t owners;
    const void *slots[SLOTS];
};

static struct shared_node *node_ref(struct shared_node *node)
{
    if (node)
        node->owners++;
    return node;
}

static void node_unref(struct shared_node *node, uint32_t level)
{
    if (!node || --node->owners > 0)
        return;
    for (uint32_t i = 0; level > 1 && i < SLOTS; i++)
        node_unref((struct shared_node *)node->slots[i], level - 1);
    g_free(node);
}

/* A node that nobody else has, with the same in it. */
static struct shared_node *node_alone(struct shared_node *node, uint32_t level)
{
    if (node && node->owners == 1)
        return node;
    struct shared_node *fresh = g_new0(struct shared_node, 1);
    fresh->owners = 1;
    if (node) {
        memcpy(fresh->slots, node->slots, sizeof fresh->slots);
        for (uint32_t i = 0; level > 1 && i < SLOTS; i++)
            node_ref((struct shared_node *)fresh->slots[i]);
        node->owners--;
    }
    return fresh;
}

static uint32_t slot_of(uint32_t index, uint32_t level)
{
    return (index >> (BITS * (level - 1))) % SLOTS;
}

static bool is_within(const struct shared_array *array, uint32_t index)
{
    return array->levels >= MOST_LEVELS || index >> (BITS * array->levels) == 0;
}

void shared_array_clear(struct shared_array *array)
{
    node_unref(array->root, array->levels);
    *array = (struct shared_array){0};
}

void shared_array_copy(struct shared_array *to, const struct shared_array *from)
{
    struct shared_array old = *to;
    to->root = node_ref(from->root);
    to->levels = from->levels;
    node_unref(old.root, old.levels);
}

const void *shared_array_get(const struct shared_array *array, uint32_t index)
{
    if (!is_within(array, index))
        return NULL;
    const struct shared_node *node = array->root;
    for (uint32_t level = array->levels; node && level > 1; level--)
        node = node->slots[slot_of(index, level)];
    return node ? node->slots[slot_of(index, 1)] : NULL;
}

static void grow(struct shared_array *array)
{
    if (array->root) {
        struct shared_node *above = g_new0(struct shared_node, 1);
        above->owners = 1;
        above->slots[0] = array->root;
        array->root = above;
    }
    array->levels++;
}

void shared_array_set(struct shared_array *array, uint32_t index, const void *value)
{
    if (shared_array_get(array, index) == value)
        return;
    while (array->levels == 0 || !is_within(array, index))
        grow(array);
    array->root = node_alone(array->root, array->levels);
    struct shared_node *node = array->root;
    for (uint32_t level = array->levels; level > 1; level--) {
        const void **slot = &node->slots[slot_of(index, level)];
        struct shared_node *below = node_alone((struct shared_node *)*slot, level - 1);
        *slot = below;
        node = below;
    }
    node->slots[slot_of(index, 1)] = value;
}

static bool next_in(const struct shared_node *node, uint32_t level, uint32_t base, uint32_t *index, const void **value)
{
    uint32_t first = *index > base ? (*index - base) >> (BITS * (level - 1)) : 0;
    for (uint32_t i = first; node && i < SLOTS; i++) {
        uint32_t at = base + (i << (BITS * (level - 1)));
        if (!node->slots[i])
            continue;
        if (level > 1) {
            if (next_in(node->slots[i], level - 1, at, index, value))
                return true;
            continue;
        }
        *index = at;
        *value = node->slots[i];
        return true;
    }
    return false;
}

bool shared_array_next(const struct shared_array *array, uint32_t *index, const void **value)
{
    return is_within(array, *index) && next_in(array->root, array->levels, 0, index, value);
}

static void differences_in(const struct shared_node *a, const struct shared_node *b, uint32_t level, uint32_t base,
                           shared_array_visitor *visit, void *ctx)
{
    if (a == b)
        return;
    for (uint32_t i = 0; i < SLOTS; i++) {
        const void *mine = a ? a->slots[i] : NULL, *theirs = b ? b->slots[i] : NULL;
        uint32_t at = base + (i << (BITS * (level - 1)));
        if (mine == theirs)
            continue;
        if (level > 1)
            differences_in(mine, theirs, level - 1, at, visit, ctx);
        else
            visit(ctx, at, mine, theirs);
    }
}

void shared_array_differences(const struct shared_array *a, const struct shared_array *b, shared_array_visitor *visit, void *ctx)
{
    struct shared_array low = {0}, high = {0};
    bool swapped = a->levels > b->levels;
    shared_array_copy(&low, swapped ? b : a);
    shared_array_copy(&high, swapped ? a : b);
    while (low.levels < high.levels)
        grow(&low);
    if (high.levels > 0)
        differences_in(swapped ? high.root : low.root, swapped ? low.root : high.root, high.levels, 0, visit, ctx);
    shared_array_clear(&low);
    shared_array_clear(&high);
}
