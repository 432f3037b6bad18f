/* Rc: as arc.c, with plain counts, for handles that stay in one thread.
 *
 *   strong   handles that keep the value alive
 *   weak     weak handles, and one more as long as strong > 0: that one keeps the memory */
#include <fearless/panic.h>
#include <fearless/rc.h>

#include "panic_internal.h"
#include "value_block.h"

#include <string.h>

struct rc_head {
    size_t strong, weak;
    fl_drop_fn_ *drop; /* NULL: the value owns nothing */
    size_t align;
};
_Static_assert(sizeof(struct rc_head) % _Alignof(max_align_t) == 0, "the head would be padded");

static struct rc_head *head_of(const volatile void *value)
{
    return (struct rc_head *)(uintptr_t)value - 1;
}

static void *count_up(size_t *count, const volatile void *handle)
{
    if (*count == SIZE_MAX)
        fl_abort_("too many handles of one Rc");
    ++*count;
    return fl_value_of_(handle);
}

static void release_weak(void *value)
{
    struct rc_head *const head = head_of(value);
    if (--head->weak == 0)
        fl_value_block_free_(value, sizeof *head, head->align);
}

static void *new_block(size_t size, size_t align, fl_drop_fn_ *drop, size_t strong)
{
    void *const value = fl_value_block_new_(sizeof(struct rc_head), size, align);
    if (value)
        *head_of(value) = (struct rc_head){strong, 1, drop, align};
    return value;
}

void *fl_rc_new_(size_t size, size_t align, fl_drop_fn_ *drop, const volatile void *value, const char *file, int line)
{
    void *const v = new_block(size, align, drop, 1);
    if (!v) {
        if (drop)
            drop(fl_value_of_(value)); /* whatever fails to take a value drops it */
        fl_panic_(file, line, "fl_rc_new: out of memory");
    }
    memcpy(v, fl_value_of_(value), size);
    return v;
}

void *fl_rc_new_empty_(size_t size, size_t align, fl_drop_fn_ *drop, const char *file, int line)
{
    void *const v = new_block(size, align, drop, 0);
    if (!v)
        fl_panic_(file, line, "fl_rc_new_cyclic: out of memory");
    return v;
}

void *fl_rc_fill_(const volatile void *weak, const volatile void *value, size_t size)
{
    void *const v = fl_value_of_(weak);
    memcpy(v, fl_value_of_(value), size);
    head_of(v)->weak++; /* the strong handles' one; the caller's is dropped by the caller */
    head_of(v)->strong = 1;
    return v;
}

void *fl_rc_clone_(const volatile void *handle)
{
    return handle ? count_up(&head_of(handle)->strong, handle) : NULL;
}

void fl_rc_drop_(void *handle)
{
    void **const place = handle;
    void *const v = *place;
    *place = NULL;
    if (v && --head_of(v)->strong == 0)
        fl_value_drop_(v, head_of(v)->drop, release_weak);
}

void *fl_rc_weak_clone_(const volatile void *handle)
{
    return handle ? count_up(&head_of(handle)->weak, handle) : NULL;
}

void fl_rc_weak_drop_(void *handle)
{
    void **const place = handle;
    void *const v = *place;
    *place = NULL;
    if (v)
        release_weak(v);
}

void *fl_rc_downgrade_(const volatile void *handle)
{
    return fl_rc_weak_clone_(handle);
}

void *fl_rc_weak_upgrade_(const volatile void *handle)
{
    return handle && head_of(handle)->strong > 0 ? fl_rc_clone_(handle) : NULL;
}

size_t fl_rc_strong_count_(const volatile void *handle)
{
    return handle ? head_of(handle)->strong : 0;
}

size_t fl_rc_weak_count_(const volatile void *handle)
{
    return handle && head_of(handle)->strong > 0 ? head_of(handle)->weak - 1 : 0;
}

void *fl_rc_get_mut_(const volatile void *handle)
{
    return handle && head_of(handle)->strong == 1 && head_of(handle)->weak == 1 ? fl_value_of_(handle) : NULL;
}

bool fl_rc_is_only_(const volatile void *handle_place, size_t size, const char *file, int line)
{
    void **const place = (void **)(uintptr_t)handle_place;
    void *const v = *place;
    if (!v)
        fl_panic_(file, line, "fl_make_mut: the handle is empty");
    struct rc_head *const head = head_of(v);
    if (head->strong != 1)
        return false;
    if (head->weak == 1)
        return true;
    /* Weak handles keep the memory: the value moves to memory of its own, they find it gone. */
    void *const moved = new_block(size, head->align, head->drop, 1);
    if (!moved)
        fl_panic_(file, line, "fl_make_mut: out of memory");
    memcpy(moved, v, size);
    *place = moved;
    head->strong = 0;
    release_weak(v);
    return true;
}

bool fl_rc_into_inner_(const volatile void *handle_place, void *ret_value, size_t size)
{
    void **const place = (void **)(uintptr_t)handle_place;
    void *const v = *place;
    *place = NULL;
    if (!v || --head_of(v)->strong > 0)
        return false;
    memcpy(ret_value, v, size);
    release_weak(v);
    return true;
}

bool fl_rc_try_unwrap_(const volatile void *handle_place, void *ret_value, size_t size)
{
    void *const v = *(void **)(uintptr_t)handle_place;
    return v && head_of(v)->strong == 1 && fl_rc_into_inner_(handle_place, ret_value, size);
}
