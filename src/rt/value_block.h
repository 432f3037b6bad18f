/* Memory for a value with a header directly before it: what boxes, Arcs and Rcs are made of.
 *
 *     [ padding ][ head ][ value ]
 *                        ^ what a handle points to
 *
 * The handle points at the value so that fl_get costs nothing; the head is found by stepping back by its own size,
 * whatever the value's alignment, because the padding comes first. */
#ifndef FL_RT_VALUE_BLOCK_H
#define FL_RT_VALUE_BLOCK_H

#include <fearless/ownership.h>

#include <stddef.h>
#include <stdint.h>

/* NULL if there is no memory. head_size must be a multiple of the head's alignment; align is a power of two. */
void *fl_value_block_new_(size_t head_size, size_t size, size_t align);
/* head_size and align as they were given to fl_value_block_new_. */
void fl_value_block_free_(void *value, size_t head_size, size_t align);

/* Drops the value (drop may be NULL), then give_back(value), which may free the block: also if the drop panics. */
void fl_value_drop_(void *value, fl_drop_fn_ *drop, void (*give_back)(void *value));

/* What a handle points to, without the qualifiers that make it a handle. */
static inline void *fl_value_of_(const volatile void *handle)
{
    return (void *)(uintptr_t)handle;
}

#endif
