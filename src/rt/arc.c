/* Arc: two counts before the value.
 *
 *   strong   handles that keep the value alive
 *   weak     weak handles, and one more as long as strong > 0: that one keeps the memory. LOCKED while fl_get_mut looks.
 *
 *   The value is dropped by who takes strong from 1 to 0, the memory freed by who takes weak from 1 to 0.
 *   strong never leaves 0, except once in fl_arc_fill_. LOCKED is legal only while weak was 1, set by the only strong
 *   handle: nobody else can make a weak one meanwhile but from another strong one, which then does not exist, or is the
 *   reason for get_mut to fail.
 *
 *   [drop]   each decrement of strong releases what its thread did with the value; the last one acquires all of that
 *            by loading the word it has just written (a load, not a fence: ThreadSanitizer follows it). The
 *            decrements are read-modify-writes, so they all belong to one release sequence.
 *   [free]   the same for weak and the memory.
 *   [only]   acquire of strong == 1 pairs with the release of the drops that brought it there.
 *   Increments are relaxed: who makes a handle has one already, and passes it on by something that orders.
 *
 * Progress: wait-free, but fl_arc_downgrade_ waits out a fl_get_mut (a few instructions) and retries. */
#include <fearless/arc.h>
#include <fearless/panic.h>

#include "atomic.h"
#include "panic_internal.h"
#include "value_block.h"

#include <string.h>

struct arc_head {
    FL_ATOMIC(size_t) strong;
    FL_ATOMIC(size_t) weak;
    fl_drop_fn_ *drop; /* NULL: the value owns nothing */
    size_t align;
};
/* directly before the value, and as aligned as malloc's memory, so that nothing is lost */
_Static_assert(sizeof(struct arc_head) % _Alignof(max_align_t) == 0, "the head would be padded");

#define LOCKED SIZE_MAX
/* Above it a count is taken to have overflowed. Threads that increment at the same time may pass it, but 2^63 of them
 * cannot be between the increment and the check. */
#define MOST (SIZE_MAX / 2)

static struct arc_head *head_of(const volatile void *value)
{
    return (struct arc_head *)(uintptr_t)value - 1;
}

static void release_weak(void *value)
{
    struct arc_head *const head = head_of(value);
    if (fl_sub_release(&head->weak, 1) != 1) /* [free] */
        return;
    (void)fl_load_acquire(&head->weak); /* [free] */
    fl_value_block_free_(value, sizeof *head, head->align);
}

/* True: that was the last strong handle, and the value is the caller's. */
static bool release_strong(void *value)
{
    struct arc_head *const head = head_of(value);
    if (fl_sub_release(&head->strong, 1) != 1) /* [drop] */
        return false;
    (void)fl_load_acquire(&head->strong); /* [drop] */
    return true;
}

/* ---- making ---- */

static void *new_block(size_t size, size_t align, fl_drop_fn_ *drop, size_t strong)
{
    void *const value = fl_value_block_new_(sizeof(struct arc_head), size, align);
    if (value) {
        struct arc_head *const head = head_of(value);
        fl_atomic_init(&head->strong, strong);
        fl_atomic_init(&head->weak, 1);
        head->drop = drop;
        head->align = align;
    }
    return value;
}

void *fl_arc_new_(size_t size, size_t align, fl_drop_fn_ *drop, const volatile void *value)
{
    void *const v = new_block(size, align, drop, 1);
    if (!v) {
        if (drop)
            drop(fl_value_of_(value)); /* whatever fails to take a value drops it */
        fl_panic("fl_arc_new: out of memory");
    }
    memcpy(v, fl_value_of_(value), size);
    return v;
}

void *fl_arc_new_empty_(size_t size, size_t align, fl_drop_fn_ *drop)
{
    void *const v = new_block(size, align, drop, 0);
    if (!v)
        fl_panic("fl_arc_new_cyclic: out of memory");
    return v;
}

void *fl_arc_fill_(const volatile void *weak, const volatile void *value, size_t size)
{
    void *const v = fl_value_of_(weak);
    struct arc_head *const head = head_of(v);
    memcpy(v, fl_value_of_(value), size);
    fl_add_relaxed(&head->weak, 1);     /* the strong handles' one; the caller's is dropped by the caller */
    fl_store_release(&head->strong, 1); /* [fill] pairs with the acquire in fl_weak_upgrade_ */
    return v;
}

/* ---- handles ---- */

void *fl_arc_clone_(const volatile void *handle)
{
    if (handle && fl_add_relaxed(&head_of(handle)->strong, 1) > MOST)
        fl_abort_("too many handles of one Arc");
    return fl_value_of_(handle);
}

void fl_arc_drop_(void *handle)
{
    void **const place = handle;
    void *const v = *place;
    *place = NULL;
    if (v && release_strong(v))
        fl_value_drop_(v, head_of(v)->drop, release_weak);
}

void *fl_weak_clone_(const volatile void *handle)
{
    /* not LOCKED: who locks it knows that there is no weak handle */
    if (handle && fl_add_relaxed(&head_of(handle)->weak, 1) > MOST)
        fl_abort_("too many weak handles of one Arc");
    return fl_value_of_(handle);
}

void fl_weak_drop_(void *handle)
{
    void **const place = handle;
    void *const v = *place;
    *place = NULL;
    if (v)
        release_weak(v);
}

void *fl_arc_downgrade_(const volatile void *handle)
{
    if (!handle)
        return NULL;
    struct arc_head *const head = head_of(handle);
    size_t weak = fl_load_relaxed(&head->weak);
    for (;;) {
        if (weak == LOCKED) {
            fl_cpu_relax_();
            weak = fl_load_relaxed(&head->weak);
        } else if (weak > MOST) {
            fl_abort_("too many weak handles of one Arc");
        } else if (fl_cas_weak_acquire(&head->weak, &weak, weak + 1)) { /* [unlock] */
            return fl_value_of_(handle);
        }
    }
}

void *fl_weak_upgrade_(const volatile void *handle)
{
    if (!handle)
        return NULL;
    struct arc_head *const head = head_of(handle);
    size_t strong = fl_load_relaxed(&head->strong);
    while (strong != 0) {
        if (strong > MOST)
            fl_abort_("too many handles of one Arc");
        if (fl_cas_weak_acquire(&head->strong, &strong, strong + 1)) /* [fill] */
            return fl_value_of_(handle);
    }
    return NULL;
}

size_t fl_arc_strong_count_(const volatile void *handle)
{
    return handle ? fl_load_relaxed(&head_of(handle)->strong) : 0;
}

size_t fl_arc_weak_count_(const volatile void *handle)
{
    if (!handle)
        return 0;
    const size_t weak = fl_load_relaxed(&head_of(handle)->weak);
    return weak == LOCKED ? 0 : weak - 1;
}

/* ---- the value ---- */

void *fl_arc_get_mut_(const volatile void *handle)
{
    if (!handle)
        return NULL;
    /* A count of 1 is not enough: another thread could make a weak handle from a strong one, and drop the strong one,
     * between two looks. So weak is locked first: no weak handle, and none can be made. */
    struct arc_head *const head = head_of(handle);
    size_t one = 1;
    if (!fl_cas_acquire(&head->weak, &one, LOCKED)) /* [free] what former weak handles did is over */
        return NULL;
    const bool only = fl_load_acquire(&head->strong) == 1; /* [only] */
    fl_store_release(&head->weak, 1);                      /* [unlock] */
    return only ? fl_value_of_(handle) : NULL;
}

/* For fl_make_mut: true if h may be written through; weak handles are cut off then. */
bool fl_arc_is_only_(const volatile void *handle_place, size_t size)
{
    void **const place = (void **)(uintptr_t)handle_place;
    void *const v = *place;
    if (!v)
        fl_panic("fl_make_mut: the handle is empty");
    if (fl_arc_get_mut_(v))
        return true;
    struct arc_head *const head = head_of(v);
    size_t one = 1;
    if (!fl_cas_acquire(&head->strong, &one, 0)) /* [only] */
        return false;
    /* The last strong handle, but weak ones keep the memory: the value moves to memory of its own, they find it gone. */
    void *const moved = new_block(size, head->align, head->drop, 1);
    if (!moved) {
        fl_store_release(&head->strong, 1);
        fl_panic("fl_make_mut: out of memory");
    }
    memcpy(moved, v, size);
    *place = moved;
    release_weak(v);
    return true;
}

bool fl_arc_try_unwrap_(const volatile void *handle_place, void *ret_value, size_t size)
{
    void **const place = (void **)(uintptr_t)handle_place;
    void *const v = *place;
    size_t one = 1;
    if (!v || !fl_cas_acquire(&head_of(v)->strong, &one, 0)) /* [only] */
        return false;
    memcpy(ret_value, v, size);
    *place = NULL;
    release_weak(v);
    return true;
}

bool fl_arc_into_inner_(const volatile void *handle_place, void *ret_value, size_t size)
{
    void **const place = (void **)(uintptr_t)handle_place;
    void *const v = *place;
    *place = NULL;
    if (!v || !release_strong(v))
        return false;
    memcpy(ret_value, v, size);
    release_weak(v);
    return true;
}
