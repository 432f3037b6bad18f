/*
 * A sparse array of pointers whose copies share what they have in common: a copy costs nothing, a store costs the
 * path to its slot, and two arrays are compared only where they differ. So a state for each point of a function
 * costs what changes from point to point, and not what it holds.
 *
 * A tree of nodes with 16 slots each (after Bagwell's tries, as in Clojure's vectors); a node that several arrays
 * have is copied before it is written to, one that a single array has is written to in place.
 *
 * Zero bytes are an empty array. NULL in a slot: nothing there.
 */
#ifndef FEARLESS_CHECK_BASE_SHARED_ARRAY_H
#define FEARLESS_CHECK_BASE_SHARED_ARRAY_H

#include <stdbool.h>
#include <stdint.h>

struct shared_node;

struct shared_array {
    struct shared_node *root;
    uint32_t levels; /* of nodes: slots are 0 ... 16^levels - 1 */
};

void shared_array_clear(struct shared_array *array);

/* `to` lets go of what it had. */
void shared_array_copy(struct shared_array *to, const struct shared_array *from);

const void *shared_array_get(const struct shared_array *array, uint32_t index);
void shared_array_set(struct shared_array *array, uint32_t index, const void *value);

/* The first slot from *index on that is not NULL; false: none. */
bool shared_array_next(const struct shared_array *array, uint32_t *index, const void **value);

/* Each slot in which two arrays differ, in order. Neither may be stored to meanwhile (copies of them may). */
typedef void shared_array_visitor(void *ctx, uint32_t index, const void *a, const void *b);
void shared_array_differences(const struct shared_array *a, const struct shared_array *b, shared_array_visitor *visit, void *ctx);

#endif
