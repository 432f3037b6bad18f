#include <fearless/box.h>
#include <fearless/panic.h>

#include "value_block.h"

#include <string.h>

struct box_head {
    fl_drop_fn_ *drop; /* of the value; NULL: it owns nothing */
    size_t align;
};

static struct box_head *head_of(void *value)
{
    return (struct box_head *)value - 1;
}

void *fl_box_new_(size_t size, size_t align, fl_drop_fn_ *drop, const volatile void *value, const char *file, int line)
{
    void *const v = fl_value_block_new_(sizeof(struct box_head), size, align);
    void *const from = (void *)(uintptr_t)value;
    if (!v) {
        /* whatever fails to take a value drops it */
        if (drop)
            drop(from);
        fl_panic_(file, line, "fl_box_new: out of memory");
    }
    *head_of(v) = (struct box_head){drop, align};
    memcpy(v, from, size);
    return v;
}

static void free_at(void **value)
{
    if (*value)
        fl_value_block_free_(*value, sizeof(struct box_head), head_of(*value)->align);
}

void fl_box_drop_(void *handle)
{
    /* the memory is given back even if the drop panics */
    __attribute__((cleanup(free_at))) void *v = *(void **)handle;
    *(void **)handle = NULL;
    if (v && head_of(v)->drop)
        head_of(v)->drop(v);
}
