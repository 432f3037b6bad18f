#include "value_block.h"
#include "sizes.h"

#include <stdint.h>
#include <stdlib.h>

/* malloc's alignment is enough for everything that is not over-aligned, and malloc packs better. */
static size_t block_align(size_t align)
{
    return fl_larger_(align, _Alignof(max_align_t));
}

void *fl_value_block_new_(size_t head_size, size_t size, size_t align)
{
    align = block_align(align);
    const size_t before = fl_round_up_(head_size, align);
    if (size > SIZE_MAX - before - align)
        return NULL;
    const size_t total = fl_round_up_(before + size, align);
    char *const base = align > _Alignof(max_align_t) ? aligned_alloc(align, total) : malloc(total);
    return base ? base + before : NULL;
}

void fl_value_block_free_(void *value, size_t head_size, size_t align)
{
    if (value)
        free((char *)value - fl_round_up_(head_size, block_align(align)));
}

struct dropping {
    void *value;
    void (*give_back)(void *value);
};

static void end_dropping(struct dropping *dropping)
{
    dropping->give_back(dropping->value);
}

void fl_value_drop_(void *value, fl_drop_fn_ *drop, void (*give_back)(void *value))
{
    __attribute__((cleanup(end_dropping))) struct dropping dropping = {value, give_back};
    if (drop)
        drop(dropping.value);
}
